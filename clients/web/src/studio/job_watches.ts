/** The jobs of one character that are followed, one of each kind. */

import { signal } from "@preact/signals";

import { JobWatch } from "./job_watch";
import type { StudioServer } from "./server";
import { isOpen } from "./stages";
import type { Job } from "./types";

export class JobWatches {
  readonly byKind = signal<Readonly<Record<string, JobWatch>>>({});

  /** onEnd: told of jobs that were still under way when they were first followed. */
  constructor(
    private readonly server: StudioServer,
    private readonly onEnd: (job: string) => void,
  ) {}

  /** Also for a job that has ended: its log and its curves are still there. */
  follow(job: Job): void {
    const before = this.byKind.value[job.kind];
    if (before?.job === job.id) return;
    before?.stop();
    const wasOpen = isOpen(job);
    const listen = (id: string, after: string, stop: AbortSignal) => this.server.events(id, after, stop);
    const watch = new JobWatch(job.id, listen, () => wasOpen && this.onEnd(job.id));
    this.byKind.value = { ...this.byKind.value, [job.kind]: watch };
    void watch.follow();
  }

  /** The jobs of a kind are gone. */
  forget(kind: string): void {
    const { [kind]: gone, ...others } = this.byKind.value;
    gone?.stop();
    this.byKind.value = others;
  }

  stop(): void {
    Object.values(this.byKind.value).forEach((watch) => watch.stop());
    this.byKind.value = {};
  }
}
