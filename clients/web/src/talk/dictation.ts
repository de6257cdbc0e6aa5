/** Utterances on their way to texts, one after the other. */

import { isAborted } from "./clock";
import type { Link } from "./link";
import { RATE_HZ } from "./silero";
import { ServerTrouble } from "./server_trouble";
import type { Recognised, Recogniser, TalkListener } from "./types";
import { encodeWav } from "./wav";

export class Dictation {
  private recogniser: Recogniser;
  private isDeaf = false;
  private waiting = 0;
  private last: Promise<void> = Promise.resolve();
  private wanted = new AbortController();

  constructor(
    private readonly server: Recogniser,
    private readonly link: Link,
    private readonly tell: TalkListener,
    private readonly language: () => string | null,
  ) {
    this.recogniser = server;
  }

  /** Whether utterances are on their way. */
  get isBusy(): boolean {
    return this.waiting > 0;
  }

  /** False after the server has said that it has none; each utterance asks anew. */
  get hasRecogniser(): boolean {
    return !this.isDeaf;
  }

  /** Who recognises from the next utterance on; null: the server. */
  use(recogniser: Recogniser | null): void {
    this.recogniser = recogniser ?? this.server;
    this.isDeaf = false;
  }

  /**
   * done: with null when nobody could recognise it; never called after cancel(). early: what a reading that began
   * before the utterance was over has found.
   */
  write(recording: Uint8Array, early: Promise<Recognised | null>, done: (recognised: Recognised | null) => void): void {
    const { signal } = this.wanted;
    this.waiting++;
    this.last = this.last.then(async () => {
      // A substitute listens by itself: only at the end does it know which words belong to the utterance.
      const known = this.recogniser === this.server ? await early : null;
      const recognised = known ?? (await this.recognise(recording, signal));
      if (signal.aborted) return;
      this.waiting--;
      done(recognised);
    });
  }

  /** A quick look at speech that may go on; null when nothing came of it. */
  async glance(samples: Float32Array): Promise<Recognised | null> {
    const { signal } = this.wanted;
    try {
      const found = await this.recogniser.hear(encodeWav(samples, RATE_HZ), false, signal, this.language());
      return signal.aborted ? null : found;
    } catch {
      return null; // the utterance itself is sent when it is over, and then trouble is told
    }
  }

  cancel(): void {
    this.wanted.abort();
    this.wanted = new AbortController();
    this.waiting = 0;
  }

  private async recognise(recording: Uint8Array, signal: AbortSignal): Promise<Recognised | null> {
    if (signal.aborted) return null;
    try {
      const hear = (): Promise<Recognised> => this.recogniser.hear(recording, true, signal, this.language());
      const found = await this.link.persist(hear, signal);
      this.isDeaf = false;
      return found;
    } catch (error) {
      if (!isAborted(error) && !signal.aborted) this.fail(error);
      return null;
    }
  }

  private fail(error: unknown): void {
    const wasDeaf = this.isDeaf;
    this.isDeaf = error instanceof ServerTrouble && error.kind === "no_recogniser";
    if (wasDeaf && this.isDeaf) return;
    this.tell(troubleEvent(error));
  }
}

export function troubleEvent(error: unknown): Parameters<TalkListener>[0] {
  if (error instanceof ServerTrouble) {
    const { kind, english, chinese } = error;
    return { type: "trouble", kind, english, chinese };
  }
  return { type: "trouble", kind: "other", english: `Something failed: ${error}`, chinese: `出错了：${error}` };
}
