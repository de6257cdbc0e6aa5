/** Keeps a conversation's texts and sounds in the browser as they come about. */

import type { Message, Sound, TalkEvent } from "../talk/types";
import { decodeWav } from "../talk/wav";
import { Archive, type KeptConversation, type KeptSound } from "./archive";
import type { Tabs } from "./tabs";
import { type TurnLine, restored } from "./transcript";

const RECORDING = -1;

/** A browser that keeps nothing costs only the memory of the next visit; that is told once. Only one tab keeps. */
export class Keeper {
  private readonly archive = new Archive();
  /** The turn's parts so far, by piece; written when it is known which were heard. */
  private parts: { piece: number; sound: Sound }[] = [];
  private begun = new Set<number>();
  private saving: number | undefined;
  private hasFailed = false;

  private isRestored = false;

  constructor(
    private readonly tabs: Tabs,
    private readonly onFailure: () => void,
  ) {}

  /** null where there is none, or another tab has it. */
  async load(): Promise<KeptConversation | null> {
    if (!(await this.tabs.begin())) return null;
    const kept = await this.archive.load().catch(() => null);
    this.isRestored = true;
    return kept && { ...kept, turns: restored(kept.turns) };
  }

  /** Soon, and once for a burst of changes. */
  saveTexts(turns: readonly TurnLine[], history: readonly Message[]): void {
    if (!this.isRestored) return;
    clearTimeout(this.saving);
    this.saving = window.setTimeout(() => {
      if (!this.tabs.isKeeping) return;
      this.archive.save({ turns, history: [...history] }).catch(this.fail);
    }, 300);
  }

  take(event: TalkEvent, turns: readonly TurnLine[], keepsRecordings: boolean): void {
    if (event.type === "sound") this.parts.push({ piece: event.number, sound: event });
    if (event.type === "playing") this.begun.add(event.number);
    if (event.type !== "heard" && event.type !== "answered") return;
    const line = turns.find((turn) => turn.turn === event.turn)?.id;
    if (line === undefined) return;
    if (event.type === "answered") this.putAnswer(line);
    else if (event.recording && keepsRecordings) this.putRecording(line, event.recording);
  }

  async sounds(): Promise<KeptSound[]> {
    if (!this.tabs.isKeeping) return [];
    return this.archive.sounds().catch(() => []);
  }

  forget(): void {
    clearTimeout(this.saving);
    this.archive.clear().catch(this.fail);
  }

  private putRecording(line: number, recording: Uint8Array): void {
    const sound = decodeWav(recording);
    if (sound) this.put({ line, place: RECORDING, piece: null, ...sound });
  }

  /** The pieces that were begun: what followed an interruption was never heard. */
  private putAnswer(line: number): void {
    const heard = this.parts.filter(({ piece }) => this.begun.has(piece));
    heard.forEach(({ piece, sound: { samples, rateHz } }, place) => this.put({ line, place, piece, samples, rateHz }));
    this.parts = [];
    this.begun = new Set();
  }

  private put(sound: KeptSound): void {
    if (!this.tabs.isKeeping) return;
    this.archive.addSound(sound).catch(this.fail);
  }

  private readonly fail = (): void => {
    if (!this.hasFailed) this.onFailure();
    this.hasFailed = true;
  };
}
