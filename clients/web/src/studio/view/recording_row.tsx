/** One recording: played, drawn with the clips that were cut from it, deleted. */

import type { Desk } from "../desk";
import { spansOn } from "../peaks";
import { recordingPath } from "../server";
import { isTooLarge } from "../sounds";
import type { Recording } from "../types";
import { TrashIcon } from "./icons";
import { ListenButton, SureButton, clock, megabytes } from "./parts";
import { Waveform } from "./waveform";

export function RecordingRow({ recording, desk }: { recording: Recording; desk: Desk }) {
  const { room } = desk;
  const { say } = room;
  const { filename, duration, file_size } = recording;
  const path = recordingPath(desk.name, filename);
  if (isTooLarge(recording)) room.sounds.stream(path);
  const remove = async () => {
    room.sounds.stop();
    room.sounds.forget(path);
    await desk.change(() => room.server.deleteRecording(desk.name, filename));
    document.getElementById("main")?.focus();
  };
  return (
    <li class="recording">
      <div class="recording-head">
        <ListenButton room={room} path={path} of={filename} />
        <span class="recording-title">
          <b>{filename}</b>
          <span class="faint">
            {duration === null ? "" : `${clock(duration)} · `}
            {megabytes(file_size)}
          </span>
        </span>
        <SureButton
          room={room}
          class="round danger"
          label={say("deleteOf", { name: filename })}
          question={say("deleteFileSure", { name: filename })}
          yes={say("deleteYes")}
          act={() => void remove()}
        >
          <TrashIcon />
        </SureButton>
      </div>
      <Waveform
        recording={recording}
        path={path}
        spans={spansOn(filename, desk.report.value?.clips ?? [])}
        room={room}
      />
    </li>
  );
}
