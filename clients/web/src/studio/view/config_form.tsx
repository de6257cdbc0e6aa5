/** How the voice is made: language and noise reduction, and, folded away, what few people have to change. */

import { signal } from "@preact/signals";
import { useId, useMemo } from "preact/hooks";

import { Picker, Switch } from "../../face/fields";
import { type ConfigDraft, MOST, type NumberField, changesOf, draftOfConfig, faultsOf } from "../config_draft";
import type { Desk } from "../desk";
import type { Config } from "../types";
import { LANGUAGES } from "./new_character";

const NUMBERS = Object.keys(MOST) as NumberField[];

export function ConfigForm({ desk, config }: { desk: Desk; config: Config }) {
  const { room } = desk;
  const { say } = room;
  const typed = useMemo(() => signal<Partial<ConfigDraft>>({}), [desk]);
  const isSaved = useMemo(() => signal(false), [desk]);
  // What nobody has touched here follows the server: a terminal may change it meanwhile.
  const draft: ConfigDraft = { ...draftOfConfig(config), ...typed.value };
  const faults = faultsOf(draft, config);
  const isFaulty = Object.keys(faults).length > 0;
  const isChanged = isFaulty || Object.keys(changesOf(draft, config)).length > 0;
  const isBusy = Boolean(desk.facts.value?.job);
  const change = (changes: Partial<ConfigDraft>) => {
    isSaved.value = false;
    typed.value = { ...typed.value, ...changes };
  };
  const save = async (event: Event) => {
    event.preventDefault();
    if (isFaulty || !isChanged) return;
    isSaved.value = await desk.change(() => room.server.configure(desk.name, changesOf(draft, config)));
    if (isSaved.value) typed.value = {};
  };
  const codes = [...LANGUAGES.filter((code) => code !== config.language), config.language].sort();
  const speak = room.session.language.say;
  return (
    <details class="settings">
      <summary>{say("config")}</summary>
      <form onSubmit={(event) => void save(event)}>
        <fieldset disabled={isBusy}>
          <Picker
            label={say("configLanguage")}
            value={draft.language}
            choices={codes.map((code) => [code, isKnown(code) ? speak(code) : code] as const)}
            onChoose={(language) => change({ language })}
          />
          <Switch
            label={say("configDenoise")}
            isOn={draft.enable_denoise}
            onChange={(enable_denoise) => change({ enable_denoise })}
          />
          <p class="faint">{say("configOfClips")}</p>
          <details>
            <summary>{say("configMore")}</summary>
            <div class="numbers">
              {NUMBERS.map((field) => (
                <Typed
                  key={field}
                  label={say(`config_${field}`)}
                  hint={
                    faults[field]
                      ? say("configNumber", { most: Math.max(MOST[field], config[field]) })
                      : say(`config_${field}_what`)
                  }
                  isFaulty={Boolean(faults[field])}
                  value={draft[field]}
                  onInput={(value) => change({ [field]: value })}
                />
              ))}
              <Typed
                label={say("config_gpu_id")}
                hint={say(faults.gpu_id ? "configGpuFault" : "config_gpu_id_what")}
                isFaulty={Boolean(faults.gpu_id)}
                value={draft.gpu_id}
                onInput={(gpu_id) => change({ gpu_id })}
              />
            </div>
          </details>
          <div class="act">
            <button type="submit" class="main" disabled={!isChanged || isFaulty}>
              {say("save")}
            </button>
            <span role="status" class="faint">
              {isBusy ? say("whyBusy") : isChanged ? say("unsaved") : isSaved.value ? say("saved") : ""}
            </span>
          </div>
        </fieldset>
      </form>
    </details>
  );
}

interface TypedProps {
  label: string;
  /** What it is for, or what is wrong with it. */
  hint: string;
  isFaulty: boolean;
  value: string;
  onInput: (value: string) => void;
}

function Typed({ label, hint, isFaulty, value, onInput }: TypedProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        autocomplete="off"
        value={value}
        aria-describedby={`${id}-hint`}
        aria-invalid={isFaulty}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class={isFaulty ? "fault" : "faint"} role="status">
        {hint}
      </p>
    </div>
  );
}

function isKnown(code: string): code is (typeof LANGUAGES)[number] {
  return LANGUAGES.some((one) => one === code);
}
