/** The log of a job: its end kept in sight while one reads there, and copied whole. */

import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { copyText } from "../../face/commands";
import type { LogLine } from "../job_story";
import type { StudioRoom } from "../room";

/** How far from the end, in pixels, still counts as reading along. */
const NEAR_PX = 24;
const COPIED_MS = 2000;

interface Props {
  log: readonly LogLine[];
  /** Whether it is unfolded at first. */
  isOpen: boolean;
  room: StudioRoom;
}

export function JobLog({ log, isOpen, room }: Props) {
  const isFollowing = useMemo(() => signal(true), []);
  const isCopied = useMemo(() => signal(false), []);
  const box = useRef<HTMLPreElement>(null);
  const { say } = room;
  const { pick } = room.session.language;
  useEffect(() => {
    if (isFollowing.value && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [log, isFollowing.value]);
  if (log.length === 0) return null;
  const copy = async () => {
    await copyText(log.map(({ at, line, chinese }) => `${at} ${pick(line, chinese)}`).join("\n"));
    isCopied.value = true;
    room.session.announce(room.session.language.say("copied"));
    setTimeout(() => (isCopied.value = false), COPIED_MS);
  };
  const scrolled = () => {
    const shown = box.current;
    if (shown) isFollowing.value = shown.scrollHeight - shown.scrollTop - shown.clientHeight < NEAR_PX;
  };
  return (
    <details class="job-log" open={isOpen}>
      <summary>{say("log", { count: log.length })}</summary>
      <pre ref={box} tabIndex={0} aria-label={say("logName")} onScroll={scrolled}>
        {log.map(({ at, line, chinese, level }, number) => (
          <span key={number} class={level}>
            <i>{at.slice(11, 19)}</i> {pick(line, chinese)}
            {"\n"}
          </span>
        ))}
      </pre>
      <div class="buttons">
        {!isFollowing.value && (
          <button type="button" class="quiet" onClick={() => (isFollowing.value = true)}>
            {say("logFollow")}
          </button>
        )}
        <button type="button" class="quiet" onClick={() => void copy()}>
          {isCopied.value ? room.session.language.say("copied") : say("logCopy")}
        </button>
      </div>
    </details>
  );
}
