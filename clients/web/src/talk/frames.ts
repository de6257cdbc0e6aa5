/** Frames of /api/chat out of the bytes of its answer. */

import { fromBase64 } from "./base64";
import { DataLines } from "./sse";
import { ServerTrouble } from "./server_trouble";
import type { Frame } from "./types";
import { decodeWav } from "./wav";

/** No sound is shorter than this in base64; the contract writes the word None where there is none. */
const SHORTEST = 20;

interface Fields {
  readonly file?: unknown;
  readonly message?: unknown;
  readonly done?: unknown;
  readonly timing?: unknown;
  readonly hint?: unknown;
  readonly error?: { readonly message?: unknown } | null;
}

/** The frames as they arrive, the last with isLast; throws "broken_off" when that one never comes. */
export async function* readFrames(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const decoder = new TextDecoder();
  const lines = new DataLines();
  for await (const part of bytes) {
    for (const line of lines.feed(decoder.decode(part, { stream: true }))) {
      const frame = frameOf(line);
      yield frame;
      if (frame.isLast) return;
    }
  }
  for (const line of lines.end()) {
    const frame = frameOf(line);
    yield frame;
    if (frame.isLast) return;
  }
  throw brokenOff();
}

export function brokenOff(): ServerTrouble {
  return new ServerTrouble("broken_off", "The answer broke off.", "回答中断了。");
}

/** One frame from the JSON of its data line. */
export function frameOf(line: string): Frame {
  const fields = fieldsOf(line);
  const file = textIn(fields.file);
  const sound = file.length > SHORTEST ? decodeWav(fromBase64(file)) : null;
  return {
    text: textIn(fields.message),
    sound,
    isUnreadable: file.length > SHORTEST && sound === null,
    isLast: fields.done === true,
    timingMs: timesIn(fields.timing),
    hint: textIn(fields.hint),
    error: textIn(fields.error?.message),
  };
}

function fieldsOf(line: string): Fields {
  try {
    const fields: unknown = JSON.parse(line);
    if (typeof fields === "object" && fields !== null) return fields;
  } catch {
    // Told below.
  }
  throw brokenOff();
}

function textIn(field: unknown): string {
  return typeof field === "string" ? field : "";
}

/** The numbers among them: a time that is none would end as NaN on the page. */
function timesIn(timing: unknown): Record<string, number> {
  const entries = typeof timing === "object" && timing !== null ? Object.entries(timing) : [];
  return Object.fromEntries(entries.filter(([, ms]) => Number.isFinite(ms))) as Record<string, number>;
}
