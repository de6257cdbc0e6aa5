/** From frames to utterances with their texts, and in between whether one of them should silence the answer. */

import { Dictation } from "./dictation";
import { Ears, SHORTEST_S, type EarsListener, type Speech } from "./ears";
import { judge, SURE_S, type Verdict } from "./interruption";
import { RATE_HZ } from "./silero";
import { joined } from "./text_words";
import type { Clock, Recognised, SpeechDetector } from "./types";
import { encodeWav } from "./wav";

/** After so much silence (160 ms) the recording is sent: more often than not it is the whole, and time is won. */
const PAUSE_FRAMES = 5;
/** Speech that goes on beside the answer is looked at again when it is so many times as long. */
const LATER = 1.5;
const NOTHING = Promise.resolve(null);

/** What the user says at a time. */
export interface Utterance {
  /** What was being spoken meanwhile: its echo is nobody's wish. */
  overheard: string;
  speechS: number;
  /** A text known so far. */
  guess: string | null;
  /** The reading under way or done, and the length of the speech that it covers. */
  reading: Promise<Recognised | null>;
  readS: number;
  isReading: boolean;
  /** It silenced the answer. */
  hasStopped: boolean;
}

/** An utterance whose text is known; null when nobody could recognise it. */
export interface Understood {
  readonly utterance: Utterance;
  readonly recording: Uint8Array;
  readonly recognised: Recognised | null;
  /** When the speech ended, by the clock. */
  readonly endedMs: number;
}

export interface ListeningListener {
  /** What is being spoken now, and was a moment ago. */
  spoken(): string;
  onBegan(utterance: Utterance): void;
  /** While it goes on and the answer is to be heard. */
  onVerdict(utterance: Utterance, verdict: Verdict): void;
  /** It is on its way to be recognised, or (null) was too short to be anything. */
  onSent(utterance: Utterance, isSpeech: boolean): void;
  onUnderstood(understood: Understood): void;
}

export class Listening implements EarsListener {
  detector: SpeechDetector | null = null;
  private ears: Ears;
  private current: Utterance | null = null;

  constructor(
    silenceMs: number,
    private readonly dictation: Dictation,
    private readonly clock: Clock,
    private readonly listener: ListeningListener,
  ) {
    this.ears = new Ears(silenceMs, this);
  }

  /** The one that is being spoken. */
  get utterance(): Utterance | null {
    return this.current;
  }

  feed(frame: Float32Array, silenceMs: number, isHandsFree: boolean): void {
    if (silenceMs !== this.ears.silenceMs && !this.current) this.ears = new Ears(silenceMs, this);
    this.ears.feed(frame, isHandsFree ? this.detector : null);
  }

  hold(): void {
    this.ears.hold();
  }

  finish(): void {
    this.ears.finish();
  }

  /** What is being said is not wanted. */
  drop(): void {
    this.current = null;
    this.ears.drop();
  }

  /** What was heard so far has nothing to do with what comes, as after a pause of the microphone. */
  startAnew(): void {
    this.drop();
    this.detector?.reset();
    this.ears = new Ears(this.ears.silenceMs, this);
  }

  /** More of the answer is to be heard while the user speaks. */
  overhear(text: string): void {
    if (this.current) this.current.overheard = joined(this.current.overheard, text);
  }

  onSpeechBegan(): void {
    const overheard = this.listener.spoken();
    const reading = { guess: null, reading: NOTHING, readS: 0, isReading: false };
    this.current = { overheard, speechS: 0, ...reading, hasStopped: false };
    this.listener.onBegan(this.current);
  }

  onSpeech(speechS: number, pauseFrames: number): void {
    const utterance = this.current;
    if (!utterance) return;
    utterance.speechS = speechS;
    if (pauseFrames === PAUSE_FRAMES && utterance.readS !== speechS) this.read(utterance);
    this.listener.onVerdict(utterance, this.verdict(utterance));
  }

  onSpeechEnded(speech: Speech | null): void {
    const utterance = this.current;
    if (!utterance) return;
    this.current = null;
    if (speech) {
      utterance.speechS = speech.speechS;
      const endedMs = this.clock.nowMs() - 1000 * speech.agoS;
      const recording = encodeWav(speech.samples, RATE_HZ);
      const early = utterance.readS === speech.speechS ? utterance.reading : NOTHING;
      this.dictation.write(recording, early, (recognised) =>
        this.listener.onUnderstood({ utterance, recording, recognised, endedMs }),
      );
    }
    this.listener.onSent(utterance, speech !== null);
  }

  /** Begins to find out what is being said, where that would help to decide. */
  look(utterance: Utterance): void {
    const dueS = Math.max(SURE_S, utterance.readS * LATER);
    if (utterance.speechS >= dueS && utterance.speechS > utterance.readS) this.read(utterance);
  }

  private read(utterance: Utterance): void {
    const isTooShort = utterance.speechS < SHORTEST_S;
    if (utterance.isReading || isTooShort || !this.dictation.hasRecogniser) return;
    utterance.isReading = true;
    utterance.readS = utterance.speechS;
    utterance.reading = this.dictation.glance(this.ears.soFar());
    void utterance.reading.then((found) => {
      utterance.isReading = false;
      if (!found || this.current !== utterance) return;
      utterance.guess = found.text;
      this.listener.onVerdict(utterance, this.verdict(utterance));
    });
  }

  private verdict({ speechS, guess, overheard }: Utterance): Verdict {
    return judge(speechS, false, guess, overheard, this.dictation.hasRecogniser);
  }
}
