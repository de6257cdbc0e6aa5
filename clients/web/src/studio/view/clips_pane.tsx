/** From recordings to clips: the work while it goes on, and its report. */

import { useEffect } from "preact/hooks";

import type { Desk } from "../desk";
import { spansOn } from "../peaks";
import { addressOf } from "../route";
import { recordingPath } from "../server";
import { processObstacle } from "../stages";
import { type ClipReport, PROCESS } from "../types";
import type { StudioWord } from "../words";
import { JobBox } from "./job_box";
import { ListenButton } from "./parts";
import { Waveform } from "./waveform";

const REASONS = ["too_short", "too_long", "silent", "clipped", "no_speech", "no_text", "removed"] as const;

export function ClipsPane({ desk }: { desk: Desk }) {
  const { say } = desk.room;
  const facts = desk.facts.value;
  const job = desk.newest(PROCESS);
  useEffect(() => desk.follow(PROCESS), [desk, job?.id]);
  if (!facts) return null;
  const obstacle = processObstacle(facts);
  const isOutdated = facts.character.audio_processing_status === "outdated";
  return (
    <section class="pane" aria-labelledby="pane-title">
      <h2 id="pane-title">{say("stage_clips")}</h2>
      <p class="faint">{say("clipsWhat")}</p>
      {isOutdated && <p class="hint">{say("clipsOutdated")}</p>}
      <div class="act">
        <button type="button" class="main" disabled={obstacle !== null} onClick={() => void desk.start(PROCESS)}>
          {say(facts.report ? "processAgain" : "process")}
        </button>
        {obstacle && <span class="faint">{say(obstacle)}</span>}
      </div>
      <JobBox desk={desk} kind={PROCESS} />
      {facts.report && <Report report={facts.report} desk={desk} />}
    </section>
  );
}

function Report({ report, desk }: { report: ClipReport; desk: Desk }) {
  const { room } = desk;
  const { say } = room;
  const { summary, training_time } = report;
  const { pick } = room.session.language;
  const dropped = Object.values(summary.clips_dropped).reduce((sum, count) => sum + count, 0);
  const guesses = [training_time.gpu, training_time.cpu].flatMap((guess) => (guess ? [pick(guess.en, guess.zh)] : []));
  return (
    <>
      <dl class="figures">
        <Figure words={say("usable")} value={say("minutes", { minutes: summary.usable_minutes.toFixed(1) })} />
        <Figure words={say("keptClips")} value={String(summary.clips_kept)} />
        <Figure words={say("droppedClips")} value={String(dropped)} />
      </dl>
      {dropped > 0 && (
        <ul class="reasons">
          {Object.entries(summary.clips_dropped).map(([why, count]) => (
            <li key={why}>{say("reasonCount", { count, reason: reasonInWords(why, say) })}</li>
          ))}
        </ul>
      )}
      {(summary.recordings_refused ?? []).map(({ file, error, error_zh }) => (
        <p key={file} class="hint">
          {pick(error, error_zh)}
        </p>
      ))}
      {dropped + summary.clips_kept > 0 && (
        <p>
          <a href={addressOf(desk.name, "transcripts")}>{say("goProofread")}</a>
        </p>
      )}
      <h3>{say("whereCut")}</h3>
      <p class="faint">{say("whereCutWhat")}</p>
      <ul class="recordings" role="list">
        {desk.recordings.value.map((recording) => {
          const path = recordingPath(desk.name, recording.filename);
          const spans = spansOn(recording.filename, report.clips);
          return (
            <li key={recording.filename} class="recording">
              <div class="recording-head">
                <ListenButton room={room} path={path} of={recording.filename} />
                <span class="recording-title">
                  <b>{recording.filename}</b>
                  <span class="faint">
                    {say("clipsKeptOf", { kept: spans.filter((one) => one.isKept).length, count: spans.length })}
                  </span>
                </span>
              </div>
              <Waveform recording={recording} path={path} spans={spans} room={room} />
            </li>
          );
        })}
      </ul>
      {guesses.length > 0 && (
        <div>
          <h3>{say("trainingTime")}</h3>
          {guesses.map((guess) => (
            <p key={guess}>{guess}</p>
          ))}
        </div>
      )}
    </>
  );
}

function Figure({ words, value }: { words: string; value: string }) {
  return (
    <div>
      <dt>{words}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** A reason of the server in words; one that is newer than the page is shown as it stands. */
export function reasonInWords(why: string, say: (word: StudioWord) => string): string {
  const known = REASONS.find((one) => one === why);
  return known ? say(`reason_${known}`) : why;
}
