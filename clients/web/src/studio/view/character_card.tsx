/** One character among all: what there is of it in words, and what can be done with it as a whole. */

import { signal } from "@preact/signals";
import { useId, useMemo } from "preact/hooks";

import { composed, nameFault } from "../names";
import type { StudioRoom } from "../room";
import { addressOf } from "../route";
import type { Character } from "../types";
import type { StudioWord } from "../words";
import { PencilIcon, StarIcon, TrashIcon } from "./icons";
import { NameRule } from "./new_character";
import { SureButton, takeFocus } from "./parts";

export function CharacterCard({ character, room }: { character: Character; room: StudioRoom }) {
  const isRenaming = useMemo(() => signal(false), []);
  const { say } = room;
  const name = character.character_name;
  const state = stateOf(character);
  const minutes = room.minutes.value[name];
  const remove = async () => {
    if (await room.attempt(() => room.server.remove(name))) room.clear(name);
    await room.load();
    document.getElementById("main")?.focus();
  };
  return (
    <li class="card">
      {isRenaming.value ? (
        <Rename name={name} room={room} done={() => (isRenaming.value = false)} />
      ) : (
        <h2>
          <a href={addressOf(name)}>{name}</a>
        </h2>
      )}
      <p class="card-facts">
        <span class={`tag ${state.kind}`}>{say(state.word)}</span>
        {character.model_exists && <span class="tag done">{say("hasModel")}</span>}
      </p>
      <p class="faint">
        {character.audio_count === 0
          ? say("noRecordings")
          : say("recordingsOf", { count: character.audio_count, minutes: (minutes ?? 0).toFixed(1) })}
      </p>
      <div class="card-tools">
        <DefaultStar character={character} room={room} />
        <button
          type="button"
          class="round"
          aria-label={say("renameOf", { name })}
          onClick={() => (isRenaming.value = true)}
        >
          <PencilIcon />
        </button>
        <SureButton
          room={room}
          class="round danger"
          label={say("deleteOf", { name })}
          question={say("deleteSure", { name })}
          yes={say("deleteYes")}
          act={() => void remove()}
        >
          <TrashIcon />
        </SureButton>
      </div>
    </li>
  );
}

function DefaultStar({ character, room }: { character: Character; room: StudioRoom }) {
  const name = character.character_name;
  const choose = async () => {
    await room.attempt(() => room.server.setDefault(name));
    await room.load();
  };
  return (
    <button
      type="button"
      class={`round star ${character.is_default ? "on" : ""}`}
      aria-pressed={character.is_default}
      aria-label={room.say("defaultOf", { name })}
      title={room.say(character.is_default ? "isDefault" : "makeDefault")}
      onClick={() => void choose()}
    >
      <StarIcon isFull={character.is_default} />
    </button>
  );
}

function Rename({ name, room, done }: { name: string; room: StudioRoom; done: () => void }) {
  const typed = useMemo(() => signal(name), [name]);
  const id = useId();
  const { say } = room;
  const others = (room.characters.value ?? []).map((one) => one.character_name).filter((other) => other !== name);
  const fault = nameFault(typed.value, others);
  const rename = async (event: Event) => {
    event.preventDefault();
    if (fault || !(await room.attempt(() => room.server.rename(name, composed(typed.value))))) return;
    room.clear(name);
    done();
    await room.load();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.isComposing) done();
  };
  return (
    <form class="rename" onSubmit={(event) => void rename(event)} onKeyDown={keys}>
      <input
        ref={takeFocusOnce}
        type="text"
        autocomplete="off"
        aria-label={say("newName", { name })}
        aria-describedby={id}
        aria-invalid={fault !== null}
        value={typed.value}
        onInput={(event) => (typed.value = event.currentTarget.value)}
      />
      <div class="buttons">
        <button type="submit" class="main" disabled={fault !== null}>
          {say("rename")}
        </button>
        <button type="button" onClick={done}>
          {say("leaveIt")}
        </button>
      </div>
      <NameRule id={id} room={room} fault={fault} />
    </form>
  );
}

/** The state of a character in a word: the furthest stage that has something to say. */
function stateOf(character: Character): { word: StudioWord; kind: string } {
  const { training_status: training, audio_processing_status: processing } = character;
  if (training === "running") return { word: "isTraining", kind: "running" };
  if (processing === "running") return { word: "isProcessing", kind: "running" };
  if (processing === "failed" || training === "failed") return { word: "hasFailed", kind: "failed" };
  if (training === "completed") return { word: "isTrained", kind: "done" };
  if (processing === "outdated" || training === "outdated") return { word: "isOutdated", kind: "stale" };
  if (processing === "completed") return { word: "isProcessed", kind: "done" };
  return character.audio_count > 0 ? { word: "isUnprocessed", kind: "open" } : { word: "isNew", kind: "open" };
}

/** takeFocus is a stable function, so the field is not selected anew at each key. */
function takeFocusOnce(input: HTMLInputElement | null): void {
  takeFocus(input);
  input?.select();
}
