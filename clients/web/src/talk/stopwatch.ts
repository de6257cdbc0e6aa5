/** When the stages of a turn were reached. */

import type { Clock, Stage, StagesMs } from "./types";

export class Stopwatch {
  private readonly marks: StagesMs = { speech_ended: 0 };

  /** startMs: the end of speech, or when a typed text was sent, by the clock. */
  constructor(
    private readonly clock: Clock,
    private readonly startMs: number,
  ) {}

  get stagesMs(): StagesMs {
    return { ...this.marks };
  }

  /** Now; only the first time counts. */
  mark(stage: Stage): void {
    this.markAt(stage, this.sinceStartMs());
  }

  markAt(stage: Stage, ms: number): void {
    this.marks[stage] ??= Math.round(ms * 10) / 10;
  }

  sinceStartMs(): number {
    return this.clock.nowMs() - this.startMs;
  }
}
