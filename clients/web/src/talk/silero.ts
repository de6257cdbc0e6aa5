/**
 * Silero VAD v5 at 16 kHz, computed here. The usual way, onnxruntime's WebAssembly, is over 11 MB to load for a
 * network of 0.3 million weights that needs less than a millisecond per frame in a few lines.
 */

import { readTensors, type Tensor } from "./safetensors";
import type { SpeechDetector } from "./types";

export const RATE_HZ = 16000;
export const FRAME_SAMPLES = 512;
const CONTEXT_SAMPLES = 64;
const WINDOW = 256;
const HOP = 128;
const BINS = WINDOW / 2 + 1;
/** Positions along time: four after the spectrum and the first convolution, then two, then one. */
const STEPS = 4;
const HIDDEN = 128;

const SHAPES: Readonly<Record<string, string>> = {
  "conv1.weight": "128,129,3",
  "conv1.bias": "128",
  "conv2.weight": "64,128,3",
  "conv2.bias": "64",
  "conv3.weight": "64,64,3",
  "conv3.bias": "64",
  "conv4.weight": "128,64,3",
  "conv4.bias": "128",
  "lstm.weight_ih": "512,128",
  "lstm.weight_hh": "512,128",
  "lstm.bias_ih": "512",
  "lstm.bias_hh": "512",
  "output.weight": "1,128,1",
  "output.bias": "1",
};

/** Fetches the weights; rejects with an Error when they cannot be read. */
export async function loadSilero(url: string): Promise<Silero> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return new Silero(await response.arrayBuffer());
}

export class Silero implements SpeechDetector {
  private readonly spectrum = waves();
  private readonly convolutions: readonly Convolution[];
  private readonly memory: LstmCell;
  private readonly output: Tensor;
  private readonly outputBias: number;
  /** The end of the frame before, this frame, and what is mirrored at its end. */
  private readonly samples = new Float32Array(CONTEXT_SAMPLES + FRAME_SAMPLES + CONTEXT_SAMPLES);

  constructor(weights: ArrayBuffer) {
    const tensors = checked(readTensors(weights));
    const convolution = (name: string, stride: number): Convolution =>
      new Convolution(tensors(`${name}.weight`), tensors(`${name}.bias`).data, stride);
    this.convolutions = [
      convolution("conv1", 1),
      convolution("conv2", 2),
      convolution("conv3", 2),
      convolution("conv4", 1),
    ];
    this.memory = new LstmCell(
      tensors("lstm.weight_ih").data,
      tensors("lstm.weight_hh").data,
      sum(tensors("lstm.bias_ih").data, tensors("lstm.bias_hh").data),
    );
    this.output = tensors("output.weight");
    this.outputBias = tensors("output.bias").data[0];
  }

  reset(): void {
    this.samples.fill(0);
    this.memory.reset();
  }

  probability(frame: Float32Array): number {
    if (frame.length !== FRAME_SAMPLES) throw new Error(`A frame has ${FRAME_SAMPLES} samples, not ${frame.length}.`);
    const end = CONTEXT_SAMPLES + FRAME_SAMPLES;
    this.samples.set(frame, CONTEXT_SAMPLES);
    for (let i = 0; i < CONTEXT_SAMPLES; i++) this.samples[end + i] = this.samples[end - 2 - i];
    let features = this.magnitudes();
    for (const convolution of this.convolutions) features = convolution.apply(features);
    const hidden = this.memory.step(features);
    this.samples.copyWithin(0, FRAME_SAMPLES, end);
    let logit = this.outputBias;
    for (let i = 0; i < HIDDEN; i++) logit += this.output.data[i] * Math.max(0, hidden[i]);
    return sigmoid(logit);
  }

  /** How strong each frequency is: one row per position in time. */
  private magnitudes(): Float32Array {
    const result = new Float32Array(STEPS * BINS);
    const parts = new Float32Array(2 * BINS);
    for (let step = 0; step < STEPS; step++) {
      multiply(this.spectrum, this.samples.subarray(step * HOP, step * HOP + WINDOW), null, parts);
      for (let bin = 0; bin < BINS; bin++) {
        result[step * BINS + bin] = Math.sqrt(parts[bin] ** 2 + parts[BINS + bin] ** 2);
      }
    }
    return result;
  }
}

/** Three positions wide, one position of zeros at either end, and nothing below zero afterwards. */
class Convolution {
  private readonly inputs: number;
  private readonly outputs: number;
  private readonly taps: Float32Array;

  constructor(
    private readonly weight: Tensor,
    private readonly bias: Float32Array,
    private readonly stride: number,
  ) {
    [this.outputs, this.inputs] = weight.shape;
    this.taps = new Float32Array(this.inputs * 3);
  }

  apply(input: Float32Array): Float32Array {
    const length = input.length / this.inputs;
    const steps = Math.floor((length - 1) / this.stride) + 1;
    const output = new Float32Array(steps * this.outputs);
    for (let step = 0; step < steps; step++) {
      this.gather(input, length, step * this.stride - 1);
      multiply(this.weight.data, this.taps, this.bias, output.subarray(step * this.outputs, (step + 1) * this.outputs));
    }
    for (let i = 0; i < output.length; i++) if (output[i] < 0) output[i] = 0;
    return output;
  }

  private gather(input: Float32Array, length: number, from: number): void {
    for (let tap = 0; tap < 3; tap++) {
      const position = from + tap;
      const isInside = position >= 0 && position < length;
      for (let channel = 0; channel < this.inputs; channel++) {
        this.taps[channel * 3 + tap] = isInside ? input[position * this.inputs + channel] : 0;
      }
    }
  }
}

/** Gates in the usual order: input, forget, cell, output. */
class LstmCell {
  private readonly hidden = new Float32Array(HIDDEN);
  private readonly cell = new Float32Array(HIDDEN);
  private readonly fromInput = new Float32Array(4 * HIDDEN);
  private readonly fromHidden = new Float32Array(4 * HIDDEN);

  constructor(
    private readonly inputWeight: Float32Array,
    private readonly hiddenWeight: Float32Array,
    private readonly bias: Float32Array,
  ) {}

  reset(): void {
    this.hidden.fill(0);
    this.cell.fill(0);
  }

  step(input: Float32Array): Float32Array {
    multiply(this.inputWeight, input, this.bias, this.fromInput);
    multiply(this.hiddenWeight, this.hidden, null, this.fromHidden);
    const gate = (index: number): number => this.fromInput[index] + this.fromHidden[index];
    for (let i = 0; i < HIDDEN; i++) {
      const kept = sigmoid(gate(HIDDEN + i)) * this.cell[i];
      this.cell[i] = kept + sigmoid(gate(i)) * Math.tanh(gate(2 * HIDDEN + i));
      this.hidden[i] = sigmoid(gate(3 * HIDDEN + i)) * Math.tanh(this.cell[i]);
    }
    return this.hidden;
  }
}

/** output = matrix x input + bias; the matrix row by row. Four sums at once, since one would wait for each addition. */
function multiply(matrix: Float32Array, input: Float32Array, bias: Float32Array | null, output: Float32Array): void {
  const width = input.length;
  const even = width - (width % 4);
  for (let row = 0, at = 0; row < output.length; row++, at += width) {
    let a = 0,
      b = 0,
      c = 0,
      d = 0;
    for (let i = 0; i < even; i += 4) {
      a += matrix[at + i] * input[i];
      b += matrix[at + i + 1] * input[i + 1];
      c += matrix[at + i + 2] * input[i + 2];
      d += matrix[at + i + 3] * input[i + 3];
    }
    for (let i = even; i < width; i++) a += matrix[at + i] * input[i];
    output[row] = a + b + (c + d) + (bias ? bias[row] : 0);
  }
}

/** A window times a cosine and a sine of each frequency, one row each: the spectrum as a matrix. */
function waves(): Float32Array {
  const rows = new Float32Array(2 * BINS * WINDOW);
  for (let bin = 0; bin < BINS; bin++) {
    for (let t = 0; t < WINDOW; t++) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / WINDOW);
      const angle = (2 * Math.PI * bin * t) / WINDOW;
      rows[bin * WINDOW + t] = hann * Math.cos(angle);
      rows[(BINS + bin) * WINDOW + t] = hann * Math.sin(angle);
    }
  }
  return rows;
}

function checked(tensors: Map<string, Tensor>): (name: string) => Tensor {
  for (const [name, shape] of Object.entries(SHAPES)) {
    if (tensors.get(name)?.shape.join() !== shape) throw new Error(`The weights have no ${name} of ${shape}.`);
  }
  return (name) => tensors.get(name)!;
}

function sum(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value + b[i]);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
