/** Whether what the user says ends the answer: softer at once, silent when it is likely, and back if it was not. */

import type { Answering } from "./answering";
import type { Dictation } from "./dictation";
import type { Floor } from "./floor";
import { isBackchannel, isEcho, judge, type Verdict } from "./interruption";
import { Listening, type ListeningListener, type Understood, type Utterance } from "./listening";
import { wordsOf } from "./text_words";
import type { Clock, IgnoredWhy, SpeechDetector, TalkListener, TalkOptions } from "./types";

export interface AttentionParts {
  readonly clock: Clock;
  readonly dictation: Dictation;
  readonly answering: Answering;
  readonly floor: Floor;
  readonly tell: TalkListener;
  /** After everything that may have changed the state. */
  readonly settle: () => void;
  /** A text that is meant for the assistant. */
  readonly say: (text: string, endedMs: number, recording: Uint8Array) => void;
}

export class Attention implements ListeningListener {
  private readonly listening: Listening;
  /** Utterances of which it is not known yet whether they end the answer. */
  private readonly undecided = new Set<Utterance>();

  constructor(
    private readonly parts: AttentionParts,
    silenceMs: number,
  ) {
    this.listening = new Listening(silenceMs, parts.dictation, parts.clock, this);
  }

  get detector(): SpeechDetector | null {
    return this.listening.detector;
  }

  set detector(detector: SpeechDetector | null) {
    this.listening.detector = detector;
  }

  /** Whether the user speaks. */
  get isHearing(): boolean {
    return this.listening.utterance !== null;
  }

  hear(frame: Float32Array, { silenceMs, mode }: TalkOptions): void {
    this.listening.feed(frame, silenceMs, mode === "hands_free");
  }

  hold(): void {
    this.listening.hold();
  }

  /** Sends what has been said so far. */
  finish(): void {
    this.listening.finish();
  }

  /** A piece begins to be heard. */
  overhear(text: string): void {
    this.listening.overhear(text);
  }

  /** An answer was asked for: somebody who is speaking already is not talked down. */
  keepFloor(): void {
    if (this.undecided.size > 0) this.parts.floor.pause();
  }

  /** The microphone was closed: what was heard before is no part of what comes. */
  startAnew(): void {
    const { utterance } = this.listening;
    this.listening.startAnew();
    if (utterance) this.letGo(utterance);
  }

  /** Drops what is being said and what is being recognised. */
  forget(): void {
    this.parts.dictation.cancel();
    this.undecided.clear();
    this.listening.drop();
  }

  spoken(): string {
    return this.parts.answering.spoken();
  }

  onBegan(utterance: Utterance): void {
    this.undecided.add(utterance);
    // What is not to be heard yet waits until the user has finished; what is, grows softer.
    if (this.parts.answering.hasBegun) this.parts.floor.duck(true);
    else if (this.parts.answering.isActive) this.parts.floor.pause();
  }

  onVerdict(utterance: Utterance, verdict: Verdict): void {
    if (!this.parts.answering.hasBegun || this.parts.floor.isPaused) return;
    this.listening.look(utterance);
    if (verdict === "ignore") this.parts.floor.duck(false);
    if (verdict === "stop") {
      utterance.hasStopped = true;
      this.parts.floor.pause();
    }
    this.parts.settle();
  }

  onSent(utterance: Utterance, isSpeech: boolean): void {
    if (!isSpeech) this.letGo(utterance);
    this.parts.settle();
  }

  onUnderstood({ utterance, recording, recognised, endedMs }: Understood): void {
    const why = recognised && this.reasonToIgnore(utterance, recognised.text, recognised.isRejected);
    if (recognised && !why) {
      this.undecided.delete(utterance);
      this.parts.say(recognised.text, endedMs, recording);
    } else {
      if (recognised && why) this.parts.tell({ type: "ignored", text: recognised.text, why });
      // Without a recogniser the length of the speech was all there was to go by, and it was meant.
      if (!recognised && utterance.hasStopped && !this.parts.dictation.hasRecogniser) this.parts.answering.end();
      this.letGo(utterance);
    }
    this.parts.settle();
  }

  private reasonToIgnore(utterance: Utterance, text: string, isRejected: boolean): IgnoredWhy | null {
    if (isRejected) return "rejected";
    if (wordsOf(text).length === 0) return "nothing";
    if (isEcho(text, utterance.overheard)) return "echo";
    if (!this.parts.answering.isActive) return null;
    if (isBackchannel(text)) return "backchannel";
    const verdict = judge(utterance.speechS, true, text, utterance.overheard);
    return verdict === "ignore" && this.parts.answering.hasBegun ? "backchannel" : null;
  }

  /** The utterance was none; unless another one is open, the answer goes on. */
  private letGo(utterance: Utterance): void {
    this.undecided.delete(utterance);
    if (this.undecided.size > 0) return;
    this.parts.floor.giveBack();
    this.parts.answering.finishIfPlayed();
  }
}
