/** A conversation: takes frames from the microphone and typed texts, and tells what happens. One turn at a time. */

import { Answering } from "./answering";
import { Attention } from "./attention";
import { REAL_CLOCK } from "./clock";
import { Dictation } from "./dictation";
import { Floor } from "./floor";
import { History } from "./history";
import { Link } from "./link";
import { DEFAULT_OPTIONS } from "./options";
import { Stopwatch } from "./stopwatch";
import type { Clock, Player, Recogniser, SpeechDetector } from "./types";
import type { TalkEvent, TalkListener, TalkOptions, TalkServer, TalkState } from "./types";

export { DEFAULT_OPTIONS };

/** What is longer ago is forgotten: a model's memory is bounded, and so is the patience of who pays for it. */
const KEPT_TURNS = 40;
/** Half duplex: the microphone stays closed so long after the last sound. */
const CLOSED_MS = 300;

/** What a conversation is made of. */
export interface Parts {
  readonly server: TalkServer;
  readonly player: Player;
  /** Called when listening begins for the first time: the network is 1 MB that a typed conversation does without. */
  readonly loadDetector: () => Promise<SpeechDetector>;
  readonly clock?: Clock;
}

export class Conversation {
  readonly history = new History(KEPT_TURNS);
  /** May be changed at any time; the next utterance or request goes by it. */
  options: TalkOptions;
  private readonly clock: Clock;
  private readonly dictation: Dictation;
  private readonly attention: Attention;
  private readonly floor: Floor;
  private readonly answering: Answering;
  private listeners: readonly TalkListener[] = [];
  private told: TalkState = "off";
  private isListening = false;
  private isLoading = false;
  private isClosed = false;

  constructor(
    private readonly parts: Parts,
    options: Partial<TalkOptions> = {},
  ) {
    this.options = { ...DEFAULT_OPTIONS, ...options };
    this.clock = parts.clock ?? REAL_CLOCK;
    const { clock, history } = this;
    const { server, player } = parts;
    const tell = (event: TalkEvent): void => this.tell(event);
    const settle = (): void => this.settle();
    const link = new Link(clock, tell);
    const floor = new Floor(player, (isPaused) => tell({ type: "paused", turn: this.answering.number, isPaused }));
    const onPiece = (text: string): void => this.attention.overhear(text);
    const answering = new Answering({ server, player, clock, link, history, floor, tell, settle, onPiece });
    const dictation = new Dictation(server, link, tell, () => this.options.language);
    const say = this.say.bind(this);
    this.attention = new Attention({ clock, dictation, answering, floor, tell, settle, say }, this.options.silenceMs);
    this.floor = floor;
    this.answering = answering;
    this.dictation = dictation;
  }

  get state(): TalkState {
    const { isActive, hasBegun } = this.answering;
    const isHeard = hasBegun && !this.floor.isPaused;
    if (this.attention.isHearing && !isHeard) return "hearing";
    if (isHeard) return "speaking";
    if (this.dictation.isBusy) return "recognising";
    if (isActive) return hasBegun ? "speaking" : "thinking";
    return this.isListening ? "listening" : "off";
  }

  /** Who turns speech into text: the server unless a substitute is set; null sets the server again. */
  set recogniser(recogniser: Recogniser | null) {
    this.dictation.use(recogniser);
  }

  /** Returns the function that ends it. */
  on(listener: TalkListener): () => void {
    this.listeners = [...this.listeners, listener];
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  /** 512 samples at 16 kHz from the microphone. */
  hear(frame: Float32Array): void {
    if (!this.isListening) return;
    this.tell({ type: "level", rms: loudness(frame) });
    const wasClosed = this.isClosed;
    this.isClosed = this.closes();
    if (this.isClosed) return;
    if (wasClosed) this.attention.startAnew();
    this.attention.hear(frame, this.options);
    this.settle();
  }

  /** A typed text; what either side is saying is cut short by it. */
  ask(text: string): void {
    if (!text.trim()) return;
    this.attention.forget();
    this.begin(text.trim(), new Stopwatch(this.clock, this.clock.nowMs()), null);
  }

  /** Asks once more when the last question got no answer (a token was missing, the server was away). */
  askAgain(): void {
    if (this.answering.isActive) return;
    const failed = this.answering.failedQuestion;
    if (failed !== null) this.history.addUser(failed);
    if (!this.history.isUnanswered) return;
    this.answering.count();
    this.request(new Stopwatch(this.clock, this.clock.nowMs()));
  }

  /** The button, a tap, Escape: the answer ends here, and what is being said or recognised is dropped. */
  interrupt(): void {
    this.attention.forget();
    this.answering.end();
    this.settle();
  }

  /** Takes the microphone's frames from now on, or no longer; what was being said then is sent. */
  listen(isOn: boolean): void {
    if (isOn === this.isListening) return;
    if (isOn) this.attention.startAnew();
    else this.attention.finish();
    this.isListening = isOn;
    if (isOn) void this.load();
    this.settle();
  }

  /** Push to talk: what is said until release() is one utterance. */
  hold(): void {
    if (!this.isListening) return;
    this.answering.end();
    this.attention.hold();
    this.settle();
  }

  release(): void {
    this.attention.finish();
    this.settle();
  }

  /** Ends what is going on and empties the history. */
  forget(): void {
    this.interrupt();
    this.answering.forget();
    this.history.clear();
  }

  close(): void {
    this.isListening = false;
    this.interrupt();
    this.listeners = [];
  }

  private say(text: string, endedMs: number, recording: Uint8Array): void {
    const stopwatch = new Stopwatch(this.clock, endedMs);
    stopwatch.mark("heard");
    this.begin(text, stopwatch, recording);
  }

  private begin(text: string, stopwatch: Stopwatch, recording: Uint8Array | null): void {
    this.answering.end();
    this.history.addUser(text);
    const turn = this.answering.count();
    this.tell({ type: "heard", turn, text, stagesMs: stopwatch.stagesMs, recording });
    this.request(stopwatch);
  }

  private request(stopwatch: Stopwatch): void {
    this.answering.ask(stopwatch, this.options);
    this.attention.keepFloor();
    this.settle();
  }

  /** Half duplex: nothing is heard while there is sound, and a moment longer. */
  private closes(): boolean {
    if (this.options.duplex === "full") return false;
    const hasSound = this.answering.hasBegun && !this.floor.isPaused;
    return hasSound || this.answering.soundedWithin(CLOSED_MS);
  }

  private async load(): Promise<void> {
    if (this.attention.detector || this.isLoading) return;
    this.isLoading = true;
    try {
      this.attention.detector = await this.parts.loadDetector();
    } catch (error) {
      const english = `Speech cannot be told from silence here (${error}); hold the button to talk, or type.`;
      const chinese = `语音检测加载失败（${error}）；请按住按钮说话，或打字。`;
      this.tell({ type: "trouble", kind: "other", english, chinese });
    } finally {
      this.isLoading = false;
    }
  }

  private settle(): void {
    const { state } = this;
    if (state === this.told) return;
    this.told = state;
    this.tell({ type: "state", state });
  }

  private tell(event: TalkEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

function loudness(frame: Float32Array): number {
  let total = 0;
  for (const value of frame) total += value * value;
  return Math.min(1, Math.sqrt(total / frame.length));
}
