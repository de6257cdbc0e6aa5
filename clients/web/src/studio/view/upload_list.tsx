/** What is on its way, file by file: how far, and what can be done about it. */

import { CloseIcon } from "../../face/icons";
import type { Desk } from "../desk";
import type { Upload } from "../upload_queue";
import { CheckIcon, PauseIcon, PlayIcon, RetryIcon } from "./icons";
import { megabytes } from "./parts";

export function UploadList({ desk }: { desk: Desk }) {
  const { say } = desk.room;
  const { uploads, leftOut } = desk.uploads;
  const all = uploads.value;
  const done = all.filter(({ state }) => state === "done").length;
  return (
    <>
      {leftOut.value > 0 && (
        <p class="faint" role="status">
          {say("leftOut", { count: leftOut.value })}
        </p>
      )}
      {all.length > 0 && (
        <section class="uploads" aria-label={say("uploads")}>
          <header>
            <p role="status">{say("uploadsDone", { done, count: all.length })}</p>
            {done > 0 && (
              <button type="button" class="quiet" onClick={() => desk.uploads.clearDone()}>
                {say("clearDone")}
              </button>
            )}
          </header>
          <ul role="list">
            {all.map((upload) => (
              <UploadRow key={upload.id} upload={upload} desk={desk} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function UploadRow({ upload, desk }: { upload: Upload; desk: Desk }) {
  const { say, tell } = desk.room;
  const { id, path, size, sent, state, trouble } = upload;
  const percent = size > 0 ? Math.floor((100 * sent) / size) : 0;
  const words = state === "sending" ? say("percentOf", { percent, size: megabytes(size) }) : say(`upload_${state}`);
  return (
    <li class={`upload ${state}`}>
      <span class="upload-name">{path}</span>
      <span class="upload-state">{trouble ? tell(trouble) : words}</span>
      <span class="upload-tools">
        {state === "done" && <CheckIcon />}
        {(state === "waiting" || state === "sending") && (
          <button
            type="button"
            class="round"
            aria-label={say("pauseOf", { of: path })}
            onClick={() => desk.uploads.pause(id)}
          >
            <PauseIcon />
          </button>
        )}
        {state === "paused" && (
          <button
            type="button"
            class="round"
            aria-label={say("resumeOf", { of: path })}
            onClick={() => desk.uploads.resume(id)}
          >
            <PlayIcon />
          </button>
        )}
        {state === "failed" && (
          <button
            type="button"
            class="round"
            aria-label={say("retryOf", { of: path })}
            onClick={() => desk.uploads.resume(id)}
          >
            <RetryIcon />
          </button>
        )}
        {state !== "done" && (
          <button
            type="button"
            class="round"
            aria-label={say("removeOf", { of: path })}
            onClick={() => desk.uploads.remove(id)}
          >
            <CloseIcon />
          </button>
        )}
      </span>
      {(state === "sending" || state === "paused") && (
        <progress max={Math.max(size, 1)} value={sent} aria-label={path} />
      )}
    </li>
  );
}
