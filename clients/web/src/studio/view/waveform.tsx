/** A recording as a waveform, drawn when it comes into sight; its clips are marked, and played by a press or a key. */

import { signal } from "@preact/signals";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";

import { type Span, clipByKey, peaksOf } from "../peaks";
import type { StudioRoom } from "../room";
import { DRAWN_HZ, isTooLarge } from "../sounds";
import type { Recording } from "../types";
import { clock } from "./parts";
import { drawWaveform } from "./waveform_drawing";

/** More columns than a wide screen has pixels are of no use. */
const COLUMNS = 1200;
/** How long before it is in sight the sound is fetched. */
const MARGIN = "200px";

interface Props {
  recording: Recording;
  path: string;
  spans: readonly Span[];
  room: StudioRoom;
}

interface Drawn {
  readonly peaks: Float32Array;
  readonly seconds: number;
}

export function Waveform({ recording, path, spans, room }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const state = useMemo(() => signal<Drawn | "waiting" | "failed" | "large">("waiting"), [path]);
  const chosen = useMemo(() => signal(0), [path]);
  const isFocused = useMemo(() => signal(false), [path]);
  const keysId = useId();
  const drawn = state.value;
  // There may be fewer clips since one was chosen.
  const at = Math.max(0, Math.min(chosen.value, spans.length - 1));
  const marked = isFocused.value ? spans[at] : undefined;
  const { playing, positionS } = room.sounds;
  const isPlaying = playing.value.startsWith(path);
  const atS = isPlaying ? positionS.value : null;
  const nowPlaying = spans.findIndex(({ name }) => playing.value === `${path}#${name}`);
  const theme = room.session.settings.now.value.theme;
  useEffect(
    () =>
      whenInSight(canvas.current, async (stop) => {
        if (isTooLarge(recording)) return void (state.value = "large");
        try {
          const samples = await room.sounds.drawn(path, stop);
          state.value = { peaks: peaksOf(samples, COLUMNS), seconds: samples.length / DRAWN_HZ };
        } catch {
          if (!stop.aborted) state.value = "failed";
        }
      }),
    [path],
  );
  useEffect(() => {
    if (!canvas.current || typeof drawn === "string") return;
    const shown = canvas.current;
    const draw = () => drawWaveform(shown, drawn.peaks, drawn.seconds, spans, atS, marked);
    draw();
    const watch = new ResizeObserver(draw);
    watch.observe(shown);
    return () => watch.disconnect();
  }, [drawn, spans, atS, theme, marked]);
  const toggle = ({ name, fromS, toS }: Span) => void room.sounds.toggle(path, fromS, toS, `${path}#${name}`);
  const press = (event: MouseEvent) => {
    if (typeof drawn === "string" || !canvas.current) return;
    const { left, width } = canvas.current.getBoundingClientRect();
    const pressedS = (drawn.seconds * (event.clientX - left)) / width;
    const pressed = spans.findIndex(({ fromS, toS }) => fromS <= pressedS && pressedS < toS);
    if (pressed < 0) return void room.sounds.play(path, pressedS);
    chosen.value = pressed;
    toggle(spans[pressed]);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const wished = clipByKey(event.key, at, spans.length);
    if (wished === null && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (wished === null) toggle(spans[at]);
    else chosen.value = wished;
  };
  const kept = spans.filter(({ isKept }) => isKept).length;
  const label = room.say("waveformOf", { name: recording.filename, kept, dropped: spans.length - kept });
  const words = spans.length > 0 ? clipInWords(spans, at, room) : "";
  // A screen reader says the value of a slider whenever that changes.
  const slider = {
    role: "slider",
    tabIndex: 0,
    "aria-valuemin": 1,
    "aria-valuemax": spans.length,
    "aria-valuenow": at + 1,
    "aria-valuetext": words,
    "aria-describedby": keysId,
    onKeyDown: keys,
    onFocus: () => (isFocused.value = true),
    onBlur: () => (isFocused.value = false),
  } as const;
  return (
    <div class="waveform">
      <canvas
        ref={canvas}
        aria-label={label}
        onClick={press}
        data-state={typeof drawn === "string" ? drawn : "drawn"}
        data-playing={nowPlaying < 0 ? undefined : nowPlaying + 1}
        {...(spans.length > 0 ? slider : { role: "img" as const })}
      />
      {spans.length > 0 && (
        <p class={marked ? "faint" : "visually-hidden"}>
          {marked && <span aria-hidden="true">{words}. </span>}
          <span id={keysId}>{room.say("clipsKeys")}</span>
        </p>
      )}
      {drawn === "failed" && <p class="faint">{room.say("cannotDraw")}</p>}
      {drawn === "large" && <p class="faint">{room.say("tooLongToDraw")}</p>}
    </div>
  );
}

function clipInWords(spans: readonly Span[], at: number, room: StudioRoom): string {
  const { fromS, toS, isKept } = spans[at];
  const [from, to, kept] = [clock(fromS), clock(toS), room.say(isKept ? "clipIsKept" : "clipIsDropped")];
  return room.say("clipAt", { number: at + 1, count: spans.length, from, to, kept });
}

function whenInSight(element: Element | null, act: (stop: AbortSignal) => void): () => void {
  const stop = new AbortController();
  const watch = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      watch.disconnect();
      act(stop.signal);
    },
    { rootMargin: MARGIN },
  );
  if (element) watch.observe(element);
  return () => {
    watch.disconnect();
    stop.abort();
  };
}
