/** Curves as something to draw: which part of the paper a value falls on, with plain or logarithmic heights. */

import type { Curve } from "./job_story";

/** More points than that cannot be told apart. */
const MOST_POINTS = 400;

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
}

/** Where values lie between the lowest (0) and the highest (1). A logarithm knows positive values only. */
export function scaleOf(curves: readonly Curve[], wantsLog: boolean): Scale {
  const values = curves.flatMap((curve) => curve.map(([, value]) => value));
  const positive = values.filter((value) => value > 0);
  const isLog = wantsLog && positive.length > 0;
  const used = isLog ? positive : values;
  const low = used.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = used.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(low)) return { low: 0, high: 1, isLog: false };
  // A flat line lies in the middle.
  if (low === high)
    return isLog ? { low: low / 2, high: high * 2, isLog } : { low: low - 0.5, high: high + 0.5, isLog };
  return { low, high, isLog };
}

/** 0 at the lowest value, 1 at the highest; null for what the scale does not know. */
export function heightOf(value: number, { low, high, isLog }: Scale): number | null {
  if (!isLog) return (value - low) / (high - low);
  if (value <= 0) return null;
  return (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low));
}

/** Values to write beside the paper, from the lowest to the highest. */
export function ticksOf({ low, high, isLog }: Scale): number[] {
  return isLog ? [low, Math.sqrt(low * high), high] : [low, (low + high) / 2, high];
}

/** Few enough points to draw: of each stretch its mean, so that nothing that lasts is lost. */
export function thinned(curve: Curve, most = MOST_POINTS): Curve {
  if (curve.length <= most) return curve;
  const width = curve.length / most;
  return Array.from({ length: most }, (_, at) => {
    const part = curve.slice(Math.floor(at * width), Math.floor((at + 1) * width));
    const mean = part.reduce((sum, [, value]) => sum + value, 0) / part.length;
    return [part[part.length - 1][0], mean] as const;
  });
}

/** Which curves are shown at first: losses share a scale, rates of learning and of success do not. */
export function shownAtFirst(names: readonly string[]): string[] {
  const losses = names.filter((name) => /loss|kl|mel/i.test(name));
  return losses.length > 0 ? losses : names.slice(0, 1);
}
