/** Where speech begins and ends, from one probability per frame. */

import { FRAME_SAMPLES, RATE_HZ } from "./silero";

export const FRAME_S = FRAME_SAMPLES / RATE_HZ;
/** From this probability on a frame is speech; a click makes fewer such frames than a syllable. */
const SPEECH = 0.5;
const SILENCE = 0.35;
const STARTING_FRAMES = 3;
const STARTING_WINDOW = 4;
const SHORTEST_FRAMES = Math.ceil(0.2 / FRAME_S);
const LONGEST_FRAMES = Math.floor(30 / FRAME_S);
const PAD_BEFORE = Math.ceil(0.2 / FRAME_S);
const PAD_AFTER = Math.ceil(0.1 / FRAME_S);

/** Speech goes on; `first` is the number of its first frame, counted from 0 since the bounds were made. */
export interface Started {
  readonly is: "started";
  readonly first: number;
}

export interface Ended {
  readonly is: "ended";
  readonly first: number;
  readonly last: number;
  /** It was too long and goes on in the next utterance. */
  readonly isCut: boolean;
  /** False: too short to be speech. */
  readonly isUtterance: boolean;
}

/** Follows one microphone. */
export class SpeechBounds {
  private readonly silenceFrames: number;
  private next = 0;
  private recent: boolean[] = [];
  private first: number | null = null;
  private last = 0;

  constructor(silenceMs = 500) {
    this.silenceFrames = Math.max(1, Math.ceil(silenceMs / 1000 / FRAME_S - 1e-9));
  }

  /** The newest frame that was speech, while speech goes on. */
  get lastSpeech(): number {
    return this.last;
  }

  /** What the next frame decides. */
  feed(probability: number): Started | Ended | null {
    const number = this.next++;
    if (this.first === null) return this.start(number, probability);
    if (probability >= SILENCE) this.last = number;
    if (number - this.last >= this.silenceFrames) return this.end(false);
    if (number - this.first + 1 >= LONGEST_FRAMES) return this.end(true);
    return null;
  }

  /** Ends the speech under way at once, as when the microphone is switched off. */
  finish(): Ended | null {
    return this.first === null ? null : this.end(false);
  }

  /** Forgets the speech under way; frames are counted on. */
  reset(): void {
    this.recent = [];
    this.first = null;
  }

  private start(number: number, probability: number): Started | null {
    this.recent = [...this.recent, probability >= SPEECH].slice(-STARTING_WINDOW);
    if (this.recent.filter(Boolean).length < STARTING_FRAMES) return null;
    this.first = number - this.recent.length + 1 + this.recent.indexOf(true);
    this.last = probability >= SILENCE ? number : number - 1;
    return { is: "started", first: this.first };
  }

  private end(isCut: boolean): Ended {
    const first = this.first!;
    const isUtterance = this.last - first + 1 >= SHORTEST_FRAMES;
    this.reset();
    return { is: "ended", first, last: this.last, isCut, isUtterance };
  }
}

/** The last frames, as many as the longest utterance has with its padding; numbered like those of SpeechBounds. */
export class UtteranceBuffer {
  private readonly frames: Float32Array[] = [];
  private count = 0;

  add(frame: Float32Array): void {
    this.frames.push(frame);
    this.count++;
    if (this.frames.length > PAD_BEFORE + LONGEST_FRAMES + PAD_AFTER) this.frames.shift();
  }

  /** The samples from frame `first` to `last`, or to the newest, with the padding before and after. */
  cut(first: number, last = this.count): Float32Array {
    const oldest = this.count - this.frames.length;
    const from = Math.max(first - PAD_BEFORE, oldest) - oldest;
    const parts = this.frames.slice(from, Math.max(from, last + PAD_AFTER + 1 - oldest));
    const samples = new Float32Array(parts.length * FRAME_SAMPLES);
    parts.forEach((part, i) => samples.set(part, i * FRAME_SAMPLES));
    return samples;
  }
}
