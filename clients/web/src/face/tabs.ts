/** Tabs of one browser share its memory: they agree which one keeps the conversation, and tell each other deletions. */

import { wait } from "../talk/clock";
import type { Clock } from "../talk/types";

const NAME = "yinliu.tabs";
/** A tab that keeps the conversation answers in a few milliseconds; the reader waits so long for what was kept. */
const ANSWER_MS = 150;

/** asking: who keeps it? keeping: I do. deleted: there is nothing to keep any more. */
interface Said {
  readonly is: "asking" | "keeping" | "deleted";
  readonly tab: string;
}

/** What a BroadcastChannel has of which tabs make use. It hands nothing back to who sent it. */
export interface Channel {
  postMessage(said: unknown): void;
  onmessage: ((event: MessageEvent) => unknown) | null;
}

/** The browser's channel, which needs no secure context; null where there is none. */
export function openChannel(): Channel | null {
  return typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(NAME);
}

/** Names sort by age, so that of two tabs that begin together each knows which is the older. */
export function newTabName(nowMs: number): string {
  return `${String(nowMs).padStart(16, "0")} ${Math.random()}`;
}

export class Tabs {
  /** Another tab keeps the conversation; told once. */
  onYield = (): void => undefined;
  /** Another tab has deleted the conversation. */
  onDeleted = (): void => undefined;
  private part: "asking" | "keeping" | "yielding" = "asking";

  constructor(
    private readonly channel: Channel | null,
    private readonly clock: Clock,
    private readonly name: string,
  ) {
    if (channel) channel.onmessage = ({ data }) => this.hear(data as Said);
  }

  /** Whether this tab may write what is kept. */
  get isKeeping(): boolean {
    return this.part === "keeping";
  }

  /** Asks the other tabs; resolves with isKeeping. */
  async begin(): Promise<boolean> {
    if (this.channel) {
      this.say("asking");
      await wait(this.clock, ANSWER_MS, new AbortController().signal);
    }
    if (this.part === "asking") {
      this.part = "keeping";
      this.say("keeping");
    }
    return this.isKeeping;
  }

  tellDeleted(): void {
    this.say("deleted");
  }

  private hear({ is, tab }: Said): void {
    if (is === "deleted") return this.onDeleted();
    if (this.part === "yielding") return;
    // Whoever keeps it already goes on, however young; of two that are no further than each other the older one does.
    const isAhead = this.part === "keeping" && is === "asking";
    const isBehind = this.part === "asking" && is === "keeping";
    if (isAhead || (!isBehind && this.name < tab)) return this.say(this.part);
    this.part = "yielding";
    this.onYield();
  }

  private say(is: Said["is"]): void {
    this.channel?.postMessage({ is, tab: this.name });
  }
}
