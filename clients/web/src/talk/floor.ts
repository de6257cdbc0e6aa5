/** Who has the floor: the answer is softer, or silent, while the user may be speaking. */

import type { Player } from "./types";

export class Floor {
  private isSilent = false;
  private isSoft = false;

  /** tell: that the answer is paused, or goes on. */
  constructor(
    private readonly player: Player,
    private readonly tell: (isPaused: boolean) => void,
  ) {}

  get isPaused(): boolean {
    return this.isSilent;
  }

  duck(isDucked: boolean): void {
    if (isDucked === this.isSoft) return;
    this.isSoft = isDucked;
    this.player.duck(isDucked);
  }

  pause(): void {
    if (this.isSilent) return;
    this.isSilent = true;
    this.player.pause();
    this.tell(true);
  }

  /** The user wanted nothing: the answer goes on as before. */
  giveBack(): void {
    this.duck(false);
    if (!this.isSilent) return;
    this.isSilent = false;
    this.player.resume();
    this.tell(false);
  }

  /** There is no answer any more; the player has dropped it. */
  clear(): void {
    this.isSilent = false;
    this.isSoft = false;
  }
}
