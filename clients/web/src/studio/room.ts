/** The studio behind its pages: all characters, the server's rules, and a desk for each character one works on. */

import { signal } from "@preact/signals";

import type { Session } from "../face/session";
import { ServerTrouble } from "../talk/server_trouble";
import type { Sentence } from "../talk/types";
import { type Values, filled } from "../words";
import { Desk } from "./desk";
import { StudioServer } from "./server";
import { Sounds } from "./sounds";
import { minutesOf } from "./stages";
import type { Character, Rules } from "./types";
import { STUDIO_WORDS, type StudioWord } from "./words";

export class StudioRoom {
  readonly server: StudioServer;
  readonly sounds: Sounds;
  /** null: not known yet. */
  readonly rules = signal<Rules | null>(null);
  readonly characters = signal<readonly Character[] | null>(null);
  /** Minutes of recordings by character. */
  readonly minutes = signal<Readonly<Record<string, number>>>({});
  readonly trouble = signal<Sentence | null>(null);
  private readonly desks = new Map<string, Desk>();

  constructor(readonly session: Session) {
    this.server = new StudioServer(location.origin, () => session.server.client.token);
    this.sounds = new Sounds(this.server);
    window.addEventListener("beforeunload", (event) => {
      if ([...this.desks.values()].some((desk) => desk.isAtWork)) event.preventDefault();
    });
  }

  /** A sentence of the studio; a component that says one is drawn again when the language changes. */
  readonly say = (word: StudioWord, values?: Values): string =>
    filled(STUDIO_WORDS[word], this.session.language.reader.value, values);

  readonly tell = ({ english, chinese }: Sentence): string => this.session.language.pick(english, chinese);

  async load(): Promise<void> {
    await this.attempt(async () => {
      this.rules.value ??= await this.server.rules();
      if (!this.rules.value.enabled) return;
      this.characters.value = await this.server.characters();
      void this.measure(this.characters.value);
    });
  }

  /** Does it, and tells what goes wrong; returns whether it went well. */
  async attempt(act: () => Promise<unknown>, trouble = this.trouble): Promise<boolean> {
    trouble.value = null;
    try {
      await act();
      return true;
    } catch (error) {
      if (!(error instanceof ServerTrouble)) throw error;
      if (error.kind === "unauthorised") this.session.server.tokenWanted();
      else if (error.kind === "away") this.session.server.look();
      if (error.kind !== "unauthorised") trouble.value = error;
      return false;
    }
  }

  deskOf(name: string): Desk {
    const desk = this.desks.get(name) ?? new Desk(name, this);
    this.desks.set(name, desk);
    return desk;
  }

  /** A character has gone or has another name; whatever was on its desk belongs to nobody. */
  clear(name: string): void {
    this.desks.get(name)?.close();
    this.desks.delete(name);
  }

  private async measure(characters: readonly Character[]): Promise<void> {
    for (const { character_name: name, audio_count } of characters) {
      const recordings = audio_count > 0 ? await this.server.recordings(name).catch(() => []) : [];
      this.minutes.value = { ...this.minutes.value, [name]: minutesOf(recordings) };
    }
  }
}
