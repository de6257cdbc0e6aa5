import assert from "node:assert/strict";
import { test } from "node:test";
import { readTensors } from "../src/talk/safetensors";
import { FRAME_SAMPLES, Silero } from "../src/talk/silero";
import { recording, vectors, weights } from "./files";

interface Case {
  readonly name: string;
  readonly file?: string;
  readonly noise_samples?: number;
  readonly zero_samples?: number;
  readonly want: readonly number[];
}

const { tolerance, cases } = vectors<{ tolerance: number; cases: readonly Case[] }>("silero");

for (const { name, want, ...source } of cases) {
  test(`says what onnxruntime says: ${name}`, (context) => {
    const samples = samplesOf(source);
    const started = performance.now();
    const found = probabilities(new Silero(weights()), samples);
    context.diagnostic(`${((performance.now() - started) / found.length).toFixed(3)} ms per frame of 32 ms`);
    assert.equal(found.length, want.length);
    found.forEach((value, i) =>
      assert.ok(Math.abs(value - want[i]) < tolerance, `frame ${i}: ${value}, not ${want[i]}`),
    );
  });
}

test("reset forgets everything that was heard", () => {
  const { samples } = recording("tests/assets/jfk.wav");
  const silero = new Silero(weights());
  const first = probabilities(silero, samples.subarray(0, 40 * FRAME_SAMPLES));
  assert.notDeepEqual(probabilities(silero, samples.subarray(0, 40 * FRAME_SAMPLES)), first);
  silero.reset();
  assert.deepEqual(probabilities(silero, samples.subarray(0, 40 * FRAME_SAMPLES)), first);
});

test("refuses a frame of another length, and files that are not the network", () => {
  const silero = new Silero(weights());
  assert.throws(() => silero.probability(new Float32Array(480)), /512 samples/);
  assert.throws(() => new Silero(weights().slice(0, 5000)), /cut off/);
  assert.throws(() => new Silero(tensorFile({ "conv1.weight": [2, 2] })), /no conv1\.weight/);
});

test("a file of tensors need not be aligned", () => {
  const tensors = readTensors(tensorFile({ some: [2, 1] }, "  "));
  assert.deepEqual([...tensors.get("some")!.data], [0, 1]);
});

function probabilities(silero: Silero, samples: Float32Array): number[] {
  const count = Math.floor(samples.length / FRAME_SAMPLES);
  return Array.from({ length: count }, (_, i) =>
    silero.probability(samples.subarray(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES)),
  );
}

function samplesOf(source: Omit<Case, "name" | "want">): Float32Array {
  if (source.file) return recording(source.file).samples;
  return source.noise_samples ? noise(source.noise_samples) : new Float32Array(source.zero_samples ?? 0);
}

/** The generator that make_silero.py describes. */
function noise(count: number): Float32Array {
  let x = 1;
  return Float32Array.from({ length: count }, () => {
    x = (Math.imul(1664525, x) + 1013904223) >>> 0;
    return 0.1 * (x / 2 ** 31 - 1);
  });
}

/** A file with tensors that count upwards; `padding` shifts where their numbers begin. */
function tensorFile(shapes: Record<string, number[]>, padding = ""): ArrayBuffer {
  let at = 0;
  const head = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const bytes = 4 * shape.reduce((a, b) => a * b, 1);
      const entry = { dtype: "F32", shape, data_offsets: [at, at + bytes] };
      at += bytes;
      return [name, entry];
    }),
  );
  const text = new TextEncoder().encode(JSON.stringify(head) + padding);
  const file = new Uint8Array(8 + text.length + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(new Uint8Array(Float32Array.from({ length: at / 4 }, (_, i) => i).buffer), 8 + text.length);
  return file.buffer;
}
