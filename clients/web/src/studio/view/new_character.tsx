/** A new character: its name, with the rules told while one types, and the language of its recordings. */

import { signal } from "@preact/signals";
import { useId, useMemo } from "preact/hooks";

import { type NameFault, composed, nameFault } from "../names";
import type { StudioRoom } from "../room";
import { addressOf } from "../route";

export const LANGUAGES = ["zh", "en", "ja", "ko", "yue"] as const;

export function NewCharacter({ room, isFirst }: { room: StudioRoom; isFirst: boolean }) {
  const typed = useMemo(() => signal(""), []);
  const language = useMemo(() => signal<string>(room.session.language.reader.peek()), [room]);
  const id = useId();
  const { say } = room;
  const speak = room.session.language.say;
  const taken = (room.characters.value ?? []).map((one) => one.character_name);
  const fault = nameFault(typed.value, taken);
  const create = async (event: Event) => {
    event.preventDefault();
    if (fault) return;
    const name = composed(typed.value);
    if (!(await room.attempt(() => room.server.create(name, language.value)))) return;
    typed.value = "";
    location.hash = addressOf(name);
  };
  return (
    <form class="group new-character" onSubmit={(event) => void create(event)}>
      <h2>{say(isFirst ? "firstCharacter" : "newCharacter")}</h2>
      <div class="new-row">
        <div class="field grow">
          <label for={`${id}-name`}>{say("name")}</label>
          <input
            id={`${id}-name`}
            type="text"
            autocomplete="off"
            spellcheck={false}
            value={typed.value}
            aria-describedby={`${id}-rule`}
            aria-invalid={Boolean(fault && typed.value)}
            onInput={(event) => (typed.value = event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for={`${id}-language`}>{say("speaks")}</label>
          <select
            id={`${id}-language`}
            value={language.value}
            onChange={(event) => (language.value = event.currentTarget.value)}
          >
            {LANGUAGES.map((code) => (
              <option key={code} value={code} selected={code === language.value}>
                {speak(code)}
              </option>
            ))}
          </select>
        </div>
        <button type="submit" class="main" disabled={fault !== null}>
          {say("create")}
        </button>
      </div>
      <NameRule id={`${id}-rule`} room={room} fault={typed.value ? fault : null} />
    </form>
  );
}

export function NameRule({ id, room, fault }: { id: string; room: StudioRoom; fault: NameFault | null }) {
  return (
    <p id={id} class={fault ? "fault" : "faint"} role="status">
      {room.say(fault ? `name_${fault}` : "nameRule")}
    </p>
  );
}
