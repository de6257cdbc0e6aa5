/** Proof-reading: listen, correct, go on; everything from the keyboard. */

import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { Segmented } from "../../face/fields";
import type { Desk } from "../desk";
import { FILTERS } from "../proof";
import { ProofReading } from "../proof_reading";
import type { TwoLanguages } from "../types";
import { ProofLine } from "./proof_line";

/** More lines at once make a phone slow. */
const AT_ONCE = 60;

export function ProofPane({ desk }: { desk: Desk }) {
  const { say } = desk.room;
  const reading = useMemo(() => new ProofReading(desk), [desk]);
  const most = useMemo(() => signal(AT_ONCE), [desk]);
  const list = useRef<HTMLOListElement>(null);
  const report = desk.report.value;
  // Another processing has made other clips.
  const names = reading.clips.value.map(({ name }) => name).join("\n");
  useEffect(() => reading.choose(reading.filter.value), [reading, names]);
  if (!report) {
    return (
      <section class="pane" aria-labelledby="pane-title">
        <h2 id="pane-title">{say("stage_transcripts")}</h2>
        <p class="hint">{say("whyNoClips")}</p>
      </section>
    );
  }
  const byName = new Map(reading.clips.value.map((clip) => [clip.name, clip]));
  const shown = reading.shown.value.flatMap((name) => byName.get(name) ?? []);
  const move = (at: number, by: number, field: "text" | "play") => focusLine(list.current, at + by, field);
  const undo = async () => {
    const clip = await reading.undo();
    if (clip)
      focusLine(
        list.current,
        shown.findIndex(({ name }) => name === clip),
        "text",
      );
  };
  const keys = (event: KeyboardEvent) => {
    // In a field the browser takes back what is typed there.
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.target instanceof HTMLTextAreaElement) return;
    event.preventDefault();
    void undo();
  };
  return (
    <section class="pane" aria-labelledby="pane-title" onKeyDown={keys}>
      <h2 id="pane-title">{say("stage_transcripts")}</h2>
      <p class="faint">{say("proofWhat")}</p>
      <p class="proof-summary">
        {say("proofSummary", { count: report.summary.clips_kept, minutes: report.summary.usable_minutes.toFixed(1) })}
      </p>
      <div class="proof-tools">
        <Segmented
          label={say("show")}
          isLabelHidden
          value={reading.filter.value}
          choices={FILTERS.map((one) => [one, `${say(`filter_${one}`)} ${reading.counts.value[one]}`] as const)}
          onChoose={(filter) => reading.choose(filter)}
        />
        <button type="button" disabled={reading.changes.value.length === 0} onClick={() => void undo()}>
          {say("undo")}
        </button>
        <ListUpload desk={desk} />
      </div>
      <p class="faint keys">{say("proofKeys")}</p>
      {shown.length === 0 && <p>{say("noLines")}</p>}
      <ol ref={list} class="proof" role="list" aria-label={say("stage_transcripts")}>
        {shown.slice(0, most.value).map((clip, at) => (
          <ProofLine key={clip.name} clip={clip} at={at} reading={reading} desk={desk} move={move} />
        ))}
      </ol>
      {shown.length > most.value && (
        <button type="button" onClick={() => (most.value += AT_ONCE)}>
          {say("showMore", { count: shown.length - most.value })}
        </button>
      )}
    </section>
  );
}

/** Takes the keyboard to a line, as far as there is one. */
function focusLine(list: HTMLElement | null, at: number, field: "text" | "play"): void {
  const line = list?.children[Math.max(0, at)];
  line?.querySelector<HTMLElement>(field === "text" ? "textarea" : ".listen")?.focus();
}

/** A `.list` that was written elsewhere; what fits no clip is told. */
function ListUpload({ desk }: { desk: Desk }) {
  const input = useRef<HTMLInputElement>(null);
  const problems = useMemo(() => signal<readonly TwoLanguages[]>([]), [desk]);
  const { room } = desk;
  const { say } = room;
  const take = async () => {
    const file = input.current?.files?.[0];
    if (!file) return;
    problems.value = [];
    await desk.change(async () => {
      problems.value = (await room.server.replaceTranscript(desk.name, file)).problems;
    });
    if (input.current) input.current.value = "";
  };
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        {say("uploadList")}
      </button>
      <input ref={input} type="file" accept=".list,.txt" hidden onChange={() => void take()} />
      {problems.value.length > 0 && (
        <ul class="problems" role="alert">
          {problems.value.map(({ en, zh }, at) => (
            <li key={at}>{room.session.language.pick(en, zh)}</li>
          ))}
        </ul>
      )}
    </>
  );
}
