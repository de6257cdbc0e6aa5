/** How a conversation behaves unless it is told otherwise. */

import type { TalkOptions, Wishes } from "./types";

export const DEFAULT_OPTIONS: TalkOptions = {
  system: "",
  character: null,
  voice: null,
  language: null,
  speed: null,
  llm: null,
  duplex: "full",
  silenceMs: 500,
  stream: "chunks",
  mode: "hands_free",
};

/** What of it the server is told. */
export function wishesOf({ stream, character, voice, language, speed, llm }: TalkOptions): Wishes {
  return { stream, character, voice, language, speed, llm };
}
