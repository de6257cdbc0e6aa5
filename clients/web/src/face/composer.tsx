/** The text box: Enter sends, Shift+Enter begins a new line, and it grows with what is typed. */

import { signal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";

import { SendIcon } from "./icons";
import type { Session } from "./session";

/** More than this is a pasted document, which a model that is meant to talk has no room for. */
const LONGEST = 20_000;

export function Composer({ session }: { session: Session }) {
  const text = useMemo(() => signal(""), []);
  const { say, reader } = session.language;
  const asked = text.value.trim();
  const isTooLong = asked.length > LONGEST;
  const canSend = asked !== "" && !isTooLong;
  const send = (event: Event) => {
    event.preventDefault();
    if (!canSend) return;
    text.value = "";
    session.ask(asked);
  };
  const numbers = { most: LONGEST.toLocaleString(reader.value), count: asked.length.toLocaleString(reader.value) };
  return (
    <form class="composer" onSubmit={send}>
      <GrowingBox
        text={text.value}
        onText={(typed) => (text.value = typed)}
        onEnter={send}
        label={say("message")}
        hint={say("messageHint")}
        isWrong={isTooLong}
      />
      <button type="submit" class="round send" aria-label={say("send")} disabled={!canSend}>
        <SendIcon />
      </button>
      {isTooLong && (
        <p class="too-long" id="too-long" role="alert">
          {say("tooLong", numbers)}
        </p>
      )}
    </form>
  );
}

interface BoxParts {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onEnter: (event: Event) => void;
  readonly label: string;
  readonly hint: string;
  readonly isWrong: boolean;
}

function GrowingBox({ text, onText, onEnter, label, hint, isWrong }: BoxParts) {
  const box = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (box.current) grow(box.current);
  }, [text]);
  const press = (event: KeyboardEvent) => {
    // An input method takes Enter for itself; Safari tells so only by the number of the key.
    const isTyping = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !isTyping) onEnter(event);
  };
  return (
    <textarea
      ref={box}
      rows={1}
      value={text}
      onInput={(event) => onText(event.currentTarget.value)}
      onKeyDown={press}
      aria-label={label}
      aria-invalid={isWrong}
      aria-describedby={isWrong ? "too-long" : undefined}
      placeholder={hint}
      autocomplete="off"
      enterkeyhint="send"
    />
  );
}

/** As high as its text; the style sheet bounds it. */
function grow(box: HTMLTextAreaElement): void {
  box.style.height = "auto";
  const borders = box.offsetHeight - box.clientHeight;
  box.style.height = `${box.scrollHeight + borders}px`;
}
