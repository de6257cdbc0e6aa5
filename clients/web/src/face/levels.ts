/** The loudness of the last seconds, for the waveform. */

const KEPT = 96;
/** A voice at an arm's length fills two thirds of the height. */
const GAIN = 1.6;

/** Three seconds of frames. Not a signal: it is drawn by the screen's clock, not by change. */
export class KeptLevels {
  private kept: number[] = new Array(KEPT).fill(0);

  add(level: number): void {
    this.kept = [...this.kept.slice(1), level];
  }

  clear(): void {
    this.kept = this.kept.map(() => 0);
  }

  /** Oldest first, each 0 to 1. */
  get all(): readonly number[] {
    return this.kept;
  }
}

/** 0 to 1, by the root of the amplitude, so that a quiet voice shows as well. */
export function loudness(frame: Float32Array): number {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  return Math.min(1, GAIN * (sum / frame.length) ** 0.25);
}
