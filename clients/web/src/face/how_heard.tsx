/** The settings of listening: which microphone, whether speech interrupts, and how long a pause ends an utterance. */

import { Picker, Slider, Switch } from "./fields";
import type { Session } from "./session";
import type { Settings } from "./settings";

export function HowHeard({ session }: { session: Session }) {
  const { say } = session.language;
  const now = session.settings.now.value;
  const change = (changes: Partial<Settings>) => session.settings.change(changes);
  const reopen = (changes: Partial<Settings>) => {
    change(changes);
    void session.microphone.reopen();
  };
  const devices = session.microphone.devices.value.filter((device) => device.id !== "");
  const named = devices.map(
    ({ id, label }, at) => [id, label || say("deviceUnnamed", { number: at + 1 })] as const,
  );
  return (
    <section class="group">
      <h3>{say("hearingYou")}</h3>
      <Picker
        label={say("device")}
        value={now.device}
        choices={[["", say("deviceUsual")], ...named]}
        onChoose={(device) => reopen({ device })}
      />
      <Picker
        label={say("duplex")}
        value={now.duplex}
        choices={[
          ["full", say("full")],
          ["half", say("half")],
        ]}
        onChoose={(duplex) => change({ duplex })}
      />
      <Slider
        label={say("silence")}
        words={say("milliseconds", { ms: now.silenceMs })}
        value={now.silenceMs}
        min={200}
        max={1500}
        step={100}
        onChange={(silenceMs) => change({ silenceMs })}
      />
      <Switch label={say("echo")} isOn={now.cancelsEcho} onChange={(cancelsEcho) => reopen({ cancelsEcho })} />
    </section>
  );
}
