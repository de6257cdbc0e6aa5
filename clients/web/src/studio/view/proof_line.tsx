/** One clip with its text: heard, corrected in place, saved when one goes on. */

import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import type { Desk } from "../desk";
import type { ProofReading } from "../proof_reading";
import { clipPath } from "../server";
import type { Clip } from "../types";
import { reasonInWords } from "./clips_pane";
import { ListenButton } from "./parts";

interface Props {
  clip: Clip;
  at: number;
  reading: ProofReading;
  desk: Desk;
  /** Takes the keyboard so many lines on. */
  move: (at: number, by: number, field: "text" | "play") => void;
}

export function ProofLine({ clip, at, reading, desk, move }: Props) {
  const { room } = desk;
  const { say } = room;
  const typed = useMemo(() => signal(clip.text), [clip.name]);
  const area = useRef<HTMLTextAreaElement>(null);
  const path = clipPath(desk.name, clip.name);
  const doubt = reading.doubts.value.get(clip.name);
  const busy = Boolean(desk.facts.value?.job);
  // Undone, or changed by somebody else.
  useEffect(() => void (typed.value = clip.text), [clip.text]);
  useEffect(() => fit(area.current), [typed.value]);
  const save = async () => {
    const isSaved = await reading.save(clip, typed.value);
    if (!isSaved) area.current?.focus();
    return isSaved;
  };
  const inText = (event: KeyboardEvent) => {
    // An input method uses these keys for itself.
    if (event.isComposing) return;
    const field = event.currentTarget as HTMLTextAreaElement;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void save().then((isSaved) => isSaved && move(at, 1, "text"));
    } else if (event.key === "Escape") typed.value = clip.text;
    else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      void room.sounds.toggle(path);
    } else if (event.key === "ArrowUp" && field.selectionEnd === 0) move(at, -1, "text");
    else if (event.key === "ArrowDown" && field.selectionStart === field.value.length) move(at, 1, "text");
  };
  // The space bar presses the button by itself.
  const onPlay = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    if (!(event.target instanceof HTMLButtonElement) || (by === undefined && event.key !== "ArrowRight")) return;
    event.preventDefault();
    if (by === undefined) area.current?.focus();
    else move(at, by, "play");
  };
  return (
    <li class={`proof-line ${clip.is_kept ? "kept" : "dropped"}`}>
      <span class="proof-play" onKeyDown={onPlay}>
        <ListenButton room={room} path={path} of={say("clipNumber", { number: at + 1 })} />
      </span>
      <div class="proof-text">
        <textarea
          ref={area}
          rows={1}
          value={typed.value}
          disabled={busy}
          spellcheck={false}
          lang={clip.language || undefined}
          aria-label={say("textOf", { number: at + 1 })}
          placeholder={say("noText")}
          onInput={(event) => (typed.value = event.currentTarget.value)}
          onKeyDown={inText}
          onBlur={() => void reading.save(clip, typed.value)}
        />
        <p class="proof-facts">
          <span>{say("seconds", { seconds: clip.seconds.toFixed(1) })}</span>
          {!clip.is_kept && <span class="tag failed">{reasonInWords(clip.why, say)}</span>}
          {doubt && <span class="tag stale">{say(`doubt_${doubt}`)}</span>}
          {reading.saving.value === clip.name && <span role="status">{say("saving")}</span>}
        </p>
      </div>
    </li>
  );
}

/** As high as its text needs. */
function fit(area: HTMLTextAreaElement | null): void {
  if (!area) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}
