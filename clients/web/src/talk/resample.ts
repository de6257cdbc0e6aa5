/** Sound at one rate turned into another, in blocks as they arrive: a windowed sinc that lets nothing fold back. */

/** Zero crossings on each side, at the lower of the two rates: 32 are 2 ms of delay at 16 kHz. */
const CROSSINGS = 32;
/** Half the strength is left here, as a part of the lower rate's band; at its edge 80 dB are gone. */
const CUTOFF = 0.92;
/** Shape of the Kaiser window: what lies outside is 80 dB down. */
const BETA = 8;

/** A rate changed without a seam between blocks. */
export class Resampler {
  /** The output moves by `step` / `phases` input samples at a time. */
  private readonly step: number;
  private readonly phases: number;
  private readonly cutoff: number;
  private readonly halfWidth: number;
  private readonly kernels: Float32Array[] = [];
  /** Input that is still needed; the next output stands at held[whole + phase / phases]. */
  private held: Float32Array;
  private whole: number;
  private phase = 0;

  constructor(fromHz: number, toHz: number) {
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.step = fromHz / divisor;
    this.phases = toHz / divisor;
    const lower = Math.min(1, toHz / fromHz);
    this.cutoff = CUTOFF * lower;
    this.halfWidth = Math.ceil(CROSSINGS / lower);
    this.held = new Float32Array(this.halfWidth);
    this.whole = this.halfWidth;
  }

  /** As much as can be computed so far. */
  feed(block: Float32Array): Float32Array {
    if (this.step === this.phases) return block.slice();
    const input = new Float32Array(this.held.length + block.length);
    input.set(this.held);
    input.set(block, this.held.length);
    const output = new Float32Array(Math.ceil((input.length * this.phases) / this.step));
    let count = 0;
    while (this.whole + this.halfWidth < input.length) {
      output[count++] = this.valueFrom(input);
      this.phase += this.step;
      this.whole += Math.floor(this.phase / this.phases);
      this.phase %= this.phases;
    }
    const first = Math.min(input.length, this.whole - this.halfWidth + 1);
    this.held = input.slice(first);
    this.whole -= first;
    return output.subarray(0, count);
  }

  private valueFrom(input: Float32Array): number {
    const taps = (this.kernels[this.phase] ??= kernel(this.phase / this.phases, this.cutoff, this.halfWidth));
    const from = this.whole - this.halfWidth + 1;
    let total = 0;
    for (let i = 0; i < taps.length; i++) total += taps[i] * input[from + i];
    return total;
  }
}

/** A whole sound at another rate, as long as it was. */
export function resample(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  if (fromHz === toHz) return samples;
  const resampler = new Resampler(fromHz, toHz);
  const result = new Float32Array(Math.round((samples.length * toHz) / fromHz));
  const silence = new Float32Array(2 * CROSSINGS * Math.ceil(Math.max(1, fromHz / toHz)));
  let at = 0;
  for (const part of [resampler.feed(samples), resampler.feed(silence)]) {
    const fitting = part.subarray(0, result.length - at);
    result.set(fitting, at);
    at += fitting.length;
  }
  return result;
}

/** The weights of the samples around a point that lies `fraction` behind the middle one. */
function kernel(fraction: number, cutoff: number, halfWidth: number): Float32Array {
  const taps = new Float32Array(2 * halfWidth);
  let total = 0;
  for (let i = 0; i < taps.length; i++) {
    const distance = i - halfWidth + 1 - fraction;
    const x = Math.PI * cutoff * distance;
    const inside = Math.sqrt(Math.max(0, 1 - (distance / halfWidth) ** 2));
    taps[i] = (x === 0 ? 1 : Math.sin(x) / x) * bessel(BETA * inside);
    total += taps[i];
  }
  // The weights' sum is the gain, and must not differ from one fraction to the next: that would be a tone.
  return taps.map((tap) => tap / total);
}

/** The modified Bessel function of order zero, as the Kaiser window needs it. */
function bessel(x: number): number {
  let total = 1;
  for (let term = 1, k = 1; term > total * 1e-9; k++) {
    term *= (x / (2 * k)) ** 2;
    total += term;
  }
  return total;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
