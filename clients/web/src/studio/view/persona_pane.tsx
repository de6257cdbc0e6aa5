/** Who the character is: what the model is told, how it speaks, and which clips lend it a voice. */

import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

import { Field, Picker, Slider } from "../../face/fields";
import type { Desk } from "../desk";
import { type Draft, draftOf, hasChanged, personaOf } from "../persona_draft";
import { clipPath } from "../server";
import type { Persona } from "../types";
import { LANGUAGES } from "./new_character";
import { ListenButton } from "./parts";
import { ClipPicker, Emotions } from "./persona_clips";
import { TalkToIt } from "./talk_to_it";

export function PersonaPane({ desk }: { desk: Desk }) {
  const { say } = desk.room;
  const persona = desk.persona.value;
  return (
    <section class="pane" aria-labelledby="pane-title">
      <h2 id="pane-title">{say("stage_persona")}</h2>
      <p class="faint">{say("personaWhat")}</p>
      {persona ? <PersonaForm desk={desk} persona={persona} /> : <p>{say("noPersona")}</p>}
      {persona?.used && <UsedNow used={persona.used} desk={desk} />}
      <TalkToIt desk={desk} />
    </section>
  );
}

function UsedNow({ used, desk }: { used: NonNullable<Persona["used"]>; desk: Desk }) {
  const { say, session } = desk.room;
  return (
    <div>
      <h3>{say("usedNow")}</h3>
      <p>{used.weights ? say("usedWeights", used.weights) : say("usedBase")}</p>
      {used.clip && (
        <p class="used-clip">
          {say("usedClip", { text: used.clip.text })}
          <ListenButton room={desk.room} path={clipPath(desk.name, used.clip.name)} of={used.clip.text} />
        </p>
      )}
      {used.notes.map(({ en, zh }) => (
        <p key={en} class="faint">
          {session.language.pick(en, zh)}
        </p>
      ))}
    </div>
  );
}

function PersonaForm({ desk, persona }: { desk: Desk; persona: Persona }) {
  const { room } = desk;
  const { say } = room;
  const draft = useMemo(() => signal<Draft>(draftOf(persona)), [desk]);
  const isSaved = useMemo(() => signal(false), [desk]);
  const change = (changes: Partial<Draft>) => {
    isSaved.value = false;
    draft.value = { ...draft.value, ...changes };
  };
  const now = draft.value;
  const isChanged = hasChanged(now, persona);
  useLeaveWarning(isChanged);
  const save = async (event: Event) => {
    event.preventDefault();
    isSaved.value = await desk.change(() => room.server.savePersona(desk.name, personaOf(draft.value)));
  };
  const kept = (desk.report.value?.clips ?? []).filter(({ is_kept }) => is_kept);
  const spoken = ["", "auto", ...LANGUAGES] as const;
  const speak = room.session.language.say;
  return (
    <form class="persona" onSubmit={(event) => void save(event)}>
      <Field label={say("about")}>
        {(id) => (
          <input
            id={id}
            type="text"
            maxLength={500}
            value={now.about}
            onInput={(event) => change({ about: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={speak("system")}>
        {(id) => (
          <textarea
            id={id}
            rows={6}
            maxLength={20_000}
            value={now.system}
            onInput={(event) => change({ system: event.currentTarget.value })}
          />
        )}
      </Field>
      <p class="faint">{speak("systemWhy")}</p>
      <Picker
        label={speak("spoken")}
        value={now.language}
        choices={spoken.map((code) => [code as string, code === "" ? speak("usual") : speak(code)] as const)}
        onChoose={(language) => change({ language })}
      />
      <Slider
        label={speak("speed")}
        words={`${now.speed.toFixed(2)} ×`}
        value={now.speed}
        min={0.5}
        max={2}
        step={0.05}
        onChange={(speed) => change({ speed })}
      />
      <ClipPicker
        label={say("voiceClip")}
        none={say("bestClip")}
        value={now.clip}
        clips={kept}
        desk={desk}
        onChoose={(clip) => change({ clip })}
      />
      <Emotions emotions={now.emotions} clips={kept} desk={desk} onChange={(emotions) => change({ emotions })} />
      <div class="act">
        <button type="submit" class="main" disabled={!isChanged}>
          {say("save")}
        </button>
        <span role="status" class="faint">
          {isChanged ? say("unsaved") : isSaved.value ? say("saved") : ""}
        </span>
      </div>
    </form>
  );
}

/** What was written and not saved should not be lost to a slip. */
function useLeaveWarning(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return;
    const warn = (event: Event) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isChanged]);
}
