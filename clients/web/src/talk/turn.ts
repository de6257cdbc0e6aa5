/** One answer: its pieces on their way from the server to the loudspeaker, and how much of it was heard. */

import type { SpokenPiece } from "./history";
import type { Stopwatch } from "./stopwatch";
import { joined } from "./text_words";
import type { Frame, Player, Stage, TalkListener } from "./types";

/** What lacks no more than this was heard whole. */
const NEARLY_S = 0.05;

interface Piece {
  readonly number: number;
  readonly text: string;
  soundS: number;
  state: "waiting" | "playing" | "ended";
}

export class Turn {
  /** The whole reply, once the last frame has come without an error. */
  reply: string | null = null;
  /** Nothing more will come from the server. */
  isReceived = false;
  /** The server could not answer, or not to the end. */
  hasFailed = false;
  private readonly pieces: Piece[] = [];
  private readonly request = new AbortController();
  private readonly askedMs: number;

  constructor(
    readonly number: number,
    readonly stopwatch: Stopwatch,
    private readonly player: Player,
    private readonly tell: TalkListener,
    private readonly nextPiece: () => number,
  ) {
    this.askedMs = stopwatch.sinceStartMs();
  }

  get signal(): AbortSignal {
    return this.request.signal;
  }

  /** Whether any of it has been shown or heard. */
  get hasBegun(): boolean {
    return this.pieces.some(({ state }) => state !== "waiting");
  }

  get isPlayed(): boolean {
    return this.isReceived && this.pieces.every(({ state }) => state === "ended");
  }

  take(frame: Frame): void {
    if (frame.isLast) return this.takeLast(frame);
    const current = this.pieces[this.pieces.length - 1];
    // The later parts of a piece come without its text.
    const piece = current && !frame.text ? current : this.begin(frame.text);
    if (frame.sound) this.add(piece, frame.sound.samples, frame.sound.rateHz);
    if (frame.isUnreadable) {
      const english = "The server sent sound that this page cannot read; the text is shown.";
      this.tell({ type: "trouble", kind: "sound", english, chinese: "服务发来的声音无法播放，仅显示文字。" });
    }
  }

  /** The stream is over without its end: what has come is played. */
  breakOff(): void {
    this.isReceived = true;
    this.hasFailed = true;
    this.endPiece();
  }

  /** Closes the request and silences what waits; what was heard must be asked before. */
  drop(): void {
    this.request.abort();
    this.player.drop();
  }

  started(number: number): void {
    const piece = this.find(number);
    if (!piece) return;
    piece.state = "playing";
    if (piece.soundS > 0) this.stopwatch.mark("playing");
    this.tell({ type: "playing", turn: this.number, number });
  }

  ended(number: number): void {
    const piece = this.find(number);
    if (!piece) return;
    piece.state = "ended";
    this.tell({ type: "pieceEnded", turn: this.number, number });
  }

  /** What the microphone may be hearing: the piece under way and the one before it. */
  spoken(): string {
    const begun = this.pieces.filter(({ state }) => state !== "waiting");
    return begun.slice(-2).reduce((text, piece) => joined(text, piece.text), "");
  }

  textOf(number: number): string {
    return this.find(number)?.text ?? "";
  }

  asHeard(): { pieces: readonly SpokenPiece[]; playedS: number; isWhole: boolean } {
    const playedS = this.pieces.reduce((total, { number }) => total + this.player.playedS(number), 0);
    const soundS = this.pieces.reduce((total, piece) => total + piece.soundS, 0);
    const isWhole = this.reply !== null && (this.isPlayed || (soundS > 0 && playedS >= soundS - NEARLY_S));
    return { pieces: this.pieces, playedS, isWhole };
  }

  private takeLast(frame: Frame): void {
    this.isReceived = true;
    this.endPiece();
    for (const [stage, ms] of Object.entries(frame.timingMs)) {
      // Only the server knows when the model began; the rest is measured where it arrives.
      if (stage === "first_token") this.stopwatch.markAt(stage as Stage, this.askedMs + ms);
    }
    this.stopwatch.mark("done");
    if (frame.hint) this.tell({ type: "hint", text: frame.hint });
    this.hasFailed = frame.error !== "";
    if (this.hasFailed)
      this.tell({ type: "trouble", kind: "answer", english: frame.error, chinese: `出错了：${frame.error}` });
    if (!frame.error || frame.text) this.reply = frame.text;
  }

  private begin(text: string): Piece {
    this.endPiece();
    this.stopwatch.mark("first_piece");
    const piece: Piece = { number: this.nextPiece(), text, soundS: 0, state: "waiting" };
    this.pieces.push(piece);
    this.tell({ type: "piece", turn: this.number, number: piece.number, text });
    return piece;
  }

  private add(piece: Piece, samples: Float32Array, rateHz: number): void {
    this.stopwatch.mark("first_audio");
    piece.soundS += samples.length / rateHz;
    this.tell({ type: "sound", turn: this.number, number: piece.number, samples, rateHz });
    this.player.add(piece.number, samples, rateHz);
  }

  private endPiece(): void {
    const last = this.pieces[this.pieces.length - 1];
    if (last) this.player.end(last.number);
  }

  private find(number: number): Piece | undefined {
    return this.pieces.find((piece) => piece.number === number);
  }
}
