/** Proof-reading behind its page: texts are saved one by one, and the last change can be taken back. */

import { computed, signal } from "@preact/signals";

import type { Desk } from "./desk";
import { FILTERS, type Filter, doubtsOf, shownBy, withText } from "./proof";
import type { Clip } from "./types";

interface Change {
  readonly clip: string;
  readonly before: string;
  readonly after: string;
}

export class ProofReading {
  readonly filter = signal<Filter>("all");
  readonly changes = signal<readonly Change[]>([]);
  /** The clip that is being saved. */
  readonly saving = signal("");
  readonly clips = computed<readonly Clip[]>(() => this.desk.report.value?.clips ?? []);
  readonly doubts = computed(() => doubtsOf(this.clips.value));
  readonly counts = computed(() =>
    Object.fromEntries(FILTERS.map((filter) => [filter, shownBy(filter, this.clips.value, this.doubts.value).length])),
  );
  /** A line stays where it is while it is corrected, even if it fits the filter no more. */
  readonly shown = signal<readonly string[]>([]);

  private readonly pending = new Map<string, { readonly text: string; readonly saving: Promise<boolean> }>();

  constructor(private readonly desk: Desk) {}

  choose(filter: Filter): void {
    this.filter.value = filter;
    this.shown.value = shownBy(filter, this.clips.value, this.doubts.value).map(({ name }) => name);
  }

  /** An empty text leaves the clip out. Returns whether the server has it. */
  save({ name }: Clip, typed: string): Promise<boolean> {
    const text = typed.trim();
    // The line is drawn later than it is saved, and leaving it saves it again.
    const before = this.clips.value.find((clip) => clip.name === name)?.text ?? "";
    const pending = this.pending.get(name);
    if (pending?.text === text) return pending.saving;
    if (!pending && text === before) return Promise.resolve(true);
    const saving = this.replace(name, before, text).finally(() => this.pending.delete(name));
    this.pending.set(name, { text, saving });
    return saving;
  }

  /** Takes the last change back; the name of its clip, or null. */
  async undo(): Promise<string | null> {
    const last = this.changes.value[this.changes.value.length - 1];
    if (!last || !(await this.put(last.clip, last.before))) return null;
    this.changes.value = this.changes.value.slice(0, -1);
    return last.clip;
  }

  private async replace(clip: string, before: string, after: string): Promise<boolean> {
    if (!(await this.put(clip, after))) return false;
    this.changes.value = [...this.changes.value, { clip, before, after }];
    return true;
  }

  private async put(clip: string, text: string): Promise<boolean> {
    const { room, name, trouble, report } = this.desk;
    this.saving.value = clip;
    const isDone = await room.attempt(
      () => (text ? room.server.correct(name, clip, text) : room.server.leaveOut(name, clip)),
      trouble,
    );
    this.saving.value = "";
    const now = report.value;
    if (isDone && now) {
      this.desk.ignoreEarlier();
      report.value = { ...now, clips: now.clips.map((one) => (one.name === clip ? withText(one, text) : one)) };
      void this.desk.load();
    }
    return isDone;
  }
}
