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
        {samples.map(({ epoch, file, errors, is_picked }) => (
          <li key={file} class={is_picked ? "picked" : ""}>
            <ListenButton
              room={desk.room}
              path={samplePath(desk.name, file)}
              of={say(`sampleOf_${half}`, { epoch })}
            />
            <span>
              <b>{say("epoch", { epoch })}</b>
              {errors !== null && <span class="faint">{say("understood", { percent: percentOf(1 - errors) })}</span>}
              {is_picked && (
                <span class="tag done">
                  <CheckIcon /> {say("picked")}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A recogniser may make up more than was said. */
function percentOf(share: number): number {
  return Math.round(100 * Math.max(0, share));
}
