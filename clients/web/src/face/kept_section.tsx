/** What is kept of the conversation: save it as files, or delete it. */

import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";

import { asText, asWav, fileName, offer } from "./export";
import { Switch } from "./fields";
import type { Session } from "./session";

export function KeptSection({ session }: { session: Session }) {
  const isSoundless = useMemo(() => signal(false), []);
  const { say } = session.language;
  const isEmpty = session.turns.value.length === 0;
  const saveText = () => {
    offer(fileName(new Date(), "txt"), asText(session.turns.value, say), "text/plain;charset=utf-8");
  };
  const saveSound = async () => {
    const wav = asWav(await session.sounds());
    isSoundless.value = wav === null;
    if (wav) offer(fileName(new Date(), "wav"), new Uint8Array(wav), "audio/wav");
  };
  return (
    <section class="group">
      <h3>{say("kept")}</h3>
      <p class="faint">{say(session.isKeptElsewhere.value ? "keptElsewhereWhy" : "keptWhere")}</p>
      <Switch
        label={say("keepRecordings")}
        isOn={session.settings.now.value.keepsRecordings}
        onChange={(keepsRecordings) => session.settings.change({ keepsRecordings })}
      />
      <div class="buttons">
        <button type="button" disabled={isEmpty} onClick={saveText}>
          {say("exportText")}
        </button>
        <button type="button" disabled={isEmpty} onClick={saveSound}>
          {say("exportSound")}
        </button>
        <Forget session={session} isEmpty={isEmpty} />
      </div>
      {isSoundless.value && <p role="status">{say("noSound")}</p>}
    </section>
  );
}

function Forget({ session, isEmpty }: { session: Session; isEmpty: boolean }) {
  const isAsking = useMemo(() => signal(false), []);
  const { say } = session.language;
  if (!isAsking.value) {
    return (
      <button type="button" class="danger" disabled={isEmpty} onClick={() => (isAsking.value = true)}>
        {say("forget")}
      </button>
    );
  }
  const answer = (isSure: boolean) => {
    isAsking.value = false;
    if (isSure) session.forget();
  };
  return (
    <div class="buttons" role="group" aria-label={say("forgetSure")}>
      <p>{say("forgetSure")}</p>
      <button type="button" class="danger" onClick={() => answer(true)}>
        {say("forgetYes")}
      </button>
      <button type="button" ref={takeFocus} onClick={() => answer(false)}>
        {say("forgetNo")}
      </button>
    </div>
  );
}

/** The button that had it is gone. */
function takeFocus(button: HTMLButtonElement | null): void {
  button?.focus();
}
