/** The recordings: brought in from files and folders, or made here, each with its waveform. */

import { signal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";

import type { Desk } from "../desk";
import { chosen, entriesOf, filesIn } from "../dropped";
import { UploadIcon } from "./icons";
import { RecordBox } from "./record_box";
import { RecordingRow } from "./recording_row";
import { UploadList } from "./upload_list";

export function RecordingsPane({ desk }: { desk: Desk }) {
  const { say } = desk.room;
  const recordings = desk.recordings.value;
  return (
    <section class="pane" aria-labelledby="pane-title">
      <h2 id="pane-title">{say("stage_recordings")}</h2>
      <p class="faint">{say("recordingsWhat")}</p>
      <DropArea desk={desk} />
      <RecordBox desk={desk} />
      <UploadList desk={desk} />
      {recordings.length > 0 && (
        <ul class="recordings" role="list" aria-label={say("stage_recordings")}>
          {recordings.map((recording) => (
            <RecordingRow key={`${recording.filename} ${recording.modified_at}`} recording={recording} desk={desk} />
          ))}
        </ul>
      )}
    </section>
  );
}

function DropArea({ desk }: { desk: Desk }) {
  const isOver = useMemo(() => signal(false), []);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const { say, rules } = desk.room;
  if (!rules.value) return null;
  const take = async (event: DragEvent) => {
    event.preventDefault();
    isOver.value = false;
    const { items, files: plain } = event.dataTransfer ?? {};
    const entries = items ? entriesOf(items) : [];
    // What has no entry, as a picture that was dragged from a page, may still be a file.
    const found = entries.length > 0 ? await filesIn(entries) : chosen(plain ?? []);
    if (rules.value) desk.uploads.add(found, rules.value);
  };
  const pick = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    if (input.files && rules.value) desk.uploads.add(chosen(input.files), rules.value);
    input.value = "";
  };
  const hover = (event: DragEvent) => {
    event.preventDefault();
    isOver.value = true;
  };
  return (
    <div
      class={`drop ${isOver.value ? "over" : ""}`}
      onDragOver={hover}
      onDragLeave={() => (isOver.value = false)}
      onDrop={(event) => void take(event)}
    >
      <UploadIcon />
      <p>{say("dropHere")}</p>
      <div class="buttons">
        <button type="button" class="main" onClick={() => files.current?.click()}>
          {say("chooseFiles")}
        </button>
        <button type="button" onClick={() => folder.current?.click()}>
          {say("chooseFolder")}
        </button>
      </div>
      <p class="faint">{say("dropKinds", { kinds: rules.value.extensions.map((one) => one.slice(1)).join(", ") })}</p>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        accept={`audio/*,${rules.value.extensions.join(",")}`}
        onChange={pick}
      />
      <input ref={folder} type="file" multiple hidden {...{ webkitdirectory: true }} onChange={pick} />
    </div>
  );
}
