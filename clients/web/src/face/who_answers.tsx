/** The settings of the answer: who gives it, in which voice and language, by which model, and what that is told. */

import { type Choice, Field, Picker, Slider, Switch } from "./fields";
import type { Session } from "./session";
import { USUAL_SYSTEM } from "./talk_options";

/** What the slider begins at when the user first chooses a temperature. */
const FIRST_TEMPERATURE = 0.7;

export function WhoAnswers({ session }: { session: Session }) {
  const { say } = session.language;
  const { characters, voices, languages, llm } = session.server.choices.value;
  const { speed } = session.settings.now.value;
  const people = characters.map(({ name, about }) => [name, about ? `${name} · ${about}` : name] as const);
  const spoken = languages.map((code) => [code, languageName(code, session)] as const);
  return (
    <section class="group">
      <h3>{say("whoAnswers")}</h3>
      <Offered label={say("character")} choices={people} setting="character" session={session} />
      <Offered label={say("voice")} choices={named(voices)} setting="voice" session={session} />
      <Offered label={say("spoken")} choices={spoken} setting="speechLanguage" session={session} />
      <Slider
        label={say("speed")}
        words={`${speed.toFixed(2)} ×`}
        value={speed}
        min={0.5}
        max={2}
        step={0.05}
        onChange={(speed) => session.settings.change({ speed })}
      />
      <Offered label={say("model")} choices={named(llm.models)} setting="model" session={session} />
      <Temperature session={session} />
      <SystemPrompt session={session} />
    </section>
  );
}

interface OfferedProps {
  label: string;
  choices: readonly Choice<string>[];
  setting: "character" | "voice" | "speechLanguage" | "model";
  session: Session;
}

/** A picker that is there only where the server has something to pick. */
function Offered({ label, choices, setting, session }: OfferedProps) {
  if (choices.length === 0) return null;
  return (
    <Picker
      label={label}
      value={session.settings.now.value[setting]}
      choices={[["", session.language.say("usual")], ...choices]}
      onChoose={(value) => session.settings.change({ [setting]: value })}
    />
  );
}

function named(names: readonly string[]): Choice<string>[] {
  return names.map((name) => [name, name]);
}

function languageName(code: string, session: Session): string {
  const { say } = session.language;
  const known = ["zh", "en", "ja", "ko", "yue", "auto"] as const;
  const name = known.find((one) => one === code);
  return name ? say(name) : code;
}

function Temperature({ session }: { session: Session }) {
  const { say } = session.language;
  const { temperature } = session.settings.now.value;
  const choose = (value: number | null) => session.settings.change({ temperature: value });
  return (
    <>
      <Switch
        label={say("setTemperature")}
        isOn={temperature !== null}
        onChange={(isOn) => choose(isOn ? FIRST_TEMPERATURE : null)}
      />
      {temperature !== null && (
        <Slider
          label={say("temperature")}
          words={temperature.toFixed(2)}
          value={temperature}
          min={0}
          max={2}
          step={0.05}
          onChange={choose}
        />
      )}
    </>
  );
}

function SystemPrompt({ session }: { session: Session }) {
  const { say } = session.language;
  const { system, character } = session.settings.now.value;
  const usual = character ? "" : USUAL_SYSTEM;
  return (
    <>
      <Field label={say("system")}>
        {(id) => (
          <textarea
            id={id}
            rows={5}
            value={system ?? usual}
            aria-describedby="system-why"
            onChange={(event) => session.settings.change({ system: event.currentTarget.value })}
          />
        )}
      </Field>
      <p class="faint" id="system-why">
        {say(character && system === null ? "systemCharacter" : "systemWhy")}
      </p>
      {system !== null && (
        <button type="button" class="quiet" onClick={() => session.settings.change({ system: null })}>
          {say("systemReset")}
        </button>
      )}
    </>
  );
}
