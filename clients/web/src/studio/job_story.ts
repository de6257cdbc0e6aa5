/** What happens in a job, event by event, as something to draw. */

import type { ServerEvent } from "./event_lines";
import type { WorkStatus } from "./types";

const MOST_LINES = 2000;
const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "cancelled", "outdated"]);

export interface LogLine {
  readonly at: string;
  readonly line: string;
  /** The same in Chinese, where the server has it; else the line itself. */
  readonly chinese: string;
  readonly level: string;
}

/** Values by step, in the order of the steps. */
export type Curve = ReadonlyArray<readonly [step: number, value: number]>;

export interface Story {
  readonly state: WorkStatus;
  readonly stage: string | null;
  /** Of the whole, in percent. */
  readonly progress: number;
  readonly etaS: number | null;
  readonly log: readonly LogLine[];
  /** Samples that were spoken, by their files' names. */
  readonly samples: readonly string[];
  /** By stage, then by name: losses of two stages are not of one kind. */
  readonly curves: Readonly<Record<string, Readonly<Record<string, Curve>>>>;
  readonly english: string;
  readonly chinese: string;
}

export const BEGINNING: Story = {
  state: "pending",
  stage: null,
  progress: 0,
  etaS: null,
  log: [],
  samples: [],
  curves: {},
  english: "",
  chinese: "",
};

export function hasEnded({ state }: Pick<Story, "state">): boolean {
  return ENDED.has(state);
}

export function withServerEvent(story: Story, { type, data }: ServerEvent): Story {
  const told = parsed(data);
  switch (type) {
    case "state":
      return withState(story, told);
    case "progress":
      return {
        ...story,
        stage: typeof told.stage === "string" ? told.stage : story.stage,
        progress: typeof told.progress === "number" ? told.progress : story.progress,
        etaS: typeof told.eta_s === "number" ? told.eta_s : null,
      };
    case "log":
      return { ...story, log: [...story.log.slice(1 - MOST_LINES), lineOf(told)] };
    case "news":
      return typeof told.sample === "string" ? { ...story, samples: [...story.samples, told.sample] } : story;
    case "point":
      return { ...story, curves: withPoint(story, told) };
    default:
      return story;
  }
}

function lineOf({ at, line, line_zh, level }: Readonly<Record<string, unknown>>): LogLine {
  const english = String(line ?? "");
  return { at: String(at ?? ""), line: english, chinese: String(line_zh ?? english), level: String(level ?? "info") };
}

function withState(story: Story, told: Readonly<Record<string, unknown>>): Story {
  const state = String(told.state) as WorkStatus;
  const english = typeof told.error === "string" ? told.error : "";
  const chinese = typeof told.error_zh === "string" ? told.error_zh : english;
  return { ...story, state, english, chinese, etaS: null, progress: state === "completed" ? 100 : story.progress };
}

/** An attempt that begins again draws its steps again: what it says of a step replaces what was said. */
function withPoint(story: Story, { step, at: _, ...values }: Readonly<Record<string, unknown>>): Story["curves"] {
  const stage = story.stage ?? "";
  if (typeof step !== "number") return story.curves;
  const curves: Record<string, Curve> = { ...story.curves[stage] };
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    const before = curves[name] ?? [];
    const isNext = before.length === 0 || before[before.length - 1][0] < step;
    curves[name] = [...(isNext ? before : before.filter(([earlier]) => earlier < step)), [step, value]];
  }
  return { ...story.curves, [stage]: curves };
}

function parsed(data: string): Readonly<Record<string, unknown>> {
  try {
    const told: unknown = JSON.parse(data);
    return typeof told === "object" && told !== null ? (told as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
