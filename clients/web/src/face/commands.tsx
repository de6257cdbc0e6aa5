/** Sentences of the server in which commands stand in backticks: shown as code, with a button to copy. */

import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";

import { CopyIcon } from "./icons";
import type { Session } from "./session";

export function MarkedCommands({ text, session }: { text: string; session: Session }) {
  return (
    <>
      {text.split("`").map((part, at) =>
        at % 2 ? <Command key={at} command={part} session={session} /> : <span key={at}>{part}</span>,
      )}
    </>
  );
}

export function Command({ command, session }: { command: string; session: Session }) {
  const isCopied = useMemo(() => signal(false), []);
  const { say } = session.language;
  const copy = async () => {
    await copyText(command);
    isCopied.value = true;
    session.announce(say("copied"));
    setTimeout(() => (isCopied.value = false), 2000);
  };
  return (
    <span class="command">
      <code translate={false}>{command}</code>
      <button type="button" aria-label={`${say("copy")}: ${command}`} onClick={copy}>
        {isCopied.value ? "✓" : <CopyIcon />}
      </button>
    </span>
  );
}

/** Browsers lend the clipboard to secure pages only; on others a selection is copied the old way. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
