/** Which page of the studio an address shows: all characters, or one stage of one of them. */

export const STAGES = ["recordings", "clips", "transcripts", "training", "try", "persona"] as const;

export type StageName = (typeof STAGES)[number];

export interface Route {
  /** null: all characters. */
  readonly name: string | null;
  readonly stage: StageName;
}

export function routeOf(hash: string): Route {
  const [, name = "", stage = ""] = hash.replace(/^#\/?/, "").split("?")[0].split("/");
  const known = STAGES.find((one) => one === stage) ?? STAGES[0];
  return { name: decoded(name) || null, stage: known };
}

export function addressOf(name: string, stage: StageName = STAGES[0]): string {
  return `#/studio/${encodeURIComponent(name)}${stage === STAGES[0] ? "" : `/${stage}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand
  }
}
