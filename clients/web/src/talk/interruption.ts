/** Whether somebody who speaks while the assistant speaks wants the floor. The Python clients read the same words. */

import { charactersOf, wordsOf } from "./text_words";
import words from "../../../words.json";

export type Verdict = "wait" | "ignore" | "stop";

/** Speech of this length is hardly a cough. */
export const SURE_S = 0.5;
/** Nobody is kept talking against the voice any longer because a recogniser is slow. */
const UNANSWERED_S = 1.2;
const FUZZY_LETTERS = 4;
const FUZZY_SHARE = 0.8;

/** What to do about speech of this length. text: what is known of it; speaking: what is being spoken. */
export function judge(
  speechS: number,
  isOver: boolean,
  text: string | null,
  speaking: string,
  hasRecogniser = true,
): Verdict {
  if (text === null) return speechS >= (hasRecogniser ? UNANSWERED_S : SURE_S) ? "stop" : "wait";
  const heard = wordsOf(text);
  if (heard.length === 0) return isOver ? "ignore" : "wait";
  if (isEcho(text, speaking) || isBackchannel(text)) return "ignore";
  if (hasStopWord(text) || heard.length > 1 || speechS >= SURE_S) return "stop";
  return isOver ? "ignore" : "wait";
}

/** Whether the text says "I am listening" and nothing else: it is made of such words from end to end. */
export function isBackchannel(text: string): boolean {
  const heard = wordsOf(text);
  const phrases = phrasesOf(words.backchannels);
  const isReached = [true];
  for (let end = 1; end <= heard.length; end++) {
    isReached[end] = isReached.some((reached, start) => reached && phrases.has(heard.slice(start, end).join(" ")));
  }
  return heard.length > 0 && isReached[heard.length];
}

/** Whether the microphone heard the loudspeaker: the text is part of what is spoken, nearly so if it is longer. */
export function isEcho(text: string, speaking: string): boolean {
  const heard = wordsOf(text).join("");
  const spoken = wordsOf(speaking).join("");
  if (!heard) return false;
  if (spoken.includes(heard)) return true;
  const letters = charactersOf(heard);
  if (letters.length < FUZZY_LETTERS) return false;
  return distanceInside(letters, charactersOf(spoken)) <= letters.length * (1 - FUZZY_SHARE) + 1e-9;
}

function hasStopWord(text: string): boolean {
  const heard = wordsOf(text);
  const phrases = phrasesOf(words.stop_words);
  return heard.some((_, start) =>
    heard.slice(start).some((_, length) => phrases.has(heard.slice(start, start + length + 1).join(" "))),
  );
}

/** The fewest letters that must be changed, added or left out to find `heard` somewhere in `spoken`. */
function distanceInside(heard: readonly string[], spoken: readonly string[]): number {
  let row = new Array<number>(spoken.length + 1).fill(0);
  heard.forEach((letter, count) => {
    const above = row;
    row = [count + 1];
    spoken.forEach((other, at) => {
      row.push(Math.min(above[at] + (letter === other ? 0 : 1), above[at + 1] + 1, row[at] + 1));
    });
  });
  return Math.min(...row);
}

function phrasesOf(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map((text) => wordsOf(text).join(" ")));
}
