import assert from "node:assert/strict";
import { test } from "node:test";
import { Tape } from "../src/sound/tape";
import { Framer } from "../src/talk/framer";
import { resample, Resampler } from "../src/talk/resample";
import { decodeWav, encodeWav, joinSounds } from "../src/talk/wav";
import { recording } from "./files";

const RATES = [8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 96000];

for (const fromHz of RATES) {
  for (const toHz of [16000, 44100, 48000]) {
    test(`a tone keeps its pitch and strength from ${fromHz} to ${toHz} Hz`, () => {
      const samples = sine(440, fromHz, 0.5);
      const result = resample(samples, fromHz, toHz);
      assert.equal(result.length, Math.round((samples.length * toHz) / fromHz));
      const want = sine(440, toHz, 0.5);
      // Where the sound begins and ends the filter also sees the silence around it.
      const edge = Math.ceil(0.02 * toHz);
      for (let i = edge; i < result.length - edge; i++) assert.ok(Math.abs(result[i] - want[i]) < 1e-3, `sample ${i}`);
    });
  }
}

test("what a rate cannot hold is gone, not folded back", () => {
  for (const hz of [8100, 10000, 15000, 20000, 23000]) {
    const strength = rms(resample(sine(hz, 48000, 0.5), 48000, 16000).subarray(400, 7600));
    assert.ok(strength < 0.001, `${hz} Hz leaves ${strength}`);
  }
  const speech = rms(resample(sine(6000, 48000, 0.5), 48000, 16000).subarray(400, 7600));
  assert.ok(speech > 0.7, `6 kHz keeps ${speech}`);
});

test("blocks of any size give the same samples as the whole", () => {
  const samples = sine(300, 44100, 0.3);
  for (const size of [1, 7, 128, 441, 5000]) {
    const resampler = new Resampler(44100, 16000);
    const parts: number[] = [];
    for (let at = 0; at < samples.length; at += size) parts.push(...resampler.feed(samples.subarray(at, at + size)));
    const whole = [...new Resampler(44100, 16000).feed(samples)];
    assert.deepEqual(parts.slice(0, whole.length), whole, `blocks of ${size}`);
    assert.equal(parts.length, whole.length);
  }
});

test("a framer hands over whole frames, none lost", () => {
  const frames: Float32Array[] = [];
  const framer = new Framer(48000, (frame) => frames.push(frame));
  const samples = sine(200, 48000, 1);
  for (let at = 0; at < samples.length; at += 512) framer.feed(samples.subarray(at, at + 512));
  assert.equal(frames.length, 31);
  assert.ok(frames.every((frame) => frame.length === 512));
  const joined = frames.flatMap((frame) => [...frame]);
  const want = sine(200, 16000, 1);
  for (let i = 500; i < joined.length; i++) assert.ok(Math.abs(joined[i] - want[i]) < 1e-3, `sample ${i}`);
});

test("a WAV file comes back as it was written", () => {
  const samples = Float32Array.of(0, 0.5, -0.5, 1, -1, 2, -2);
  const { samples: found, rateHz } = decodeWav(encodeWav(samples, 16000))!;
  assert.equal(rateHz, 16000);
  const want = [0, 0.5, -0.5, 1, -1, 1, -1];
  found.forEach((value, i) => assert.ok(Math.abs(value - want[i]) < 1e-4, `sample ${i}: ${value}`));
});

test("WAV files of every kind", () => {
  const kinds: [string, Uint8Array, number[]][] = [
    ["8 bits", wav({ bits: 8, body: [128, 192, 64] }), [0, 0.5, -0.5]],
    ["24 bits", wav({ bits: 24, body: [0, 0, 0x40, 0, 0, 0xc0] }), [0.5, -0.5]],
    ["32 bits", wav({ bits: 32, body: [0, 0, 0, 0x40] }), [0.5]],
    ["floats", wav({ bits: 32, tag: 3, body: [...new Uint8Array(Float32Array.of(0.25, -1).buffer)] }), [0.25, -1]],
    ["two channels", wav({ bits: 16, channels: 2, body: [0, 0x40, 0, 0] }), [0.25]],
    ["the extensible form", wav({ bits: 16, tag: 0xfffe, body: [0, 0x40] }), [0.5]],
    ["another part before the sound", wav({ bits: 16, before: true, body: [0, 0x40] }), [0.5]],
    ["a length that nobody knew", wav({ bits: 16, length: 0xffffffff, body: [0, 0x40] }), [0.5]],
    ["a length of zero", wav({ bits: 16, length: 0, body: [0, 0x40] }), [0.5]],
    ["cut off in a sample", wav({ bits: 16, length: 8, body: [0, 0x40, 0] }), [0.5]],
  ];
  for (const [name, file, want] of kinds) assert.deepEqual([...decodeWav(file)!.samples], want, name);
});

test("what is no WAV file is refused", () => {
  const whole = encodeWav(new Float32Array(4), 8000);
  const files = [
    new Uint8Array(0),
    new Uint8Array(100),
    whole.subarray(0, 20),
    whole.subarray(0, 40),
    wav({ bits: 12, body: [] }),
    ...[0, 1, 7_999, 192_001, 0xffffffff].map((rateHz) => encodeWav(new Float32Array(4), rateHz)),
  ];
  for (const file of files) assert.equal(decodeWav(file), null);
  for (const rateHz of [8_000, 192_000]) assert.ok(decodeWav(encodeWav(new Float32Array(4), rateHz)));
});

test("a recording of 16 bits is read", () => {
  const { samples, rateHz } = recording("tests/assets/jfk.wav");
  assert.equal(rateHz, 16000);
  assert.ok(samples.length > 10 * 16000 && rms(samples) > 0.01);
});

test("sounds of several rates are joined, with pauses between", () => {
  const joined = joinSounds(
    [8000, 16000, 48000].map((rateHz) => ({ samples: sine(440, rateHz, 0.1), rateHz })),
    24000,
    0.5,
  );
  assert.equal(joined.length, 3 * 2400 + 2 * 12000);
  assert.equal(rms(joined.subarray(2400, 14400)), 0);
  assert.deepEqual(joinSounds([], 24000, 0.5), new Float32Array(0));
});

test("a tape tells each piece once, in order, also pieces without sound", () => {
  const tape = new Tape();
  const told: string[] = [];
  const listener = {
    onStarted: (piece: number) => told.push(`started ${piece}`),
    onEnded: (piece: number) => told.push(`ended ${piece}`),
    onIdle: () => told.push("idle"),
  };
  tape.append(1, 100);
  tape.tell(0, listener);
  assert.deepEqual(told, []);
  tape.tell(1, listener);
  tape.append(1, 100);
  tape.complete(1);
  tape.complete(2);
  tape.append(3, 50);
  tape.tell(150, listener);
  assert.deepEqual(told, ["started 1"]);
  tape.tell(200, listener);
  assert.deepEqual(told.slice(1), ["ended 1", "started 2", "ended 2"]);
  tape.tell(250, listener);
  tape.tell(250, listener);
  assert.deepEqual(told.slice(4), ["started 3", "idle"]);
  tape.complete(3);
  tape.tell(250, listener);
  assert.deepEqual(told.slice(6), ["ended 3", "idle"]);
  assert.deepEqual(
    [tape.played(1, 150), tape.played(2, 250), tape.played(3, 220), tape.played(9, 220)],
    [150, 0, 20, 0],
  );
});

test("a listener may drop the tape, and hears no more of it", () => {
  const tape = new Tape();
  const told: string[] = [];
  tape.complete(1);
  tape.append(2, 10);
  tape.tell(10, {
    onStarted: (piece) => {
      told.push(`started ${piece}`);
      tape.drop();
    },
    onEnded: (piece) => told.push(`ended ${piece}`),
    onIdle: () => told.push("idle"),
  });
  assert.deepEqual(told, ["started 1"]);
});

function sine(hz: number, rateHz: number, seconds: number): Float32Array {
  return Float32Array.from({ length: Math.round(rateHz * seconds) }, (_, i) =>
    Math.sin((2 * Math.PI * hz * i) / rateHz),
  );
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((total, value) => total + value * value, 0) / samples.length);
}

interface WavParts {
  readonly bits: number;
  readonly body: readonly number[];
  readonly channels?: number;
  readonly tag?: number;
  /** As the head has it, where that is not the truth. */
  readonly length?: number;
  readonly before?: boolean;
}

function wav({ bits, body, channels = 1, tag = 1, length = body.length, before = false }: WavParts): Uint8Array {
  const word = (value: number): number[] => [value & 255, (value >> 8) & 255];
  const long = (value: number): number[] => [...word(value & 0xffff), ...word(value >>> 16)];
  const text = (letters: string): number[] => [...Buffer.from(letters)];
  const width = (bits / 8) * channels;
  const extra =
    tag === 0xfffe ? [...word(22), ...word(bits), ...long(0), ...word(1), ...new Array<number>(14).fill(0)] : [];
  const format = [
    ...word(tag),
    ...word(channels),
    ...long(16000),
    ...long(16000 * width),
    ...word(width),
    ...word(bits),
    ...extra,
  ];
  const other = before ? [...text("LIST"), ...long(3), 1, 2, 3, 0] : [];
  return Uint8Array.from([
    ...text("RIFF"),
    ...long(0),
    ...text("WAVE"),
    ...text("fmt "),
    ...long(format.length),
    ...format,
    ...other,
    ...text("data"),
    ...long(length),
    ...body,
  ]);
}
