/** Follows a job to its end, also when the connection breaks or the server starts again meanwhile. */

import { batch, signal } from "@preact/signals";

import { ServerTrouble } from "../talk/server_trouble";
import { EventLines, type ServerEvent } from "./event_lines";
import { BEGINNING, type Story, hasEnded, withServerEvent } from "./job_story";
import { StudioRefusal } from "./refusals";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
/** The server says something every 15 s; a line that is quiet for longer is dead, and nobody has told. */
const SILENCE_MS = 45_000;

type Listen = (job: string, after: string, stop: AbortSignal) => Promise<ReadableStream<Uint8Array>>;

export class JobWatch {
  readonly story = signal<Story>(BEGINNING);
  /** Whether the connection is gone, and looked for. */
  readonly isAway = signal(false);
  private readonly stopping = new AbortController();
  private last = "";

  /** onEnd: called once, after the last event; not when the watch is stopped. */
  constructor(
    readonly job: string,
    private readonly listen: Listen,
    private readonly onEnd: () => void,
    private readonly wait: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {}

  stop(): void {
    this.stopping.abort();
  }

  async follow(): Promise<void> {
    let waitMs = FIRST_WAIT_MS;
    while (!this.stopping.signal.aborted) {
      const before = this.last;
      try {
        await this.hear();
        if (hasEnded(this.story.value)) return this.onEnd();
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        if (error instanceof StudioRefusal && error.status === 404) return this.onEnd();
        if (!(error instanceof ServerTrouble || error instanceof TypeError)) throw error;
      }
      // A broken connection is no TypeError everywhere; whatever it was, the server is asked again.
      this.isAway.value = true;
      waitMs = this.last === before ? Math.min(2 * waitMs, LONGEST_WAIT_MS) : FIRST_WAIT_MS;
      await this.wait(waitMs);
    }
  }

  private async hear(): Promise<void> {
    const stream = await this.listen(this.job, this.last, this.stopping.signal);
    this.isAway.value = false;
    const reader = stream.getReader();
    const lines = new EventLines();
    const decoder = new TextDecoder();
    for (;;) {
      const silence = setTimeout(() => void reader.cancel(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      this.take(lines.feed(decoder.decode(value, { stream: true })));
    }
  }

  private take(events: readonly ServerEvent[]): void {
    batch(() => {
      for (const event of events) {
        this.story.value = withServerEvent(this.story.value, event);
        if (event.id) this.last = event.id;
      }
    });
  }
}
