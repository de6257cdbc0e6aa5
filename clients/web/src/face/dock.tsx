/** The bottom of the talk page: state in words, waveform, how the microphone works, its button, the text box. */

import { Composer } from "./composer";
import { MicrophoneButton, MicrophoneOff } from "./microphone_button";
import type { Session } from "./session";
import { Segmented } from "./fields";
import { Wave } from "./wave";

export function Dock({ session }: { session: Session }) {
  return (
    <section class={`dock ${session.state.value} ${session.microphone.isOn.value ? "open" : ""}`}>
      <div class="dock-state">
        <StateWords session={session} />
        <Wave microphone={session.microphone} label={session.language.say("waveform")} />
        <MicrophoneOff session={session} />
        <Manner session={session} />
      </div>
      <div class="dock-row">
        <MicrophoneButton session={session} />
        <Composer session={session} />
      </div>
    </section>
  );
}

function StateWords({ session }: { session: Session }) {
  const state = session.state.value;
  const isWaitingForHold = state === "listening" && session.settings.now.value.manner === "hold";
  const word = isWaitingForHold ? "microphoneHold" : state;
  return <p class="state-words">{session.language.say(word)}</p>;
}

function Manner({ session }: { session: Session }) {
  const { say } = session.language;
  const choose = (manner: "free" | "hold") => {
    session.settings.change({ manner });
    session.microphone.close();
  };
  return (
    <Segmented
      label={say("manner")}
      isLabelHidden
      value={session.settings.now.value.manner}
      choices={[
        ["free", say("free")],
        ["hold", say("hold")],
      ]}
      onChoose={choose}
    />
  );
}
