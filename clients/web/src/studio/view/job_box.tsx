/** A job while it goes on, and what came of it: progress by stage, the time that is left, its end, its log. */

import type { Desk } from "../desk";
import { type Story, hasEnded } from "../job_story";
import type { Job } from "../types";
import { Curves } from "./curves";
import { JobLog } from "./job_log";
import { stageInWords, stageShare, stagesOfWork } from "./job_stages";
import { clock } from "./parts";

export function JobBox({ desk, kind }: { desk: Desk; kind: string }) {
  const watch = desk.watches.byKind.value[kind];
  const job = desk.newest(kind);
  if (!watch || !job || watch.job !== job.id) return null;
  const story = watch.story.value;
  const { say } = desk.room;
  return (
    <section class="job" aria-label={say("work")}>
      {watch.isAway.value && !hasEnded(story) && (
        <p class="hint" role="status">
          {say("jobAway")}
        </p>
      )}
      {hasEnded(story) ? <Ending story={story} job={job} desk={desk} /> : <Going story={story} job={job} desk={desk} />}
      <Curves curves={story.curves} room={desk.room} />
      <JobLog log={story.log} isOpen={!hasEnded(story) || story.state === "failed"} room={desk.room} />
    </section>
  );
}

function Going({ story, job, desk }: { story: Story; job: Job; desk: Desk }) {
  const { say } = desk.room;
  const stages = stagesOfWork(job.kind, desk.character.value?.config.enable_denoise ?? true);
  const words = story.state === "pending" ? say("jobWaits") : stageInWords(story.stage, say);
  return (
    <>
      <div class="job-head">
        <strong>{words}</strong>
        <span>{say("percent", { percent: Math.floor(story.progress) })}</span>
        {story.etaS !== null && <span class="faint">{say("timeLeft", { time: clock(story.etaS) })}</span>}
        <button type="button" class="danger" disabled={job.is_cancelling} onClick={() => void desk.cancel(job.id)}>
          {say(job.is_cancelling ? "isCancelling" : "cancel")}
        </button>
      </div>
      <progress max={100} value={story.progress} aria-label={words} />
      {story.stage !== null && (
        <ol class="job-stages" role="list">
          {stages.map((stage) => {
            const share = stageShare(stage, stages, story);
            return (
              <li key={stage} class={share >= 1 ? "done" : share > 0 || stage === story.stage ? "running" : ""}>
                <progress max={1} value={share} aria-label={stageInWords(stage, say)} />
                <span>{stageInWords(stage, say)}</span>
              </li>
            );
          })}
        </ol>
      )}
    </>
  );
}

function Ending({ story, job, desk }: { story: Story; job: Job; desk: Desk }) {
  const { say, session } = desk.room;
  const why = session.language.pick(story.english, story.chinese);
  const state = story.state === "pending" || story.state === "running" ? "completed" : story.state;
  return (
    <p class={`job-end ${state}`}>
      <b>{say(`job_${state}`)}</b> {state === "completed" ? cameOut(job, say) : inWords(why, say)}
    </p>
  );
}

/** What a job has left, as far as its result says it. */
function cameOut({ result }: Job, say: Desk["room"]["say"]): string {
  const { clips_kept: count, usable_minutes: minutes, gpt, sovits } = result ?? {};
  if (typeof count === "number" && typeof minutes === "number") {
    return say("cameOutClips", { count, minutes: minutes.toFixed(1) });
  }
  return typeof gpt === "string" && typeof sovits === "string" ? `${gpt}, ${sovits}` : "";
}

/** The server names a failed stage as programs know it; people are told its name in words. */
function inWords(why: string, say: Desk["room"]["say"]): string {
  const named = (_: string, chinese?: string, english?: string) => `${stageInWords(chinese ?? english ?? "", say)} — `;
  return why.replace(/^(?:步骤 (\w+) 失败|Step (\w+) failed):?\s*/, named).replace(/ — $/, "");
}
