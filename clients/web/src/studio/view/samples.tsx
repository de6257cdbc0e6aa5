/** One sentence as the voice speaks it after so many epochs, to be compared by ear; the chosen epoch is marked. */

import { useEffect } from "preact/hooks";

import type { Desk } from "../desk";
import { BEGINNING } from "../job_story";
import { samplePath } from "../server";
import { type Sample, TRAIN } from "../types";
import { CheckIcon } from "./icons";
import { ListenButton } from "./parts";

const HALVES = ["sovits", "gpt"] as const;

export function Samples({ desk }: { desk: Desk }) {
  const { say } = desk.room;
  const { samples: told, stage } = desk.watches.byKind.value[TRAIN]?.story.value ?? BEGINNING;
  // Its first stage has taken away those of an earlier training.
  useEffect(() => {
    if (stage !== null) void desk.listenAgain();
  }, [desk, told.length, stage]);
  const samples = desk.samples.value;
  if (samples.length === 0) return null;
  const [{ text }] = samples;
  return (
    <section class="samples" aria-labelledby="samples-title">
      <h3 id="samples-title">{say("samples")}</h3>
      <p class="faint">{say("samplesWhat", { text })}</p>
      {HALVES.map((half) => (
        <Half key={half} half={half} samples={samples.filter((one) => one.half === half)} desk={desk} />
      ))}
    </section>
  );
}

function Half({ half, samples, desk }: { half: Sample["half"]; samples: readonly Sample[]; desk: Desk }) {
  const { say } = desk.room;
  if (samples.length === 0) return null;
  return (
    <div>
      <h4>{say(`step_train_${half}`)}</h4>
      <ul role="list">
        {samples.map((sample) => (
          <SampleRow key={sample.file} sample={sample} desk={desk} />
        ))}
      </ul>
    </div>
  );
}

function SampleRow({ sample, desk }: { sample: Sample; desk: Desk }) {
  const { say } = desk.room;
  const { half, epoch, file, errors, is_picked } = sample;
  const of = say(`sampleOf_${half}`, { epoch });
  return (
    <li class={is_picked ? "picked" : ""}>
      <ListenButton room={desk.room} path={samplePath(desk.name, file)} of={of} />
      <span>
        <b>{say("epoch", { epoch })}</b>
        {errors !== null && <span class="faint">{say("understood", { percent: percentOf(1 - errors) })}</span>}
        {is_picked && !sample.can_be_picked && <Picked desk={desk} />}
      </span>
      {sample.can_be_picked && (
        // It stays when it has been pressed, and keeps the focus.
        <button
          type="button"
          class="pick"
          aria-label={say("pickOf", { of })}
          aria-pressed={is_picked}
          disabled={Boolean(desk.facts.value?.job)}
          onClick={() => !is_picked && void desk.speakWith(sample)}
        >
          {is_picked ? <Picked desk={desk} /> : say("pick")}
        </button>
      )}
    </li>
  );
}

function Picked({ desk }: { desk: Desk }) {
  return (
    <span class="tag done">
      <CheckIcon /> {desk.room.say("picked")}
    </span>
  );
}

/** A recogniser may make up more than was said. */
function percentOf(share: number): number {
  return Math.round(100 * Math.max(0, share));
}
