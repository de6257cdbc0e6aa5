/** The way from the studio to a conversation with the character. */

import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";

import type { Desk } from "../desk";

export function TalkToIt({ desk }: { desk: Desk }) {
  const { room, name } = desk;
  const isUnknown = useMemo(() => signal(false), []);
  const go = async () => {
    const { server, settings } = room.session;
    // Choices that the server does not know are let go; the character may be newer than they are.
    await server.refreshChoices();
    isUnknown.value = !server.choices.value.characters.some((one) => one.name === name);
    if (isUnknown.value) return;
    settings.change({ character: name, voice: "" });
    location.hash = "#/talk";
  };
  return (
    <div class="act">
      <button type="button" onClick={() => void go()}>
        {room.say("talkTo", { name })}
      </button>
      {isUnknown.value && <span role="alert">{room.say("cannotTalk")}</span>}
    </div>
  );
}
