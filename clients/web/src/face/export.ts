/** The conversation as files to keep: a text, and one WAV. */

import { encodeWav, joinSounds } from "../talk/wav";
import type { KeptSound } from "./archive";
import type { Say } from "./language";
import { type TurnLine, unheardText } from "./transcript";

const PAUSE_S = 0.4;

/** The texts of all turns, one line per speaker. */
export function asText(turns: readonly TurnLine[], say: Say): string {
  return turns.map((turn) => turnText(turn, say)).join("\n");
}

/** The sound of all turns at the highest rate among them; null where there is none. */
export function asWav(sounds: readonly KeptSound[]): Uint8Array | null {
  if (sounds.length === 0) return null;
  const rateHz = Math.max(...sounds.map((sound) => sound.rateHz));
  return encodeWav(joinSounds(inUtterances(sounds), rateHz, PAUSE_S), rateHz);
}

/** Gives the user a file through the browser's download. */
export function offer(name: string, content: BlobPart, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  // The download has its own hold on the content once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A file name that sorts by time, as yinliu-2026-01-31-0915. */
export function fileName(now: Date, ending: string): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `yinliu-${day}-${two(now.getHours())}${two(now.getMinutes())}.${ending}`;
}

function turnText(turn: TurnLine, say: Say): string {
  const unheard = unheardText(turn).trim();
  const rest = unheard ? ` [${say("unheard")} ${unheard}]` : "";
  return `${say("you")}: ${turn.asked}\n${say("assistant")}: ${turn.answer}${rest}\n`;
}

/** The parts of one answer follow each other without a pause: they are one sound. */
function inUtterances(sounds: readonly KeptSound[]): KeptSound[] {
  const utterances: KeptSound[] = [];
  for (const sound of sounds) {
    const last = utterances[utterances.length - 1];
    const goesOn =
      last && last.line === sound.line && last.piece !== null && sound.piece !== null && last.rateHz === sound.rateHz;
    if (goesOn) utterances[utterances.length - 1] = { ...last, samples: joined(last.samples, sound.samples) };
    else utterances.push(sound);
  }
  return utterances;
}

function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
