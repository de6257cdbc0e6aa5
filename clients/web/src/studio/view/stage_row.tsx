/** The stages in a row: where one is, how far each is, and the way to it. */

import type { Desk } from "../desk";
import { type StageName, addressOf } from "../route";
import { type Stage, minutesOf } from "../stages";
import { CheckIcon } from "./icons";

export function StageRow({ desk, shown }: { desk: Desk; shown: StageName }) {
  const { say } = desk.room;
  return (
    <nav class="stages" aria-label={say("stages")}>
      <ol role="list">
        {desk.stages.value.map((stage, at) => (
          <li key={stage.name}>
            <a
              class={`stage-step ${stage.standing}`}
              href={addressOf(desk.name, stage.name)}
              aria-current={stage.name === shown ? "step" : undefined}
            >
              <span class="stage-mark" aria-hidden="true">
                {stage.standing === "done" ? <CheckIcon /> : stage.standing === "failed" ? "!" : at + 1}
              </span>
              <span class="stage-words">
                <b>{say(`stage_${stage.name}`)}</b>
                <span class="stage-state">{stateInWords(stage, desk)}</span>
              </span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function stateInWords(stage: Stage, desk: Desk): string {
  const { say } = desk.room;
  const facts = desk.facts.value;
  if (!facts) return "";
  const { summary } = facts.report ?? {};
  if (stage.standing === "running") return say("percent", { percent: Math.floor(progressOf(desk)) });
  if (stage.standing === "stale") return say("standing_stale");
  if (stage.standing === "failed") return say("standing_failed");
  if (stage.name === "recordings" && facts.recordings.length > 0) {
    return say("countMinutes", { count: facts.recordings.length, minutes: minutesOf(facts.recordings).toFixed(1) });
  }
  if (stage.name === "clips" && summary) {
    return say("countMinutes", { count: summary.clips_kept, minutes: summary.usable_minutes.toFixed(1) });
  }
  if (stage.name === "transcripts" && summary) return say("countLines", { count: summary.clips_kept });
  if (stage.name === "persona" && stage.standing === "open") return say("standing_optional");
  return say(`standing_${stage.standing}`);
}

/** Of the job that is under way, as it is told. */
function progressOf(desk: Desk): number {
  const job = desk.facts.value?.job;
  const watch = job ? desk.watches.byKind.value[job.kind] : undefined;
  return Math.max(watch?.story.value.progress ?? 0, job?.progress ?? 0);
}
