/** A conversation's surroundings under a test's control: time, loudspeaker, server, and a detector that is told. */

import { Tape } from "../src/sound/tape";
import { aborted } from "../src/talk/clock";
import { Conversation } from "../src/talk/conversation";
import { ServerTrouble } from "../src/talk/server_trouble";
import { FRAME_SAMPLES } from "../src/talk/silero";
import type * as talk from "../src/talk/types";

export const RATE_HZ = 1000;
const FRAME_MS = 32;

/** Stands still until it is moved. */
export class FakeClock implements talk.Clock {
  private time = 0;
  private calls: { atMs: number; call: () => void }[] = [];

  nowMs(): number {
    return this.time;
  }

  after(ms: number, call: () => void): () => void {
    const entry = { atMs: this.time + ms, call };
    this.calls.push(entry);
    return () => {
      this.calls = this.calls.filter((other) => other !== entry);
    };
  }

  /** Lets time pass; what is due happens at its time, with everything that follows from it. */
  async pass(ms: number): Promise<void> {
    const endMs = this.time + ms;
    await settled();
    for (;;) {
      const next = [...this.calls].sort((a, b) => a.atMs - b.atMs)[0];
      if (!next || next.atMs > endMs) break;
      this.time = Math.max(this.time, next.atMs);
      this.calls = this.calls.filter((other) => other !== next);
      next.call();
      await settled();
    }
    this.time = endMs;
    await settled();
  }
}

/** Everything that was promised so far has happened. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Plays in the clock's time, 1000 samples a second. */
export class FakePlayer implements talk.Player {
  onStarted = (_piece: number): void => undefined;
  onEnded = (_piece: number): void => undefined;
  onIdle = (): void => undefined;
  onTrouble = (_trouble: talk.Sentence): void => undefined;
  isDucked = false;
  isPaused = false;
  readonly heard: number[] = [];
  private readonly tape = new Tape();
  private position = 0;
  private lastMs = 0;

  private isWatching = false;

  constructor(private readonly clock: FakeClock) {}

  add(piece: number, samples: Float32Array, _rateHz: number): void {
    this.advance();
    this.tape.append(piece, samples.length);
    this.watch();
  }

  end(piece: number): void {
    this.advance();
    this.tape.complete(piece);
    this.watch();
  }

  duck(isDucked: boolean): void {
    this.isDucked = isDucked;
  }

  pause(): void {
    this.advance();
    this.isPaused = true;
  }

  resume(): void {
    this.advance();
    this.isPaused = false;
    if (this.position < this.tape.end) this.position = Math.max(0, this.position - 200);
    this.watch();
  }

  drop(): void {
    this.tape.drop();
    this.position = 0;
    this.isPaused = this.isDucked = false;
  }

  playedS(piece: number): number {
    this.advance();
    return this.tape.played(piece, this.position) / RATE_HZ;
  }

  get isIdle(): boolean {
    return this.tape.isIdle(this.position);
  }

  private advance(): void {
    const passedMs = this.clock.nowMs() - this.lastMs;
    this.lastMs = this.clock.nowMs();
    if (!this.isPaused) this.position = Math.min(this.tape.end, this.position + passedMs);
  }

  private watch(): void {
    if (!this.isWatching) this.clock.after(10, () => this.look());
    this.isWatching = true;
  }

  private look(): void {
    this.isWatching = false;
    this.advance();
    if (this.isPaused) return;
    const onStarted = (piece: number): void => {
      this.heard.push(piece);
      this.onStarted(piece);
    };
    this.tape.tell(this.position, { onStarted, onEnded: (piece) => this.onEnded(piece), onIdle: () => this.onIdle() });
    if (!this.isIdle) this.watch();
  }
}

/** An answer under a test's control; frames come when they are sent. */
export class FakeAnswer {
  private readonly queue: (talk.Frame | Error)[] = [];
  private wake: () => void = () => undefined;

  constructor(
    readonly history: readonly talk.Message[],
    readonly wishes: talk.Wishes,
    readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.wake());
  }

  get isClosed(): boolean {
    return this.signal.aborted;
  }

  piece(text: string, soundMs: number): void {
    const sound = soundMs ? { samples: new Float32Array(soundMs), rateHz: RATE_HZ } : null;
    this.send({ ...frame(text), sound });
  }

  done(text: string, more: Partial<talk.Frame> = {}): void {
    this.send({ ...frame(text), isLast: true, ...more });
  }

  breakOff(): void {
    this.push(new ServerTrouble("broken_off", "The answer broke off.", "回答中断了。"));
  }

  send(next: talk.Frame): void {
    this.push(next);
  }

  async *frames(): AsyncGenerator<talk.Frame> {
    for (;;) {
      while (this.queue.length === 0 && !this.isClosed) await new Promise<void>((resolve) => (this.wake = resolve));
      if (this.isClosed) throw aborted();
      const next = this.queue.shift()!;
      if (next instanceof Error) throw next;
      yield next;
      if (next.isLast) return;
    }
  }

  private push(next: talk.Frame | Error): void {
    this.queue.push(next);
    this.wake();
  }
}

/** What a recognition says; a function of whether the utterance is over. */
export type Text = string | Error | ((isOver: boolean) => string | Error | Promise<string>);

export class FakeServer implements talk.TalkServer {
  readonly answers: FakeAnswer[] = [];
  readonly recordings: { bytes: number; isOver: boolean; language?: string | null }[] = [];
  /** Thrown by the next requests for an answer, one each. */
  readonly refusals: Error[] = [];
  /** What is recognised from now on. */
  text: Text = new Error("no text was scripted");
  requests = 0;

  get answer_(): FakeAnswer {
    return this.answers[this.answers.length - 1];
  }

  health(): Promise<talk.Health> {
    return Promise.reject(new Error("not asked here"));
  }

  async hear(
    recording: Uint8Array,
    isOver: boolean,
    _signal: AbortSignal,
    language?: string | null,
  ): Promise<talk.Recognised> {
    this.recordings.push({ bytes: recording.length, isOver, language });
    const said = typeof this.text === "function" ? await this.text(isOver) : this.text;
    if (said instanceof Error) throw said;
    return said === "None" ? { text: "", isRejected: true } : { text: said, isRejected: false };
  }

  answer(history: readonly talk.Message[], wishes: talk.Wishes, signal: AbortSignal): AsyncIterable<talk.Frame> {
    this.requests++;
    const refusal = this.refusals.shift();
    if (refusal) return failing(refusal);
    const answer = new FakeAnswer(history, wishes, signal);
    this.answers.push(answer);
    return answer.frames();
  }
}

/** A conversation with its surroundings, and what it told. */
export class Stage {
  readonly clock = new FakeClock();
  readonly player = new FakePlayer(this.clock);
  readonly server = new FakeServer();
  readonly events: talk.TalkEvent[] = [];
  readonly talk: Conversation;

  constructor(options: Partial<talk.TalkOptions> = {}, loadDetector = async (): Promise<talk.SpeechDetector> => TOLD) {
    this.talk = new Conversation(
      { server: this.server, player: this.player, clock: this.clock, loadDetector },
      options,
    );
    this.talk.on((event) => this.events.push(event));
  }

  static async listening(options: Partial<talk.TalkOptions> = {}): Promise<Stage> {
    const stage = new Stage(options);
    stage.talk.listen(true);
    await settled();
    return stage;
  }

  /** So long of speech (or of its absence), frame by frame. */
  async voice(ms: number, probability = 0.9): Promise<void> {
    for (let passed = 0; passed < ms; passed += FRAME_MS) {
      this.talk.hear(new Float32Array(FRAME_SAMPLES).fill(probability));
      await this.clock.pass(FRAME_MS);
    }
  }

  silence(ms: number): Promise<void> {
    return this.voice(ms, 0);
  }

  /** An utterance with the pause that ends it. */
  async say(text: Text, ms = 800): Promise<void> {
    this.server.text = text;
    await this.voice(ms);
    await this.silence(600);
  }

  told<Type extends talk.TalkEvent["type"]>(type: Type): Extract<talk.TalkEvent, { type: Type }>[] {
    return this.events.filter((event) => event.type === type) as Extract<talk.TalkEvent, { type: Type }>[];
  }

  get states(): talk.TalkState[] {
    return this.told("state").map(({ state }) => state);
  }

  get history(): string[] {
    return this.talk.history.entries.map(({ role, content }) => `${role}: ${content}`);
  }
}

export function away(): ServerTrouble {
  return new ServerTrouble("away", "away", "离开");
}

const TOLD: talk.SpeechDetector = { probability: (frame) => frame[0], reset: () => undefined };

function frame(text: string): talk.Frame {
  return { text, sound: null, isUnreadable: false, isLast: false, timingMs: {}, hint: "", error: "" };
}

async function* failing(error: Error): AsyncGenerator<talk.Frame> {
  throw error;
  yield frame("");
}
