/** The big button: starts and stops listening, is held to talk, and interrupts what is being said. */

import { MicrophoneIcon, MicrophoneOffIcon, StopIcon } from "./icons";
import type { MicrophoneControl } from "./microphone_control";
import type { Session } from "./session";

export function MicrophoneButton({ session }: { session: Session }) {
  return session.settings.now.value.manner === "hold" ? <Held session={session} /> : <Free session={session} />;
}

/** A way out while the big button does something else. */
export function MicrophoneOff({ session }: { session: Session }) {
  const { microphone } = session;
  const isFree = session.settings.now.value.manner === "free";
  if (!microphone.isOn.value || (isFree && !interrupts(session))) return null;
  return (
    <button
      type="button"
      class="round microphone-off"
      aria-label={session.language.say("microphoneOff")}
      onClick={() => microphone.close()}
    >
      <MicrophoneOffIcon />
    </button>
  );
}

function interrupts(session: Session): boolean {
  return session.state.value === "speaking" || session.state.value === "thinking";
}

function Free({ session }: { session: Session }) {
  const { say } = session.language;
  if (interrupts(session)) {
    return (
      <button
        type="button"
        class="microphone interrupts"
        aria-label={say("interrupt")}
        onClick={() => session.interrupt()}
      >
        <StopIcon />
      </button>
    );
  }
  const isOn = session.microphone.isOn.value;
  return (
    <button
      type="button"
      class={`microphone ${isOn ? "on" : ""}`}
      aria-label={say(isOn ? "microphoneOff" : "microphoneOn")}
      disabled={session.microphone.state.value.kind === "insecure"}
      onClick={() => void session.microphone.toggle()}
    >
      <MicrophoneIcon />
    </button>
  );
}

function Held({ session }: { session: Session }) {
  const { microphone } = session;
  const isHeld = microphone.isHeld.value;
  return (
    <button
      type="button"
      class={`microphone ${isHeld ? "on" : ""}`}
      aria-label={session.language.say("microphoneHold")}
      aria-pressed={isHeld}
      disabled={microphone.state.value.kind === "insecure"}
      {...byFinger(microphone)}
      {...byKey(microphone)}
    >
      <MicrophoneIcon />
    </button>
  );
}

function byFinger(microphone: MicrophoneControl) {
  return {
    onPointerDown: (event: PointerEvent) => {
      // A finger that slides off the button still holds it.
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      void microphone.hold();
    },
    onPointerUp: () => microphone.release(),
    onPointerCancel: () => microphone.release(),
    onContextMenu: (event: Event) => event.preventDefault(),
    // Screen readers click without a finger or a key: the first click holds, the second lets go.
    onClick: (event: MouseEvent) => {
      if (event.detail !== 0) return;
      if (microphone.isHeld.value) microphone.release();
      else void microphone.hold();
    },
  };
}

function byKey(microphone: MicrophoneControl) {
  const isOurs = (event: KeyboardEvent): boolean => event.key === " " || event.key === "Enter";
  return {
    onKeyDown: (event: KeyboardEvent) => {
      if (!isOurs(event)) return;
      // It would be a click as well.
      event.preventDefault();
      if (!event.repeat) void microphone.hold();
    },
    onKeyUp: (event: KeyboardEvent) => {
      if (!isOurs(event)) return;
      event.preventDefault();
      microphone.release();
    },
  };
}
