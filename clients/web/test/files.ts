/** Files of the repository that tests read. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeWav } from "../src/talk/wav";
import type { Sound } from "../src/talk/types";

/** The repository's folder, written in by run.mjs. */
declare const REPOSITORY: string;

export function repositoryFile(path: string): Uint8Array {
  return readFileSync(join(REPOSITORY, path));
}

/** The cases that the Python clients are tested with as well. */
export function vectors<T>(name: string): T {
  return JSON.parse(new TextDecoder().decode(repositoryFile(`tests/vectors/clients/${name}.json`))) as T;
}

export function recording(path: string): Sound {
  const sound = decodeWav(repositoryFile(path));
  if (!sound) throw new Error(`${path} is no WAV file.`);
  return sound;
}

export function weights(): ArrayBuffer {
  return Uint8Array.from(repositoryFile("clients/web/static/silero_vad_16k.safetensors")).buffer;
}
