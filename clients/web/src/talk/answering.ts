/** The assistant's side: asks the server, plays what comes, and puts into the history what was heard of it. */

import { isAborted } from "./clock";
import { troubleEvent } from "./dictation";
import type { Floor } from "./floor";
import { brokenOff } from "./frames";
import type { History } from "./history";
import type { Link } from "./link";
import { wishesOf } from "./options";
import type { Stopwatch } from "./stopwatch";
import { Turn } from "./turn";
import type { Clock, Frame, Player, TalkListener, TalkOptions, TalkServer } from "./types";

/** How long a room still sounds of what was said in it. Not longer: a quick answer repeats words of the question. */
const ECHO_MS = 300;

export interface AnsweringParts {
  readonly server: TalkServer;
  readonly player: Player;
  readonly clock: Clock;
  readonly link: Link;
  readonly history: History;
  readonly floor: Floor;
  readonly tell: TalkListener;
  /** After everything that may have changed the state. */
  readonly settle: () => void;
  /** A piece begins to be heard. */
  readonly onPiece: (text: string) => void;
}

export class Answering {
  private turn: Turn | null = null;
  private turns = 0;
  private pieces = 0;
  private failed: string | null = null;
  private lastSpoken = { text: "", atMs: -Infinity };

  constructor(private readonly parts: AnsweringParts) {
    parts.player.onStarted = (piece) => this.pieceStarted(piece);
    parts.player.onEnded = (piece) => this.pieceEnded(piece);
    parts.player.onTrouble = (trouble) => parts.tell({ type: "trouble", kind: "sound", ...trouble });
  }

  /** Whether an answer is waited for, or on its way. */
  get isActive(): boolean {
    return this.turn !== null;
  }

  /** Whether any of it is, or was, to be heard. */
  get hasBegun(): boolean {
    return this.turn?.hasBegun ?? false;
  }

  /** The number of the newest turn. */
  get number(): number {
    return this.turns;
  }

  /** The newest question, if it failed; the history does not have it any more. */
  get failedQuestion(): string | null {
    return this.failed;
  }

  /** What the microphone may be hearing of the assistant. */
  spoken(): string {
    if (this.turn?.hasBegun) return this.turn.spoken();
    return this.soundedWithin(ECHO_MS) ? this.lastSpoken.text : "";
  }

  /** Whether an answer ended so long ago, or less. */
  soundedWithin(ms: number): boolean {
    return this.parts.clock.nowMs() - this.lastSpoken.atMs < ms;
  }

  /** A new turn has begun: its user's message is told under this number. */
  count(): number {
    return ++this.turns;
  }

  /** Asks for an answer to the history as it stands. */
  ask(stopwatch: Stopwatch, options: TalkOptions): void {
    this.failed = null;
    const turn = new Turn(this.turns, stopwatch, this.parts.player, this.parts.tell, () => this.pieces++);
    this.turn = turn;
    void this.follow(turn, options);
  }

  /** Nothing is left to be asked again. */
  forget(): void {
    this.failed = null;
  }

  finishIfPlayed(): void {
    if (this.turn?.isPlayed) this.end();
    this.parts.settle();
  }

  /** Ends the answer here. */
  end(): void {
    const { turn } = this;
    if (!turn) return;
    const { history, floor, tell, clock } = this.parts;
    const { pieces, playedS, isWhole } = turn.asHeard();
    if (turn.hasBegun) this.lastSpoken = { text: turn.spoken(), atMs: clock.nowMs() };
    this.turn = null;
    turn.drop();
    floor.clear();
    const whole = isWhole ? turn.reply : null;
    if (whole !== null) history.addAnswer(whole);
    const text = whole ?? history.addHeard(pieces, playedS);
    if (turn.hasFailed) this.failed = history.dropQuestion();
    tell({ type: "answered", turn: turn.number, text, isWhole: whole !== null, stagesMs: turn.stopwatch.stagesMs });
  }

  private async follow(turn: Turn, options: TalkOptions): Promise<void> {
    try {
      for await (const frame of this.frames(turn.signal, options)) {
        if (this.turn !== turn) return;
        turn.take(frame);
      }
      if (!turn.isReceived) throw brokenOff();
    } catch (error) {
      if (this.turn !== turn || isAborted(error)) return;
      turn.breakOff();
      this.parts.tell(troubleEvent(error));
    }
    this.finishIfPlayed();
  }

  /** Asked again while the server is away or busy, but not once it has begun to answer. */
  private async *frames(signal: AbortSignal, options: TalkOptions): AsyncGenerator<Frame> {
    const { server, link, history } = this.parts;
    const messages = history.messages(options.system);
    const { iterator, first } = await link.persist(async () => {
      const opened = server.answer(messages, wishesOf(options), signal)[Symbol.asyncIterator]();
      return { iterator: opened, first: await opened.next() };
    }, signal);
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }

  private pieceStarted(piece: number): void {
    if (!this.turn) return;
    this.turn.started(piece);
    this.parts.onPiece(this.turn.textOf(piece));
    this.parts.settle();
  }

  private pieceEnded(piece: number): void {
    this.turn?.ended(piece);
    this.finishIfPlayed();
  }
}
