/** The curves of a training: one chart for a stage, its series switched on and off, plain or logarithmic. */

import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { Picker, Switch } from "../../face/fields";
import type { Curve, Story } from "../job_story";
import { type Scale, heightOf, scaleOf, shownAtFirst, thinned, ticksOf } from "../plotting";
import type { StudioRoom } from "../room";
import { stageInWords } from "./job_stages";

const PLOT = { height: 220, left: 52, right: 10, top: 10, bottom: 24 };
const USUAL_WIDTH = 640;
const COLOURS = ["first-token", "playing", "first-audio", "first-piece", "heard"] as const;

export function Curves({ curves, room }: { curves: Story["curves"]; room: StudioRoom }) {
  const chosen = useMemo(() => signal(""), []);
  const { say } = room;
  const stages = Object.keys(curves);
  if (stages.length === 0) return null;
  // The newest stage, until somebody looks back.
  const stage = stages.includes(chosen.value) ? chosen.value : stages[stages.length - 1];
  return (
    <section class="curves" aria-label={say("curves")}>
      {stages.length > 1 && (
        <Picker
          label={say("curvesOf")}
          value={stage}
          choices={stages.map((one) => [one, stageInWords(one, say)] as const)}
          onChoose={(one) => (chosen.value = one)}
        />
      )}
      <Chart key={stage} series={curves[stage]} room={room} />
    </section>
  );
}

function Chart({ series, room }: { series: Readonly<Record<string, Curve>>; room: StudioRoom }) {
  const isLog = useMemo(() => signal(false), []);
  const switched = useMemo(() => signal<Readonly<Record<string, boolean>>>({}), []);
  const { say } = room;
  const names = Object.keys(series);
  const first = shownAtFirst(names);
  const isShown = (name: string): boolean => switched.value[name] ?? first.includes(name);
  const shown = names.filter(isShown);
  const scale = scaleOf(
    shown.map((name) => series[name]),
    isLog.value,
  );
  const newest = shown.map((name) => `${name} ${short(series[name][series[name].length - 1][1])}`).join(", ");
  return (
    <figure class="plot chart">
      <Paper series={series} names={names} shown={shown} scale={scale} />
      <figcaption class="visually-hidden">{say("curvesNow", { values: newest })}</figcaption>
      <div class="legend">
        {names.map((name, at) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={isShown(name)}
              onChange={(event) => (switched.value = { ...switched.value, [name]: event.currentTarget.checked })}
            />
            <i class="swatch" style={{ background: colourOf(at) }} aria-hidden="true" />
            {name} <b>{short(series[name][series[name].length - 1][1])}</b>
          </label>
        ))}
      </div>
      <Switch label={say("logScale")} isOn={isLog.value} onChange={(isOn) => (isLog.value = isOn)} />
    </figure>
  );
}

interface PaperProps {
  series: Readonly<Record<string, Curve>>;
  names: readonly string[];
  shown: readonly string[];
  scale: Scale;
}

function Paper({ series, names, shown, scale }: PaperProps) {
  const paper = useRef<SVGSVGElement>(null);
  const width = useWidth(paper);
  const steps = shown.flatMap((name) => [series[name][0][0], series[name][series[name].length - 1][0]]);
  const [from, to] = [Math.min(...steps), Math.max(...steps)];
  const wide = width - PLOT.left - PLOT.right;
  const high = PLOT.height - PLOT.top - PLOT.bottom;
  const x = (step: number) => PLOT.left + (to > from ? (wide * (step - from)) / (to - from) : wide / 2);
  const y = (height: number) => PLOT.top + high * (1 - height);
  const points = (curve: Curve) =>
    thinned(curve).flatMap(([step, value]) => {
      const height = heightOf(value, scale);
      return height === null ? [] : [`${x(step).toFixed(1)},${y(height).toFixed(1)}`];
    });
  return (
    <svg ref={paper} viewBox={`0 0 ${width} ${PLOT.height}`} aria-hidden="true">
      {ticksOf(scale).map((value) => (
        <g key={value}>
          <line
            class="grid"
            x1={PLOT.left}
            x2={width - PLOT.right}
            y1={y(heightOf(value, scale) ?? 0)}
            y2={y(heightOf(value, scale) ?? 0)}
          />
          <text x={PLOT.left - 6} y={y(heightOf(value, scale) ?? 0) + 4} text-anchor="end">
            {short(value)}
          </text>
        </g>
      ))}
      {shown.length > 0 && (
        <>
          <text x={PLOT.left} y={PLOT.height - 6}>
            {from}
          </text>
          <text x={width - PLOT.right} y={PLOT.height - 6} text-anchor="end">
            {to}
          </text>
        </>
      )}
      {shown.map((name) => (
        <polyline
          key={name}
          class="curve"
          style={{ stroke: colourOf(names.indexOf(name)) }}
          points={points(series[name]).join(" ")}
        />
      ))}
    </svg>
  );
}

/** How wide it is on the screen: letters that grew and shrank with the paper could not be read on a phone. */
function useWidth(element: { readonly current: Element | null }): number {
  const width = useMemo(() => signal(USUAL_WIDTH), []);
  useEffect(() => {
    if (!element.current) return;
    const watch = new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width > 0) width.value = Math.round(contentRect.width);
    });
    watch.observe(element.current);
    return () => watch.disconnect();
  }, []);
  return width.value;
}

function colourOf(at: number): string {
  return `var(--stage-${COLOURS[at % COLOURS.length]})`;
}

function short(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 100_000)
    ? value.toExponential(1)
    : String(Number(value.toPrecision(3)));
}
