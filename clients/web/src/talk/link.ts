/** Asks a server again while it is away or busy, and says so once. */

import { wait } from "./clock";
import { ServerTrouble } from "./server_trouble";
import type { Clock, TalkListener } from "./types";

const LONGEST_WAIT_MS = 8000;
const FIRST_WAIT_MS = 500;
/** Whoever spoke that long ago has given up, and does not expect an answer any more. */
const GIVE_UP_MS = 60_000;

export class Link {
  private isAway = false;

  constructor(
    private readonly clock: Clock,
    private readonly tell: TalkListener,
  ) {}

  /** What an attempt gives, made again while it fails for a reason that passes; in the end rejects like it. */
  async persist<Result>(attempt: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const startMs = this.clock.nowMs();
    let told: ServerTrouble | null = null;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        const result = await attempt();
        this.comeBack();
        return result;
      } catch (error) {
        if (!(error instanceof ServerTrouble)) throw error;
        if (error.kind !== "away") this.comeBack();
        if (!passes(error) || this.clock.nowMs() - startMs > GIVE_UP_MS) throw this.isSaid(error) ? said(error) : error;
        if (told?.kind !== error.kind) this.complain(error);
        told = error;
        await wait(this.clock, error.retryAfterS ? error.retryAfterS * 1000 : waitMs, signal);
      }
    }
  }

  private complain(trouble: ServerTrouble): void {
    if (this.isSaid(trouble)) return;
    if (trouble.kind === "away") {
      this.isAway = true;
      this.tell({ type: "server", health: null });
    }
    const { kind, english, chinese } = trouble;
    this.tell({ type: "trouble", kind, english, chinese });
  }

  private isSaid({ kind }: ServerTrouble): boolean {
    return kind === "away" && this.isAway;
  }

  private comeBack(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.tell({ type: "trouble", kind: "back", english: "The server is back.", chinese: "服务恢复了。" });
  }
}

function passes({ kind }: ServerTrouble): boolean {
  return kind === "away" || kind === "busy" || kind === "loading";
}

function said(trouble: ServerTrouble): ServerTrouble {
  return new ServerTrouble(
    trouble.kind,
    "The server has been away for a minute; ask again when it is back.",
    "服务已有一分钟没有应答；恢复后请再问一次。",
  );
}
