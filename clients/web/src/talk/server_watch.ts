/** Asks the server now and then how it is. */

import { REAL_CLOCK } from "./clock";
import type { Clock, Health } from "./types";

const SOON_MS = 2000;
const LATER_MS = 30_000;

/** Every 2 s while an engine loads or the server is away, else every 30 s. tell: only of changes; null: away. */
export class ServerWatch {
  private known: string | undefined;
  private prevent: (() => void) | null = null;
  private request: AbortController | null = null;

  constructor(
    private readonly health: (signal: AbortSignal) => Promise<Health>,
    private readonly tell: (health: Health | null) => void,
    private readonly clock: Clock = REAL_CLOCK,
  ) {}

  start(): void {
    void this.ask();
  }

  /** Asks now. */
  look(): void {
    void this.ask();
  }

  stop(): void {
    this.prevent?.();
    this.request?.abort();
    this.request = null;
  }

  private async ask(): Promise<void> {
    this.stop();
    const request = new AbortController();
    this.request = request;
    let health: Health | null = null;
    try {
      health = await this.health(request.signal);
    } catch {
      // Away: that is what null says.
    }
    if (request.signal.aborted) return;
    this.prevent = this.clock.after(isSettled(health) ? LATER_MS : SOON_MS, () => void this.ask());
    const found = JSON.stringify(health);
    if (found === this.known) return;
    this.known = found;
    this.tell(health);
  }
}

function isSettled(health: Health | null): boolean {
  return health !== null && Object.values(health.engines ?? {}).every(({ state }) => state !== "loading");
}
