/** Recording in the page: a level to watch, a word when it is too soft or too loud, and a listen before it is kept. */

import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

import { fileName } from "../../face/export";
import { MicrophoneIcon, StopIcon } from "../../face/icons";
import type { Desk } from "../desk";
import { LONGEST_S, Recorder } from "../recorder";
import { ListenButton, clock } from "./parts";

const PREVIEW = "blob:recorded";

export function RecordBox({ desk }: { desk: Desk }) {
  const { room } = desk;
  const { say } = room;
  const taken = useMemo(() => signal<Blob | null>(null), []);
  const recorder = useMemo(() => {
    const made: Recorder = new Recorder(() => finish(made));
    return made;
  }, []);
  const finish = (from: Recorder) => {
    taken.value = from.stop();
    if (taken.value) room.sounds.put(PREVIEW, taken.value);
  };
  useEffect(() => () => recorder.close(), [recorder]);
  const keep = () => {
    const name = fileName(new Date(), "wav").replace("yinliu", "recording");
    const { value: sound } = taken;
    if (sound && room.rules.value) desk.uploads.add([{ file: new File([sound], name), path: name }], room.rules.value);
    taken.value = null;
    room.sounds.stop();
  };
  const begin = () => {
    room.sounds.stop();
    taken.value = null;
    void recorder.start(room.session.settings.now.peek().device);
  };
  const trouble = recorder.trouble.value;
  return (
    <div class="record">
      {recorder.isOn.value ? (
        <Running recorder={recorder} desk={desk} stop={() => finish(recorder)} />
      ) : (
        <button type="button" onClick={begin}>
          <MicrophoneIcon />
          {say("record")}
        </button>
      )}
      {taken.value && !recorder.isOn.value && (
        <span class="buttons" role="group" aria-label={say("recorded")}>
          <ListenButton room={room} path={PREVIEW} of={say("recorded")} />
          <span>{clock(recorder.seconds.value)}</span>
          <button type="button" class="main" onClick={keep}>
            {say("recordKeep")}
          </button>
          <button type="button" onClick={() => (taken.value = null)}>
            {say("recordDiscard")}
          </button>
        </span>
      )}
      {!recorder.isOn.value && !taken.value && (
        <span class="faint">{say("recordWhat", { minutes: LONGEST_S / 60 })}</span>
      )}
      {trouble && "english" in trouble && <p role="alert">{room.tell(trouble)}</p>}
    </div>
  );
}

function Running({ recorder, desk, stop }: { recorder: Recorder; desk: Desk; stop: () => void }) {
  const { say } = desk.room;
  const hint = recorder.hint.value;
  // The square root is closer to what one hears.
  const level = Math.sqrt(recorder.peak.value);
  return (
    <>
      <button type="button" class="main" onClick={stop}>
        <StopIcon />
        {say("recordStop")}
      </button>
      <span class="record-time">{clock(recorder.seconds.value)}</span>
      <meter class="level" min={0} max={1} high={0.97} value={level} aria-label={say("level")} />
      <span class={`record-hint ${hint}`} role="status">
        {hint === "none" ? "" : say(`hint_${hint}`)}
      </span>
    </>
  );
}
