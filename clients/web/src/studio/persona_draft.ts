/** A persona while it is edited: emotions as rows, which may be half filled in, and what is sent in the end. */

import type { Persona } from "./types";

export interface Emotion {
  readonly tag: string;
  readonly clip: string;
}

export type Draft = Omit<Persona, "emotions" | "used"> & { readonly emotions: readonly Emotion[] };

export function draftOf(persona: Persona): Draft {
  const { system, about, language, speed, clip, extra_config } = persona;
  const emotions = Object.entries(persona.emotions).map(([tag, name]) => ({ tag, clip: name }));
  return { system, about, language, speed, clip, extra_config, emotions };
}

/** Rows without a tag or a clip say nothing; of two with one tag the later counts. */
export function personaOf(draft: Draft): Persona {
  const whole = draft.emotions.map(({ tag, clip }) => [tag.trim(), clip] as const).filter(([tag, clip]) => tag && clip);
  return { ...draft, system: draft.system.trim(), about: draft.about.trim(), emotions: Object.fromEntries(whole) };
}

export function hasChanged(draft: Draft, persona: Persona): boolean {
  return JSON.stringify(personaOf(draft)) !== JSON.stringify(personaOf(draftOf(persona)));
}
