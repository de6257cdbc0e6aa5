/** A waveform as it is drawn: the loudest sample of each column, and the clips that lie on it. */

import type { Clip } from "./types";

export interface Span {
  readonly name: string;
  readonly fromS: number;
  readonly toS: number;
  readonly isKept: boolean;
}

/** As many columns as wished, each 0 to 1. */
export function peaksOf(samples: Float32Array, columns: number): Float32Array {
  const peaks = new Float32Array(columns);
  const width = samples.length / columns;
  for (let column = 0; column < columns; column++) {
    const end = Math.min(samples.length, Math.max(Math.ceil((column + 1) * width), Math.floor(column * width) + 1));
    let peak = 0;
    for (let at = Math.floor(column * width); at < end; at++) peak = Math.max(peak, Math.abs(samples[at]));
    peaks[column] = Math.min(1, peak);
  }
  return peaks;
}

/** Where the clips of a recording lie in it; the converted recording has its name, and an ending of its own. */
export function spansOn(filename: string, clips: readonly Clip[]): Span[] {
  const source = `${filename.normalize("NFC")}.wav`;
  return clips
    .filter((clip) => clip.source === source)
    .map(({ name, start_s, seconds, is_kept }) => ({ name, fromS: start_s, toS: start_s + seconds, isKept: is_kept }));
}

/** Which of so many clips a key leads to from one of them; null for keys that choose none. */
export function clipByKey(key: string, at: number, count: number): number | null {
  const last = count - 1;
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return Math.min(at + 1, last);
    case "ArrowLeft":
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
