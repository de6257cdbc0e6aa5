/** The training: the work with its curves while it goes on, and what it has left. */

import { useEffect } from "preact/hooks";

import type { Desk } from "../desk";
import { trainObstacle } from "../stages";
import { TRAIN } from "../types";
import { addressOf } from "../route";
import { ConfigForm } from "./config_form";
import { JobBox } from "./job_box";
import { SureButton } from "./parts";
import { Samples } from "./samples";

export function TrainingPane({ desk }: { desk: Desk }) {
  const { say, session } = desk.room;
  const facts = desk.facts.value;
  const job = desk.newest(TRAIN);
  useEffect(() => desk.follow(TRAIN), [desk, job?.id]);
  if (!facts) return null;
  const obstacle = trainObstacle(facts);
  const { gpu, cpu } = facts.report?.training_time ?? {};
  const { character } = facts;
  const isBegun = character.training_status !== "pending" || character.model_exists || desk.samples.value.length > 0;
  return (
    <section class="pane" aria-labelledby="pane-title">
      <h2 id="pane-title">{say("stage_training")}</h2>
      <p class="faint">{say("trainingWhat")}</p>
      {[gpu, cpu].map((guess) => guess && <p key={guess.en}>{session.language.pick(guess.en, guess.zh)}</p>)}
      {character.training_status === "outdated" && <p class="hint">{say("trainingOutdated")}</p>}
      <div class="act">
        <button type="button" class="main" disabled={obstacle !== null} onClick={() => void desk.start(TRAIN)}>
          {say(character.training_status === "completed" ? "trainAgain" : "train")}
        </button>
        {obstacle && <span class="faint">{say(obstacle)}</span>}
      </div>
      <ConfigForm desk={desk} config={character.config} />
      <JobBox desk={desk} kind={TRAIN} />
      <Samples desk={desk} />
      {character.model_exists && (
        <p>
          <a href={addressOf(desk.name, "try")}>{say("goTry")}</a>
        </p>
      )}
      {isBegun && !facts.job && (
        <p class="start-over">
          <SureButton
            room={desk.room}
            class="danger"
            label={say("startOver")}
            question={say("startOverSure")}
            yes={say("startOverYes")}
            act={() => void desk.startOver()}
          />
        </p>
      )}
    </section>
  );
}
