/** What a screen reader is told. The answer itself is heard, so its text is said only where it had no sound. */

import type { TalkEvent } from "../talk/types";
import type { Language } from "./language";
import type { TurnLine } from "./transcript";
import type { Word } from "../words";

const IGNORED: Record<string, Word> = {
  echo: "ignoredEcho",
  backchannel: "ignoredBackchannel",
  nothing: "ignoredNothing",
  rejected: "ignoredRejected",
};

/** Why an utterance led to nothing, as a sentence. */
export function whyIgnored(why: string, text: string, language: Language): string {
  return language.say(IGNORED[why] ?? "ignoredNothing", { text });
}

/** A sentence, or "" where nothing is worth saying aloud. */
export function announcement(event: TalkEvent, turns: readonly TurnLine[], language: Language): string {
  switch (event.type) {
    case "heard":
      return event.recording ? language.say("saidYou", { text: event.text }) : "";
    case "ignored":
      return whyIgnored(event.why, event.text, language);
    case "answered":
      return endOfAnswer(event, turns, language);
    case "trouble":
      return language.pick(event.english, event.chinese);
    case "hint":
      return event.text;
    default:
      return "";
  }
}

type Answered = Extract<TalkEvent, { type: "answered" }>;

function endOfAnswer(event: Answered, turns: readonly TurnLine[], language: Language): string {
  if (!event.isWhole) return language.say("interrupted");
  const turn = turns.find((turn) => turn.turn === event.turn);
  return turn && turn.stagesMs.playing === undefined ? language.say("saidIt", { text: event.text }) : "";
}
