/** What the page shows of a conversation: a list of lines, and what each event of the conversation does to it. Pure. */

import { joined } from "../talk/text_words";
import type { IgnoredWhy, StagesMs, TalkEvent } from "../talk/types";

export interface ShownPiece {
  readonly number: number;
  readonly text: string;
  readonly state: "waiting" | "playing" | "played";
}

/** open: the answer is under way. whole: heard to its end. cut: heard as far as `answer` goes. */
export type Ending = "open" | "whole" | "cut";

export interface TurnLine {
  readonly kind: "turn";
  readonly id: number;
  /** The conversation's number; null for a turn of an earlier visit, which nothing can change any more. */
  readonly turn: number | null;
  readonly asked: string;
  readonly isSpoken: boolean;
  readonly pieces: readonly ShownPiece[];
  readonly isPaused: boolean;
  /** Once the turn has ended: the whole reply, or what was heard of it. */
  readonly answer: string;
  readonly ending: Ending;
  readonly stagesMs: StagesMs;
}

export interface IgnoredLine {
  readonly kind: "ignored";
  readonly id: number;
  readonly text: string;
  readonly why: IgnoredWhy;
}

/** Something the user should know, in both languages. */
export interface NoteLine {
  readonly kind: "trouble" | "hint";
  readonly id: number;
  readonly english: string;
  readonly chinese: string;
}

export type Line = TurnLine | IgnoredLine | NoteLine;

/** The lines after an event. Events that show nothing leave the same list. */
export function withEvent(lines: readonly Line[], event: TalkEvent): readonly Line[] {
  switch (event.type) {
    case "heard":
      return withQuestion(lines, event);
    case "ignored":
      return [...lines, { kind: "ignored", id: nextId(lines), text: event.text, why: event.why }];
    case "piece":
      return changeTurn(adopted(lines, event.turn), event.turn, (turn) => withPiece(turn, event.number, event.text));
    case "playing":
      return changeTurn(lines, event.turn, (turn) => marked(turn, event.number, "playing"));
    case "pieceEnded":
      return changeTurn(lines, event.turn, (turn) => marked(turn, event.number, "played"));
    case "paused":
      return changeTurn(lines, event.turn, (turn) => ({ ...turn, isPaused: event.isPaused }));
    case "answered":
      return changeTurn(lines, event.turn, (turn) => ended(turn, event.text, event.isWhole, event.stagesMs));
    case "trouble":
      return withNote(lines, "trouble", event.english, event.chinese);
    case "hint":
      return withNote(lines, "hint", ...inBoth(event.text));
    default:
      return lines;
  }
}

export function turnsOf(lines: readonly Line[]): readonly TurnLine[] {
  return lines.filter((line): line is TurnLine => line.kind === "turn");
}

/** The turns as an earlier visit left them: whatever was open then is cut. */
export function restored(turns: readonly TurnLine[]): readonly TurnLine[] {
  return turns.map((turn) => ({ ...(turn.ending === "open" ? ended(turn, "", false, {}) : turn), turn: null }));
}

/** What the pieces that have arrived say together. */
export function piecesText(pieces: readonly ShownPiece[]): string {
  return pieces.reduce((text, piece) => joined(text, piece.text), "");
}

/** " " or "": what belongs between two texts. */
export function spaceBetween(before: string, after: string): string {
  return joined(before, after).slice(before.length, before.length + 1) === " " && !/^\s/.test(after) ? " " : "";
}

/** The part of the arrived text that was not heard; "" unless the answer was cut. */
export function unheardText(turn: TurnLine): string {
  if (turn.ending !== "cut") return "";
  const arrived = piecesText(turn.pieces);
  // Spaces and quotes are lost and added on the way, the rest of what was heard is as it arrived.
  let left = turn.answer.replace(/[\s"]/g, "").length;
  for (let at = 0; at < arrived.length; at++) {
    if (/[\s"]/.test(arrived[at])) continue;
    if (left === 0) return arrived.slice(at);
    left--;
  }
  return "";
}

type Heard = Extract<TalkEvent, { type: "heard" }>;

function withQuestion(lines: readonly Line[], { turn, text, recording, stagesMs }: Heard): readonly Line[] {
  const line: TurnLine = {
    kind: "turn",
    id: nextId(lines),
    turn,
    asked: text,
    isSpoken: recording !== null,
    pieces: [],
    isPaused: false,
    answer: "",
    ending: "open",
    stagesMs,
  };
  return [...lines, line];
}

function nextId(lines: readonly Line[]): number {
  return (lines[lines.length - 1]?.id ?? 0) + 1;
}

/** A question that is asked once more has a new number; its line is the last one, which got no answer. */
function adopted(lines: readonly Line[], number: number): readonly Line[] {
  const last = turnsOf(lines).slice(-1)[0];
  if (!last || last.turn === null || last.turn >= number || last.answer || last.pieces.length > 0) return lines;
  return lines.map((line) => (line === last ? { ...last, turn: number, ending: "open" } : line));
}

/** Changes a turn if its answer is still under way. */
function changeTurn(lines: readonly Line[], number: number, change: (turn: TurnLine) => TurnLine): readonly Line[] {
  const isIt = (line: Line): line is TurnLine => line.kind === "turn" && line.turn === number && line.ending === "open";
  return lines.some(isIt) ? lines.map((line) => (isIt(line) ? change(line) : line)) : lines;
}

function withPiece(turn: TurnLine, number: number, text: string): TurnLine {
  if (turn.pieces.some((piece) => piece.number === number)) return turn;
  return { ...turn, pieces: [...turn.pieces, { number, text, state: "waiting" }] };
}

function marked(turn: TurnLine, number: number, state: ShownPiece["state"]): TurnLine {
  return { ...turn, pieces: turn.pieces.map((piece) => (piece.number === number ? { ...piece, state } : piece)) };
}

function ended(turn: TurnLine, answer: string, isWhole: boolean, stagesMs: StagesMs): TurnLine {
  const all = { ...turn.stagesMs, ...stagesMs };
  return { ...turn, answer, ending: isWhole ? "whole" : "cut", isPaused: false, stagesMs: all };
}

/** The server gives its hints in English and in Chinese, one after the other. */
function inBoth(text: string): [english: string, chinese: string] {
  const [, english, chinese] = /^([^\u4e00-\u9fff]+[.!?])\s+([\u4e00-\u9fff].*)$/s.exec(text) ?? [];
  return english && chinese ? [english, chinese] : [text, text];
}

function withNote(
  lines: readonly Line[],
  kind: NoteLine["kind"],
  english: string,
  chinese: string,
): readonly Line[] {
  const last = lines[lines.length - 1];
  // The same trouble said twice in a row tells nothing new.
  if (last?.kind === kind && last.english === english) return lines;
  return [...lines, { kind, id: nextId(lines), english, chinese }];
}
