/** Reading through the transcripts: which clips are shown, which deserve a second ear, and what was changed. */

import type { Clip } from "./types";

export const FILTERS = ["all", "kept", "dropped", "doubtful"] as const;

export type Filter = (typeof FILTERS)[number];

/** Below it recognisers are more often wrong than right. */
const LEAST_CONFIDENCE = 0.6;
/** So many times slower or faster than the others speaks nobody; something is missing, or was made up. */
const PACE_FACTOR = 2.2;
/** Fewer clips have no usual pace. */
const FEWEST_FOR_PACE = 4;

export type Doubt = "unsure" | "slow" | "fast";

/** Why clips deserve a second ear, by name. */
export function doubtsOf(clips: readonly Clip[]): ReadonlyMap<string, Doubt> {
  const kept = clips.filter(({ is_kept }) => is_kept);
  const usual = median(kept.map(paceOf));
  const doubts = new Map<string, Doubt>();
  for (const clip of kept) {
    const doubt = doubtOf(clip, kept.length >= FEWEST_FOR_PACE ? usual : 0);
    if (doubt) doubts.set(clip.name, doubt);
  }
  return doubts;
}

export function shownBy(filter: Filter, clips: readonly Clip[], doubts: ReadonlyMap<string, Doubt>): Clip[] {
  return clips.filter(({ name, is_kept }) => {
    if (filter === "kept") return is_kept;
    if (filter === "dropped") return !is_kept;
    return filter === "all" || doubts.has(name);
  });
}

/** A clip with another text; the server keeps what was given a text, and leaves out what lost it. */
export function withText(clip: Clip, text: string): Clip {
  const why = text ? "" : clip.why || "removed";
  return { ...clip, text, why, is_kept: Boolean(text) };
}

/** What is said in a second: characters of hanzi, kana and hangul, or words. */
function paceOf({ text, seconds }: Clip): number {
  const dense = text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu)?.length ?? 0;
  const words = text.match(/[\p{sc=Latin}\p{N}'’]+/gu)?.length ?? 0;
  // A word takes about as long as two and a half hanzi.
  return (dense + 2.5 * words) / Math.max(seconds, 0.1);
}

function doubtOf(clip: Clip, usualPace: number): Doubt | null {
  if (clip.confidence !== null && clip.confidence < LEAST_CONFIDENCE) return "unsure";
  if (usualPace === 0) return null;
  const pace = paceOf(clip);
  if (pace < usualPace / PACE_FACTOR) return "slow";
  return pace > usualPace * PACE_FACTOR ? "fast" : null;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
