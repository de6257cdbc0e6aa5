/** Making everything that is missing: whether it goes on, and whether a reload of the page has halted it. */

import { signal } from "@preact/signals";

const KEY = "yinliu.making";

type Kept = Pick<Storage, "getItem" | "setItem">;

export class Making {
  /** Whether everything that is missing is being made, one stage after the other. */
  readonly isGoing = signal(false);
  readonly isHalted = signal(false);

  /** storage: the tab's own, so that no other tab takes up what this one is at; null where nothing can be kept. */
  constructor(
    private readonly name: string,
    private readonly storage: Kept | null = tabStorage(),
  ) {
    this.isHalted.value = this.names().includes(name);
  }

  begin(): void {
    this.set(true);
  }

  end(): void {
    this.set(false);
  }

  private set(isGoing: boolean): void {
    const others = this.names().filter((one) => one !== this.name);
    this.isGoing.value = isGoing;
    this.isHalted.value = false;
    try {
      this.storage?.setItem(KEY, JSON.stringify(isGoing ? [...others, this.name] : others));
    } catch {
      // A full or forbidden storage: a reload is then simply not noticed.
    }
  }

  private names(): string[] {
    try {
      const kept: unknown = JSON.parse(this.storage?.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
    } catch {
      return [];
    }
  }
}

function tabStorage(): Kept | null {
  try {
    return window.sessionStorage;
  } catch {
    return null; // cookies are switched off
  }
}
