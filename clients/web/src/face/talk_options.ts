/** What a conversation is told of the settings. */

import words from "../../../words.json";
import type { TalkOptions } from "../talk/types";
import { type Settings, USUAL } from "./settings";

/** Most models must be told to speak in quotes, or nothing of their answers is spoken. */
export const USUAL_SYSTEM: string = words.system;

export function optionsOf(settings: Settings): Partial<TalkOptions> {
  const temperature = settings.temperature ?? undefined;
  const model = settings.model || undefined;
  return {
    // A character brings its own prompt, which the server adds where the page sends none.
    system: settings.system ?? (settings.character ? "" : USUAL_SYSTEM),
    character: settings.character || null,
    voice: settings.voice || null,
    language: settings.speechLanguage || null,
    speed: settings.speed === USUAL.speed ? null : settings.speed,
    llm: model || temperature !== undefined ? { model, temperature } : null,
    duplex: settings.duplex,
    silenceMs: settings.silenceMs,
    mode: settings.manner === "hold" ? "push" : "hands_free",
  };
}
