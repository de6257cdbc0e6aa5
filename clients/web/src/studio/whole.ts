/** Everything that the server knows about one character, asked for at once. */

import { unlessAbsent } from "./refusals";
import type { StudioServer } from "./server";
import type { Character, ClipReport, Inference, Job, Persona, Recording, Sample } from "./types";

export interface Whole {
  readonly character: Character;
  readonly recordings: readonly Recording[];
  /** null: nothing has been processed. */
  readonly report: ClipReport | null;
  /** Of all characters. */
  readonly jobs: readonly Job[];
  readonly spoken: readonly Inference[];
  readonly persona: Persona | null;
  readonly samples: readonly Sample[];
}

/** Rejects as the server's methods do; the character is asked for first, since without it nothing else is there. */
export async function wholeOf(server: StudioServer, name: string): Promise<Whole> {
  const character = await server.character(name);
  const [recordings, report, jobs, spoken, persona, samples] = await Promise.all([
    server.recordings(name),
    server.clips(character),
    server.jobs(),
    unlessAbsent(server.spoken(), []),
    unlessAbsent(server.persona(name), null),
    unlessAbsent(server.samples(name), []),
  ]);
  const own = spoken.filter(({ character_name }) => character_name === name);
  return { character, recordings, report, jobs, spoken: own, persona, samples };
}
