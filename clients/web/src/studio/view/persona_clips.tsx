/** The clips that lend a character its voice: one for all it says, and others for its emotions. */

import { Field, Picker } from "../../face/fields";
import { CloseIcon } from "../../face/icons";
import type { Desk } from "../desk";
import type { Emotion } from "../persona_draft";
import { clipPath } from "../server";
import type { Clip } from "../types";
import { ListenButton } from "./parts";

interface ClipPickerProps {
  label: string;
  none: string;
  value: string;
  clips: readonly Clip[];
  desk: Desk;
  onChoose: (clip: string) => void;
}

export function ClipPicker({ label, none, value, clips, desk, onChoose }: ClipPickerProps) {
  // A clip that was chosen and is gone since must be seen to be replaced.
  const isGone = value !== "" && !clips.some(({ name }) => name === value);
  const choices = clips.map(({ name, text, seconds }) => [name, `${seconds.toFixed(1)} s · ${text}`] as const);
  return (
    <div class="clip-picker">
      <Picker
        label={label}
        value={value}
        choices={[["", none], ...(isGone ? [[value, value] as const] : []), ...choices]}
        onChoose={onChoose}
      />
      {value && !isGone && <ListenButton room={desk.room} path={clipPath(desk.name, value)} of={label} />}
    </div>
  );
}

interface EmotionsProps {
  emotions: readonly Emotion[];
  clips: readonly Clip[];
  desk: Desk;
  onChange: (emotions: readonly Emotion[]) => void;
}

export function Emotions({ emotions, clips, desk, onChange }: EmotionsProps) {
  const { say } = desk.room;
  const replace = (at: number, changes: Partial<Emotion>) =>
    onChange(emotions.map((one, place) => (place === at ? { ...one, ...changes } : one)));
  return (
    <fieldset class="emotions">
      <legend>{say("emotions")}</legend>
      <p class="faint">{say("emotionsWhat")}</p>
      {emotions.map(({ tag, clip }, at) => (
        <div key={at} class="emotion">
          <Field label={say("emotionTag")}>
            {(id) => (
              <input
                id={id}
                type="text"
                maxLength={20}
                value={tag}
                onInput={(event) => replace(at, { tag: event.currentTarget.value })}
              />
            )}
          </Field>
          <ClipPicker
            label={say("emotionClip")}
            none={say("chooseClip")}
            value={clip}
            clips={clips}
            desk={desk}
            onChoose={(name) => replace(at, { clip: name })}
          />
          <button
            type="button"
            class="round"
            aria-label={say("removeOf", { of: tag || say("emotionTag") })}
            onClick={() => onChange(emotions.filter((_, place) => place !== at))}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
      <button
        type="button"
        disabled={clips.length === 0}
        onClick={() => onChange([...emotions, { tag: "", clip: "" }])}
      >
        {say("addEmotion")}
      </button>
    </fieldset>
  );
}
