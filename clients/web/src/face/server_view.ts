/** What the page knows of the server: its engines, what may be chosen, and whether it wants a token. */

import { computed, signal } from "@preact/signals";

import { Server, ServerTrouble } from "../talk/server";
import { ServerWatch } from "../talk/server_watch";
import type { Choices, Health } from "../talk/types";
import type { KeptSettings } from "./settings";

const NO_CHOICES: Choices = { characters: [], voices: [], languages: [], llm: { model: "", models: [] } };

/** How long it is said that the server is back. */
const BACK_MS = 8000;

export type Standing = "unknown" | "away" | "loading" | "partly" | "ready";

export class ServerView {
  readonly client: Server;
  /** undefined: not asked yet. null: away. */
  readonly health = signal<Health | null | undefined>(undefined);
  readonly choices = signal<Choices>(NO_CHOICES);
  /** Whether `choices` is the server's word. */
  readonly hasChoices = computed(() => this.choices.value !== NO_CHOICES);
  readonly token = signal<"fits" | "wanted" | "wrong">("fits");
  readonly standing = computed(() => standingOf(this.health.value));
  readonly hasNoRecogniser = computed(() => {
    const state = this.health.value?.engines.asr.state;
    return state === "absent" || state === "failed";
  });
  /** Whether it was away and has just come back. */
  readonly isBack = signal(false);
  private readonly watch: ServerWatch;

  constructor(url: string, settings: KeptSettings) {
    this.client = new Server(url, settings.token.value);
    this.watch = new ServerWatch(
      (signal) => this.client.health(signal),
      (health) => this.take(health),
    );
  }

  start(): void {
    this.watch.start();
  }

  look(): void {
    this.watch.look();
  }

  tokenWanted(): void {
    this.token.value = this.client.token ? "wrong" : "wanted";
  }

  /** Whether the server takes the token. */
  async tryToken(token: string): Promise<boolean> {
    this.client.token = token;
    const fits = await this.askForChoices();
    if (fits) this.watch.look();
    return fits;
  }

  /** After something was made that can be chosen. */
  async refreshChoices(): Promise<void> {
    await this.askForChoices();
  }

  private take(health: Health | null): void {
    const before = this.health.value;
    this.health.value = health;
    if (health && before === null) this.sayBack();
    // The models to choose from are known once the engine that answers is ready.
    const isNewlyReady = health?.engines.llm.state === "ready" && before?.engines.llm.state !== "ready";
    if (health && (!before || isNewlyReady)) void this.askForChoices();
  }

  private sayBack(): void {
    this.isBack.value = true;
    setTimeout(() => (this.isBack.value = false), BACK_MS);
  }

  private async askForChoices(): Promise<boolean> {
    try {
      this.choices.value = await this.client.choices();
      this.token.value = "fits";
      return true;
    } catch (trouble) {
      if (trouble instanceof ServerTrouble && trouble.kind === "unauthorised") this.tokenWanted();
      return false;
    }
  }
}

export function standingOf(health: Health | null | undefined): Standing {
  if (health === undefined) return "unknown";
  if (health === null) return "away";
  const states = Object.values(health.engines).map((engine) => engine.state);
  if (states.includes("loading")) return "loading";
  return states.every((state) => state === "ready") ? "ready" : "partly";
}
