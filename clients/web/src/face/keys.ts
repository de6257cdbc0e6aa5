/** The keyboard of the talk page: Escape interrupts, the space bar is held to talk. */

import { useEffect } from "preact/hooks";

import type { Session } from "./session";

export function useKeys(session: Session): void {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      // An input method uses both keys for itself.
      if (event.isComposing) return;
      if (event.key === "Escape" && !isDialogOpen()) session.interrupt();
      if (!isHoldKey(event, session)) return;
      event.preventDefault();
      if (!event.repeat) void session.microphone.hold();
    };
    const up = (event: KeyboardEvent) => {
      if (event.key === " ") session.microphone.release();
    };
    // A key that goes up in another window is never seen here.
    const away = () => session.microphone.release();
    document.addEventListener("keydown", down);
    document.addEventListener("keyup", up);
    window.addEventListener("blur", away);
    return () => {
      document.removeEventListener("keydown", down);
      document.removeEventListener("keyup", up);
      window.removeEventListener("blur", away);
    };
  }, [session]);
}

function isHoldKey(event: KeyboardEvent, session: Session): boolean {
  if (event.key !== " " || event.ctrlKey || event.altKey || event.metaKey) return false;
  return session.settings.now.value.manner === "hold" && !isDialogOpen() && !takesSpace(event.target);
}

/** Controls that do something of their own with the space bar. */
function takesSpace(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, button, a, summary") !== null;
}

function isDialogOpen(): boolean {
  return document.querySelector("dialog[open]") !== null;
}
