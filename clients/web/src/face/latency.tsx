/** Where the time of an answer went: a small bar, its numbers, and a plot over the turns. */

import { useId } from "preact/hooks";

import type { Word } from "../words";
import type { Stage, StagesMs } from "../talk/types";
import type { Say } from "./language";
import type { Session } from "./session";
import type { TurnLine } from "./transcript";

/** The stages of the bar in their order; each has the word that names it. */
const STAGES = ["heard", "first_token", "first_piece", "first_audio", "playing"] as const satisfies readonly Stage[];
const SHOWN_TURNS = 24;
const PLOT = { width: 320, height: 96, left: 30, right: 8, top: 10, bottom: 8 };

interface Segment {
  readonly stage: Stage;
  readonly fromMs: number;
  readonly toMs: number;
}

/** From each stage to the next that is known; a stage that seems to lie before its predecessor has no length. */
export function segmentsOf(stages: StagesMs): Segment[] {
  const segments: Segment[] = [];
  let fromMs = 0;
  for (const stage of STAGES) {
    const toMs = stages[stage];
    if (toMs === undefined) continue;
    segments.push({ stage, fromMs, toMs: Math.max(fromMs, toMs) });
    fromMs = Math.max(fromMs, toMs);
  }
  return segments;
}

export function Latency({ stagesMs, session }: { stagesMs: StagesMs; session: Session }) {
  const id = useId();
  const { say } = session.language;
  const segments = segmentsOf(stagesMs);
  const end = segments[segments.length - 1];
  if (!end || end.toMs === 0) return null;
  return (
    <span class="latency">
      <button type="button" class="latency-bar" aria-label={say("times")} aria-describedby={id}>
        <Bar segments={segments} wholeMs={end.toMs} />
        <span>{inSeconds(end.toMs, say)}</span>
      </button>
      <span class="latency-numbers" id={id} role="tooltip">
        {segments.map(({ stage, toMs }) => (
          <span key={stage} class="latency-number">
            <i class={`swatch ${stage}`} aria-hidden="true" />
            {say(`stage_${stage}` as Word)} <b>{inSeconds(toMs, say)}</b>
            <span class="visually-hidden">, </span>
          </span>
        ))}
      </span>
    </span>
  );
}

function Bar({ segments, wholeMs }: { segments: readonly Segment[]; wholeMs: number }) {
  return (
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      {segments.map(({ stage, fromMs, toMs }) => (
        <rect
          key={stage}
          class={`stage ${stage}`}
          x={(100 * fromMs) / wholeMs}
          width={(100 * (toMs - fromMs)) / wholeMs}
          height="6"
        />
      ))}
    </svg>
  );
}

/** The time to the first sound over the last turns. */
export function LatencyPlot({ turns, session }: { turns: readonly TurnLine[]; session: Session }) {
  const { say } = session.language;
  const timed = turns.filter((turn) => turn.stagesMs.playing !== undefined).slice(-SHOWN_TURNS);
  if (timed.length === 0) return <p class="faint">{say("speedNone")}</p>;
  const seconds = timed.map((turn) => (turn.stagesMs.playing ?? 0) / 1000);
  const told = seconds.map((value, at) => say("speedTurn", { number: at + 1, seconds: value.toFixed(2) }));
  return (
    <figure class="plot">
      <Plot seconds={seconds} />
      <figcaption>{say("speedAxis")}</figcaption>
      <p class="visually-hidden">{told.join("; ")}</p>
    </figure>
  );
}

function Plot({ seconds }: { seconds: readonly number[] }) {
  const top = ceiling(Math.max(...seconds));
  const wide = PLOT.width - PLOT.left - PLOT.right;
  const high = PLOT.height - PLOT.top - PLOT.bottom;
  const x = (at: number) => PLOT.left + (seconds.length > 1 ? (wide * at) / (seconds.length - 1) : wide / 2);
  const y = (value: number) => PLOT.top + high * (1 - value / top);
  return (
    <svg viewBox={`0 0 ${PLOT.width} ${PLOT.height}`} aria-hidden="true">
      {[0, top / 2, top].map((value) => (
        <g key={value}>
          <line class="grid" x1={PLOT.left} x2={PLOT.width - PLOT.right} y1={y(value)} y2={y(value)} />
          <text x={PLOT.left - 6} y={y(value) + 3.5} text-anchor="end">
            {Number(value.toPrecision(2))}
          </text>
        </g>
      ))}
      <polyline class="curve" points={seconds.map((value, at) => `${x(at)},${y(value)}`).join(" ")} />
      {seconds.map((value, at) => (
        <circle key={at} cx={x(at)} cy={y(value)} r="3" />
      ))}
    </svg>
  );
}

/** The next of 0.1, 0.2, 0.5, 1, 2, 5, ... that is not below the value. */
export function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 0.1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

function inSeconds(ms: number, say: Say): string {
  return say("seconds", { seconds: (ms / 1000).toFixed(2) });
}
