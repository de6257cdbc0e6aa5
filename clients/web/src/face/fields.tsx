/** The controls of the settings: each a label and what is chosen. */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export type Choice<Value extends string> = readonly [value: Value, words: string];

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  choices: readonly Choice<Value>[];
  onChoose: (value: Value) => void;
}

/** One of a few, all in sight. */
export function Segmented<Value extends string>(props: ChoiceProps<Value> & { isLabelHidden?: boolean }) {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class={props.isLabelHidden ? "visually-hidden" : ""}>{props.label}</legend>
      <div class="segments">
        {props.choices.map(([value, words]) => (
          <label key={value}>
            <input
              type="radio"
              name={name}
              checked={value === props.value}
              onChange={() => props.onChoose(value)}
            />
            <span>{words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** One of many, in a list that opens. */
export function Picker<Value extends string>({ label, value, choices, onChoose }: ChoiceProps<Value>) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value as Value)}>
          {choices.map(([choice, words]) => (
            <option key={choice} value={choice} selected={choice === value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface SliderProps {
  label: string;
  /** The value in words. */
  words: string;
  value: number;
  min: number;
  max: number;
  step: number;
  onChange: (value: number) => void;
}

export function Slider({ label, words, value, min, max, step, onChange }: SliderProps) {
  return (
    <Field label={label} aside={words}>
      {(id) => (
        <input
          id={id}
          type="range"
          value={value}
          min={min}
          max={max}
          step={step}
          aria-valuetext={words}
          onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
        />
      )}
    </Field>
  );
}

export function Switch({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label class="switch">
      <input type="checkbox" role="switch" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

/** A label over a control; the control is given the id that ties them. */
export function Field(props: { label: string; aside?: string; children: (id: string) => ComponentChildren }) {
  const id = useId();
  return (
    <div class="field">
      <div class="field-head">
        <label for={id}>{props.label}</label>
        {props.aside && <output for={id}>{props.aside}</output>}
      </div>
      {props.children(id)}
    </div>
  );
}
