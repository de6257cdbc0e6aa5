/** Trying the voice out: a text is spoken, earlier ones are heard again, and the character can be talked to. */

import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

import { Field, Picker } from "../../face/fields";
import type { Desk } from "../desk";
import { inEnglish } from "../refusals";
import { spokenPath } from "../server";
import type { Inference } from "../types";
import { DownloadIcon } from "./icons";
import { LANGUAGES } from "./new_character";
import { ListenButton } from "./parts";
import { TalkToIt } from "./talk_to_it";

const LOOK_MS = 1000;
/** The original service's names for languages. */
const NAMES: Readonly<Record<string, string>> = { zh: "中文", en: "英文", ja: "日文", ko: "韩文", yue: "粤语" };

export function TryPane({ desk }: { desk: Desk }) {
  const { room } = desk;
  const { say } = room;
  const own = desk.character.value?.config.language ?? "zh";
  const text = useMemo(() => signal(""), []);
  const language = useMemo(() => signal(own), [own]);
  const isRunning = desk.spoken.value.some(({ status }) => status === "running" || status === "pending");
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => void desk.load(), LOOK_MS);
    return () => clearInterval(timer);
  }, [desk, isRunning]);
  if (!desk.character.value?.model_exists) {
    return (
      <section class="pane" aria-labelledby="pane-title">
        <h2 id="pane-title">{say("stage_try")}</h2>
        <p class="hint">{say("whyNoModel")}</p>
        <Results desk={desk} />
        <TalkToIt desk={desk} />
      </section>
    );
  }
  const speak = async (event: Event) => {
    event.preventDefault();
    const target_text = text.value.trim();
    if (!target_text) return;
    const spoken = {
      character_name: desk.name,
      target_text,
      target_language: NAMES[language.value] ?? "中文",
      ref_language: NAMES[own] ?? "中文",
    };
    await desk.change(() => room.server.speak(spoken));
  };
  return (
    <section class="pane" aria-labelledby="pane-title">
      <h2 id="pane-title">{say("stage_try")}</h2>
      <form class="try" onSubmit={(event) => void speak(event)}>
        <Field label={say("tryText")}>
          {(id) => (
            <textarea
              id={id}
              rows={3}
              maxLength={2000}
              value={text.value}
              onInput={(event) => (text.value = event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="new-row">
          <Picker
            label={say("tryLanguage")}
            value={language.value}
            choices={LANGUAGES.map((code) => [code as string, room.session.language.say(code)] as const)}
            onChoose={(code) => (language.value = code)}
          />
          <button type="submit" class="main" disabled={!text.value.trim()}>
            {say("trySpeak")}
          </button>
        </div>
      </form>
      <Results desk={desk} />
      <TalkToIt desk={desk} />
    </section>
  );
}

function Results({ desk }: { desk: Desk }) {
  const { say } = desk.room;
  const newestFirst = [...desk.spoken.value].reverse();
  if (newestFirst.length === 0) return null;
  return (
    <>
      <h3>{say("earlier")}</h3>
      <ul class="results" role="list">
        {newestFirst.map((one) => (
          <Result key={one.inference_id} one={one} desk={desk} />
        ))}
      </ul>
    </>
  );
}

function Result({ one, desk }: { one: Inference; desk: Desk }) {
  const { room } = desk;
  const { say } = room;
  const path = spokenPath(one.inference_id);
  const why = one.error_message ?? "";
  // The original's answer is Chinese; the job behind it knows both.
  const job = desk.jobs.value.find(({ id }) => id === one.inference_id.split("-").join(""));
  return (
    <li class="result">
      {one.status === "completed" ? (
        <ListenButton room={room} path={path} of={one.target_text} />
      ) : (
        <span class={`dot ${one.status === "failed" ? "failed" : "loading"}`} aria-hidden="true" />
      )}
      <span class="result-text">
        {one.target_text}
        <span class="faint">
          {one.status === "completed"
            ? one.created_at.slice(0, 16).replace("T", " ")
            : one.status === "failed"
              ? room.session.language.pick(job?.error ?? inEnglish(why), why)
              : say("isSpeaking")}
        </span>
      </span>
      {one.status === "completed" && (
        <a
          class="round-link"
          href={room.server.address(path)}
          download
          aria-label={say("downloadOf", { of: one.target_text })}
        >
          <DownloadIcon />
        </a>
      )}
    </li>
  );
}
