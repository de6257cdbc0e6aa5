/** The place to talk: the transcript, what stands in the way, and the dock with microphone and text box. */

import { useEffect, useRef } from "preact/hooks";

import { Dock } from "./dock";
import { BrandIcon } from "./icons";
import { useKeys } from "./keys";
import { Notices } from "./notices";
import type { Session } from "./session";
import { TranscriptLine } from "./transcript_line";

/** How far from the end, in pixels, still counts as reading along. */
const NEAR_PX = 160;

export function Talk({ session }: { session: Session }) {
  useKeys(session);
  return (
    <>
      <h1 class="visually-hidden">{session.language.say("talk")}</h1>
      {session.lines.value.length > 0 ? <Transcript session={session} /> : <Empty session={session} />}
      <div class="bottom">
        <Notices session={session} />
        <Dock session={session} />
      </div>
    </>
  );
}

function Transcript({ session }: { session: Session }) {
  const lines = session.lines.value;
  useFollowing(lines);
  return (
    // Safari takes a list without marks for none, unless it is told.
    <ol class="transcript" role="list" aria-label={session.language.say("conversation")}>
      {lines.map((line) => (
        <TranscriptLine key={line.id} line={line} session={session} />
      ))}
    </ol>
  );
}

function Empty({ session }: { session: Session }) {
  const { say } = session.language;
  const isMute = session.microphone.state.value.kind === "insecure";
  const isHeld = session.settings.now.value.manner === "hold";
  return (
    <section class="empty">
      <BrandIcon />
      <h2>{say("emptyTitle")}</h2>
      <p>{say(isMute ? "emptyTyped" : isHeld ? "emptyHold" : "emptyFree")}</p>
    </section>
  );
}

/** Keeps the newest line in sight while the reader is near the end, and leaves them alone otherwise. */
function useFollowing(change: unknown): void {
  const isNear = useRef(true);
  useEffect(() => {
    const look = () => {
      isNear.current = document.documentElement.scrollHeight - window.scrollY - window.innerHeight < NEAR_PX;
    };
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, []);
  useEffect(() => {
    if (isNear.current) window.scrollTo({ top: document.documentElement.scrollHeight });
  }, [change]);
}
