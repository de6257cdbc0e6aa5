/** Frames of the microphone cut into utterances: by the pauses in them, or by a button. */

import { FRAME_S, SpeechBounds, UtteranceBuffer, type Ended } from "./bounds";
import type { SpeechDetector } from "./types";

/** Less is no utterance. */
export const SHORTEST_S = 0.2;

/** Speech that is over. */
export interface Speech {
  readonly samples: Float32Array;
  /** How long somebody spoke, without the pause that ended it. */
  readonly speechS: number;
  /** How long ago that ended. */
  readonly agoS: number;
}

export interface EarsListener {
  onSpeechBegan(): void;
  /** Each frame while it lasts; pauseFrames: since when nothing was said. */
  onSpeech(speechS: number, pauseFrames: number): void;
  /** null: it was too short to be speech. */
  onSpeechEnded(speech: Speech | null): void;
}

export class Ears {
  private readonly bounds: SpeechBounds;
  private readonly buffer = new UtteranceBuffer();
  private count = 0;
  /** The first frame of the speech under way. */
  private first: number | null = null;
  private lastSpeech = 0;
  private isHeld = false;

  constructor(
    readonly silenceMs: number,
    private readonly listener: EarsListener,
  ) {
    this.bounds = new SpeechBounds(silenceMs);
  }

  get isHearing(): boolean {
    return this.first !== null;
  }

  /** detector: null only keeps the frame, so that a button that comes late still has the beginning. */
  feed(frame: Float32Array, detector: SpeechDetector | null): void {
    this.buffer.add(frame);
    const number = this.count++;
    if (this.isHeld) {
      this.lastSpeech = number;
      this.listener.onSpeech(this.speechS(), 0);
      return;
    }
    const probability = detector ? detector.probability(frame) : 0;
    const event = this.bounds.feed(probability);
    if (event?.is === "ended") this.end(event);
    else if (event?.is === "started") this.begin(event.first);
    if (this.first !== null) {
      this.lastSpeech = this.bounds.lastSpeech;
      this.listener.onSpeech(this.speechS(), number - this.lastSpeech);
    }
  }

  /** Speech begins now, whatever is to be heard, and goes on until finish(). */
  hold(): void {
    this.finish();
    this.isHeld = true;
    this.begin(this.count);
  }

  /** Ends the speech under way. */
  finish(): void {
    const first = this.first;
    if (this.isHeld && first !== null) {
      this.isHeld = false;
      this.first = null;
      const speechS = (this.count - first) * FRAME_S;
      const samples = this.buffer.cut(first);
      this.listener.onSpeechEnded(speechS < SHORTEST_S ? null : { samples, speechS, agoS: 0 });
    } else {
      const event = this.bounds.finish();
      if (event) this.end(event);
    }
  }

  /** The speech under way with the padding around it, as it would be if it ended here. */
  soFar(): Float32Array {
    return this.buffer.cut(this.first ?? this.count, this.lastSpeech);
  }

  /** Forgets the speech under way. */
  drop(): void {
    this.first = null;
    this.isHeld = false;
    this.bounds.reset();
  }

  private begin(first: number): void {
    this.first = first;
    this.lastSpeech = first;
    this.listener.onSpeechBegan();
  }

  private end({ first, last, isUtterance }: Ended): void {
    this.first = null;
    const speechS = (last - first + 1) * FRAME_S;
    const agoS = (this.count - 1 - last) * FRAME_S;
    this.listener.onSpeechEnded(isUtterance ? { samples: this.buffer.cut(first, last), speechS, agoS } : null);
  }

  private speechS(): number {
    return (this.lastSpeech - this.first! + 1) * FRAME_S;
  }
}
