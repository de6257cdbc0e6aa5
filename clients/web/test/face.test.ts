/** What the page shows, without a browser: events become lines, choices become options, times become a bar. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ceiling, segmentsOf } from "../src/face/latency";
import { asText } from "../src/face/export";
import { readerOf } from "../src/face/language";
import { placeOf, tokenIn } from "../src/face/place";
import { merged, USUAL, withdrawn } from "../src/face/settings";
import { optionsOf } from "../src/face/talk_options";
import { type Line, restored, spaceBetween, turnsOf, unheardText, withEvent } from "../src/face/transcript";
import type { TalkEvent } from "../src/talk/types";
import { inWords, WORDS } from "../src/words";

const SPOKEN = new Uint8Array();
const HEARD: TalkEvent = { type: "heard", turn: 1, text: "Hello?", stagesMs: { heard: 200 }, recording: SPOKEN };

function after(...events: TalkEvent[]): readonly Line[] {
  return events.reduce<readonly Line[]>(withEvent, []);
}

function piece(number: number, text: string, turn = 1): TalkEvent {
  return { type: "piece", turn, number, text };
}

function answered(text: string, isWhole: boolean): TalkEvent {
  return { type: "answered", turn: 1, text, isWhole, stagesMs: { playing: 500 } };
}

test("a turn is shown piece by piece, and keeps the times of both its halves", () => {
  const lines = after(HEARD, piece(1, "One."), piece(2, "Two."), { type: "playing", turn: 1, number: 1 });
  const [turn] = turnsOf(lines);
  assert.deepEqual(turn.pieces.map(({ state }) => state), ["playing", "waiting"]);
  const [whole] = turnsOf(withEvent(lines, answered('"One. Two."', true)));
  assert.equal(whole.ending, "whole");
  assert.deepEqual(whole.stagesMs, { heard: 200, playing: 500 });
});

test("nothing of a turn that is over, or of another, is shown any more", () => {
  const lines = after(HEARD, answered('"One."', true));
  assert.equal(withEvent(lines, piece(2, "Late.")), lines);
  assert.equal(withEvent(lines, piece(2, "Of another.", 7)), lines);
});

test("a question that is asked again gets its answer where it stands", () => {
  const [turn] = turnsOf(after(HEARD, answered("", false), piece(1, "One.", 2)));
  assert.deepEqual([turn.turn, turn.ending, turn.pieces.length], [2, "open", 1]);
  assert.equal(turnsOf(after(HEARD, piece(1, "One."), answered("One.", false), piece(2, "Two.", 2)))[0].ending, "cut");
});

test("an answer that was cut shows what was not heard", () => {
  for (const [pieces, heard, unheard] of [
    [["One, two.", "Three, four."], "One, two. Three,", "four."],
    [["One, two. ", "Three."], '"One, two."', "Three."],
    [["今天天气", "真不错！"], '"今天天"', "气真不错！"],
    [["One."], "", "One."],
    [["One."], "One.", ""],
  ] as const) {
    const lines = after(HEARD, ...pieces.map((text, at) => piece(at, text)), answered(heard, false));
    assert.equal(unheardText(turnsOf(lines)[0]), unheard);
  }
});

test("the same trouble twice in a row is one line", () => {
  const trouble: TalkEvent = { type: "trouble", kind: "busy", english: "Busy.", chinese: "繁忙。" };
  assert.equal(after(trouble, trouble).length, 1);
  assert.equal(after(trouble, HEARD, trouble).length, 3);
});

test("a hint in both languages is shown in the reader's", () => {
  const [both] = after({ type: "hint", text: "Nothing was spoken. 没有朗读任何内容。" });
  assert.deepEqual(both, { kind: "hint", id: 1, english: "Nothing was spoken.", chinese: "没有朗读任何内容。" });
  const [one] = after({ type: "hint", text: "Only English, about 音流 and more." });
  assert.equal(one.kind === "hint" && one.chinese, "Only English, about 音流 and more.");
});

test("an answer that was open when the page was closed is cut, and stays as it is", () => {
  const turns = restored(turnsOf(after(HEARD, piece(1, "One."))));
  assert.deepEqual([turns[0].ending, turns[0].turn], ["cut", null]);
  assert.equal(withEvent(turns, piece(2, "Two.")), turns);
});

test("words of spaced scripts are kept apart, hanzi are not", () => {
  const pairs = [["One.", "Two."], ["One. ", "Two."], ["一。", "二。"]];
  assert.deepEqual(pairs.map(([before, after]) => spaceBetween(before, after)), [" ", "", ""]);
  assert.equal(spaceBetween("One.", " Two."), "");
});

test("the bar has each known stage once, and none runs backwards", () => {
  const segments = segmentsOf({ speech_ended: 0, heard: 200, first_piece: 150, playing: 400, done: 900 });
  assert.deepEqual(
    segments.map(({ stage, fromMs, toMs }) => [stage, fromMs, toMs]),
    [
      ["heard", 0, 200],
      ["first_piece", 200, 200],
      ["playing", 200, 400],
    ],
  );
  assert.deepEqual(segmentsOf({}), []);
});

test("the plot ends at a round number", () => {
  assert.deepEqual([0.01, 0.3, 0.5, 1.2, 7].map(ceiling), [0.1, 0.5, 0.5, 2, 10]);
});

test("the address says the place, and may bring a token", () => {
  assert.deepEqual(["", "#/talk", "#/studio", "#/elsewhere"].map(placeOf), ["talk", "talk", "studio", "talk"]);
  assert.deepEqual(tokenIn("#token=a%2Bb"), { token: "a+b", rest: "#" });
  assert.deepEqual(tokenIn("#/studio?token=abc"), { token: "abc", rest: "#/studio" });
  assert.equal(tokenIn("#/talk"), null);
  for (const broken of ["%", "a%b", "%e4%b8"]) {
    assert.deepEqual(tokenIn(`#token=${broken}`), { token: broken, rest: "#" }, "taken as it stands");
  }
});

test("kept choices of a wrong kind are not taken", () => {
  assert.deepEqual(merged({ speed: "fast", theme: 3, manner: "shouting", elsewhere: 1 }), USUAL);
  assert.equal(merged({ temperature: 0.5, system: "Be kind." }).temperature, 0.5);
  assert.equal(merged({ temperature: "hot", speed: Number.NaN }).temperature, null);
  assert.deepEqual(merged(null), USUAL);
});

test("only what was chosen is asked for, and a character brings its own prompt", () => {
  const usual = optionsOf(USUAL);
  const wishes = [usual.character, usual.voice, usual.language, usual.speed, usual.llm];
  assert.ok(wishes.every((wish) => wish === null));
  assert.match(usual.system ?? "", /double quotes/);
  assert.equal(optionsOf({ ...USUAL, character: "A" }).system, "");
  assert.equal(optionsOf({ ...USUAL, character: "A", system: "Be kind." }).system, "Be kind.");
  assert.deepEqual(optionsOf({ ...USUAL, temperature: 0 }).llm, { model: undefined, temperature: 0 });
  assert.equal(optionsOf({ ...USUAL, manner: "hold" }).mode, "push");
});

test("what the server does not offer any more is let go", () => {
  const characters = [{ name: "A", about: "" }];
  const choices = { characters, voices: [], languages: [], llm: { model: "", models: ["m"] } };
  const chosen = { ...USUAL, character: "B", voice: "V", model: "n" };
  assert.deepEqual(withdrawn(chosen, choices), { character: "", voice: "", model: "" });
  assert.deepEqual(withdrawn({ ...USUAL, character: "A", model: "m" }, choices), {});
  assert.deepEqual(withdrawn({ ...USUAL, model: "n" }, { ...choices, llm: { model: "", models: [] } }), {});
});

test("the first language that the page knows is its own", () => {
  assert.deepEqual([readerOf(["fr", "zh-TW", "en"]), readerOf(["fr"]), readerOf([])], ["zh", "en", "en"]);
});

test("a conversation is saved as text with what was not heard", () => {
  const lines = after(HEARD, piece(1, "One."), piece(2, "Two."), answered('"One."', false));
  const text = asText(turnsOf(lines), (word, values) => inWords("en", word, values));
  assert.equal(text, 'You: Hello?\nAssistant: "One." [not heard: Two.]\n');
});

test("every sentence says the same values in both languages", () => {
  for (const [english, chinese] of Object.values(WORDS)) {
    const names = (sentence: string): string[] => (sentence.match(/\{\w+\}/g) ?? []).sort();
    assert.deepEqual(names(chinese), names(english));
  }
});
