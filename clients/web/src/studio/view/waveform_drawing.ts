/** The waveform's picture: bands for clips, columns for loudness, a frame for a choice, a line where it is played. */

import type { Span } from "../peaks";

const COLUMN_PX = 2;

export function drawWaveform(
  canvas: HTMLCanvasElement,
  peaks: Float32Array,
  seconds: number,
  spans: readonly Span[],
  atS: number | null,
  marked?: Span,
): void {
  const context = canvas.getContext("2d");
  const { width, height } = canvas.getBoundingClientRect();
  if (!context || width === 0 || seconds === 0) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const colours = getComputedStyle(canvas);
  const colour = (name: string): string => colours.getPropertyValue(name).trim();
  for (const { fromS, toS, isKept } of spans) {
    context.fillStyle = colour(isKept ? "--accent-soft" : "--sunk");
    const [from, to] = [(width * fromS) / seconds, (width * toS) / seconds];
    context.fillRect(from, 0, Math.max(1, to - from - 1), height);
  }
  const inSpan = (s: number): Span | undefined => spans.find(({ fromS, toS }) => fromS <= s && s < toS);
  const shown = Math.floor(width / (COLUMN_PX + 1));
  for (let column = 0; column < shown; column++) {
    const [from, to] = [column, column + 1].map((at) => Math.floor((at * peaks.length) / shown));
    const peak = peaks.subarray(from, Math.max(to, from + 1)).reduce((most, one) => Math.max(most, one), 0);
    const span = inSpan((seconds * (column + 0.5)) / shown);
    context.fillStyle = colour(span?.isKept || spans.length === 0 ? "--accent" : "--edge");
    // The square root lets soft speech be seen beside a loud laugh.
    const high = Math.max(1, Math.sqrt(peak) * (height - 4));
    context.fillRect(column * (COLUMN_PX + 1), (height - high) / 2, COLUMN_PX, high);
  }
  if (marked) {
    context.strokeStyle = colour("--text");
    context.lineWidth = 2;
    const [from, to] = [(width * marked.fromS) / seconds, (width * marked.toS) / seconds];
    context.strokeRect(from + 1, 1, Math.max(2, to - from - 3), height - 2);
  }
  if (atS === null) return;
  context.fillStyle = colour("--text");
  context.fillRect((width * atS) / seconds - 1, 0, 2, height);
}
