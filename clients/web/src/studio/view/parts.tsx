/** Small parts that several pages of the studio have: a trouble, a button that asks once more, a play button. */

import { type Signal, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

import type { Sentence } from "../../talk/types";
import { StopIcon } from "../../face/icons";
import type { StudioRoom } from "../room";
import { PlayIcon } from "./icons";

/** What went wrong last, until it is taken away. */
export function TroubleLine({ trouble, room }: { trouble: Signal<Sentence | null>; room: StudioRoom }) {
  if (!trouble.value) return null;
  return (
    <p class="studio-trouble" role="alert">
      <span>{room.tell(trouble.value)}</span>
      <button type="button" class="quiet" onClick={() => (trouble.value = null)}>
        {room.say("dismiss")}
      </button>
    </p>
  );
}

interface SureProps {
  room: StudioRoom;
  /** The name of the button; it may hold a drawing instead of words. */
  label: string;
  question: string;
  yes: string;
  class?: string;
  act: () => void;
  children?: ComponentChildren;
}

/** A button whose act cannot be undone. */
export function SureButton({ room, label, question, yes, act, children, ...rest }: SureProps) {
  const isAsking = useMemo(() => signal(false), []);
  if (!isAsking.value) {
    return (
      <button
        type="button"
        class={rest.class}
        aria-label={children ? label : undefined}
        onClick={() => (isAsking.value = true)}
      >
        {children ?? label}
      </button>
    );
  }
  const answer = (isSure: boolean) => {
    isAsking.value = false;
    if (isSure) act();
  };
  return (
    <span class="sure" role="group" aria-label={question}>
      <span>{question}</span>
      <button type="button" class="danger" onClick={() => answer(true)}>
        {yes}
      </button>
      <button type="button" ref={takeFocus} onClick={() => answer(false)}>
        {room.say("keep")}
      </button>
    </span>
  );
}

/** The button that had it is gone. */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus();
}

interface ListenProps {
  room: StudioRoom;
  path: string;
  /** What is heard, in words. */
  of: string;
}

export function ListenButton({ room, path, of }: ListenProps) {
  const isPlaying = room.sounds.playing.value === path;
  const hasFailed = room.sounds.failed.value === path;
  return (
    <>
      <button
        type="button"
        class="round listen"
        aria-label={room.say(isPlaying ? "stopOf" : "playOf", { of })}
        aria-pressed={isPlaying}
        onClick={() => void room.sounds.toggle(path)}
      >
        {isPlaying ? <StopIcon /> : <PlayIcon />}
      </button>
      {hasFailed && (
        <span class="faint" role="alert">
          {room.say("cannotPlay")}
        </span>
      )}
    </>
  );
}

/** 75 s as 1:15. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (number: number): string => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export function megabytes(bytes: number): string {
  const mb = bytes / (1 << 20);
  return `${mb < 10 ? mb.toFixed(1) : Math.round(mb)} MB`;
}
