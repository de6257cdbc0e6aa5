/** Blocks at any rate in, frames of 512 samples at 16 kHz out. */

import { Resampler } from "./resample";
import { FRAME_SAMPLES, RATE_HZ } from "./silero";

export class Framer {
  private readonly resampler: Resampler;
  private frame = new Float32Array(FRAME_SAMPLES);
  private filled = 0;

  constructor(
    rateHz: number,
    private readonly onFrame: (frame: Float32Array) => void,
  ) {
    this.resampler = new Resampler(rateHz, RATE_HZ);
  }

  feed(block: Float32Array): void {
    const samples = this.resampler.feed(block);
    for (let at = 0; at < samples.length;) {
      const part = samples.subarray(at, at + FRAME_SAMPLES - this.filled);
      this.frame.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled < FRAME_SAMPLES) return;
      const frame = this.frame;
      this.frame = new Float32Array(FRAME_SAMPLES);
      this.filled = 0;
      this.onFrame(frame);
    }
  }
}
