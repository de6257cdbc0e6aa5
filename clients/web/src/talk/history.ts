/** What a conversation remembers, and how much of an answer somebody has heard. */

import { charactersOf, continuesWord, joined } from "./text_words";
import type { Message } from "./types";

/** A piece that lacks no more than this was heard whole: nothing but silence is left of it. */
const NEARLY_S = 0.05;

export interface SpokenPiece {
  readonly text: string;
  /** How long it sounds; 0 for a piece that is only shown. */
  readonly soundS: number;
}

/**
 * What somebody has heard who listened for so many seconds since the first piece began. A piece that is only shown
 * counts once a later one has sounded.
 */
export function heardText(pieces: readonly SpokenPiece[], playedS: number): string {
  let heard = "";
  let shown = "";
  let leftS = playedS;
  for (const piece of pieces) {
    if (piece.soundS === 0) {
      shown = joined(shown, piece.text);
      continue;
    }
    if (leftS <= 0) break;
    heard = joined(heard, shown);
    shown = "";
    if (leftS < piece.soundS - NEARLY_S) return joined(heard, beginning(piece.text, leftS / piece.soundS)).trimEnd();
    heard = joined(heard, piece.text);
    leftS -= piece.soundS;
  }
  return heard.trimEnd();
}

/** So much of a text, cut back to its last whole word. */
function beginning(text: string, share: number): string {
  const characters = charactersOf(text);
  let end = Math.floor(characters.length * share + 1e-9);
  while (continuesWord(characters, end)) end--;
  return characters.slice(0, end).join("").trimEnd();
}

/** User and assistant by turns. keepTurns bounds it: the oldest turns are forgotten. */
export class History {
  private kept: Message[] = [];
  /** What the newest user message was made of, unless it has been answered since. */
  private questions: readonly string[] = [];

  constructor(private readonly keepTurns: number | null = null) {}

  /** User and assistant messages, oldest first; no system message among them. */
  get entries(): readonly Message[] {
    return this.kept;
  }

  /** Whether the last message waits for an answer. */
  get isUnanswered(): boolean {
    return this.kept[this.kept.length - 1]?.role === "user";
  }

  /** Two user messages in a row become one of two lines. */
  addUser(text: string): void {
    this.questions = this.isUnanswered ? [...this.questions, text] : [text];
    if (this.isUnanswered) this.kept.pop();
    this.kept.push({ role: "user", content: this.questions.join("\n") });
    // A turn is two messages, and the newest has only one so far.
    if (this.keepTurns) this.kept.splice(0, Math.max(0, this.kept.length - 2 * this.keepTurns + 1));
  }

  /**
   * Takes away what addUser added last, and returns it; null where that has an answer. A question that failed would
   * be asked with every later one, and fail each of them.
   */
  dropQuestion(): string | null {
    if (!this.isUnanswered) return null;
    const dropped = this.questions[this.questions.length - 1];
    this.questions = this.questions.slice(0, -1);
    this.kept.pop();
    if (this.questions.length > 0) this.kept.push({ role: "user", content: this.questions.join("\n") });
    return dropped;
  }

  /** The model's reply as it wrote it; an empty one adds no message. */
  addAnswer(whole: string): void {
    if (whole) this.kept.push({ role: "assistant", content: whole });
  }

  /** Remembers an answer as far as it was heard, and returns that text; nothing heard adds no message. */
  addHeard(pieces: readonly SpokenPiece[], playedS: number): string {
    const heard = heardText(pieces, playedS);
    // Replies are expected to speak in quotes. No mark of the interruption: a model would learn to write it.
    if (heard) this.addAnswer(`"${heard.replace(/"/g, "")}"`);
    return heard;
  }

  /** For the server, the system message first where there is one. */
  messages(system = ""): Message[] {
    return [...(system ? [{ role: "system", content: system } as const] : []), ...this.kept];
  }

  clear(): void {
    this.kept = [];
    this.questions = [];
  }

  /** Puts back what entries once gave. */
  restore(entries: readonly Message[]): void {
    this.kept = entries.filter(({ role }) => role !== "system").map(({ role, content }) => ({ role, content }));
    this.questions = this.isUnanswered ? [this.kept[this.kept.length - 1].content] : [];
  }
}
