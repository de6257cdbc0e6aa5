/** WAV files: written as 16-bit mono, read in the encodings that servers send. */

import { resample } from "./resample";
import type { Sound } from "./types";

const HEAD_BYTES = 44;
const PCM = 1;
const FLOAT = 3;
/** Speech and music come at these; anything else is a broken head, and would be resampled to nonsense or to gigabytes. */
const LOWEST_HZ = 8_000;
const HIGHEST_HZ = 192_000;

/** A 16-bit mono WAV file. */
export function encodeWav(samples: Float32Array, rateHz: number): Uint8Array {
  const file = new Uint8Array(HEAD_BYTES + samples.length * 2);
  const view = new DataView(file.buffer);
  const text = (at: number, letters: string): void =>
    letters.split("").forEach((c, i) => (file[at + i] = c.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, file.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  for (let i = 0; i < samples.length; i++) {
    view.setInt16(HEAD_BYTES + i * 2, Math.round(Math.max(-1, Math.min(1, samples[i])) * 32767), true);
  }
  return file;
}

/** Mono, whatever the channels; null: no WAV file that can be read. What is cut off is taken as far as it goes. */
export function decodeWav(file: Uint8Array): Sound | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 12 || word(file, 0) !== "RIFF" || word(file, 8) !== "WAVE") return null;
  let format: Format | null = null;
  for (let at = 12; at + 8 <= file.length;) {
    const bytes = view.getUint32(at + 4, true);
    const body = at + 8;
    if (word(file, at) === "fmt " && body + 16 <= file.length) format = readFormat(view, body, bytes);
    // A server that streams cannot know the length and writes a huge one, or zero.
    if (word(file, at) === "data") return format && readSamples(view, body, bytes, format);
    at = body + bytes + (bytes % 2);
  }
  return null;
}

/** Sounds one after the other at one rate, with pauses between. */
export function joinSounds(sounds: readonly Sound[], rateHz: number, pauseS: number): Float32Array {
  const parts = sounds.map((sound) => resample(sound.samples, sound.rateHz, rateHz));
  const pause = Math.round(pauseS * rateHz);
  const length = parts.reduce((total, part) => total + part.length, 0) + pause * Math.max(0, parts.length - 1);
  const joined = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length + pause;
  }
  return joined;
}

interface Format {
  readonly isFloat: boolean;
  readonly channels: number;
  readonly rateHz: number;
  readonly bytesPerSample: number;
}

function word(file: Uint8Array, at: number): string {
  return String.fromCharCode(...file.subarray(at, at + 4));
}

function readFormat(view: DataView, at: number, bytes: number): Format | null {
  const tag = view.getUint16(at, true);
  // The extensible form keeps the real tag in the first two bytes of an identifier further on.
  const encoding = tag === 0xfffe && bytes >= 26 && at + 26 <= view.byteLength ? view.getUint16(at + 24, true) : tag;
  const channels = view.getUint16(at + 2, true);
  const rateHz = view.getUint32(at + 4, true);
  const bytesPerSample = view.getUint16(at + 14, true) / 8;
  const isFloat = encoding === FLOAT;
  const isKnown = isFloat ? bytesPerSample === 4 : encoding === PCM && [1, 2, 3, 4].includes(bytesPerSample);
  const isRate = rateHz >= LOWEST_HZ && rateHz <= HIGHEST_HZ;
  return isKnown && channels > 0 && isRate ? { isFloat, channels, rateHz, bytesPerSample } : null;
}

function readSamples(view: DataView, at: number, bytes: number, format: Format): Sound {
  const available = view.byteLength - at;
  const width = format.bytesPerSample * format.channels;
  const frames = Math.floor((bytes === 0 || bytes > available ? available : bytes) / width);
  const samples = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let total = 0;
    for (let channel = 0; channel < format.channels; channel++) {
      total += sample(view, at + frame * width + channel * format.bytesPerSample, format);
    }
    samples[frame] = total / format.channels;
  }
  return { samples, rateHz: format.rateHz };
}

function sample(view: DataView, at: number, format: Format): number {
  if (format.isFloat) return view.getFloat32(at, true);
  switch (format.bytesPerSample) {
    case 1:
      return (view.getUint8(at) - 128) / 128;
    case 2:
      return view.getInt16(at, true) / 32768;
    case 3:
      return (view.getUint8(at) | (view.getInt16(at + 1, true) << 8)) / 8388608;
    default:
      return view.getInt32(at, true) / 2147483648;
  }
}
