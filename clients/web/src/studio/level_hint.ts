/** Whether a recording is loud enough, and not too loud, while it is made. */

const SILENT = 0.004;
const QUIET = 0.08;
const FULL = 0.985;
/** How long one listens before one complains. */
const PATIENCE_S = 2;
/** How long a hint stays, so that it can be read. */
const STAYS_S = 2.5;

export type LevelHint = "none" | "silent" | "quiet" | "clipping" | "good";

export class LevelMeter {
  /** The loudest sample of the last block, 0 to 1. */
  peak = 0;
  seconds = 0;
  private loudestS = Number.NEGATIVE_INFINITY;
  private loudS = Number.NEGATIVE_INFINITY;
  private clippedS = Number.NEGATIVE_INFINITY;

  constructor(private readonly rateHz: number) {}

  feed(block: Float32Array): void {
    this.seconds += block.length / this.rateHz;
    this.peak = block.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    if (this.peak >= SILENT) this.loudestS = this.seconds;
    if (this.peak >= QUIET) this.loudS = this.seconds;
    if (this.peak >= FULL) this.clippedS = this.seconds;
  }

  get hint(): LevelHint {
    if (this.seconds - this.clippedS < STAYS_S) return "clipping";
    if (this.seconds < PATIENCE_S) return "none";
    if (this.seconds - this.loudestS > PATIENCE_S) return "silent";
    return this.seconds - this.loudS > PATIENCE_S ? "quiet" : "good";
  }
}
