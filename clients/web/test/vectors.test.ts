/** The rules that every client keeps, by the cases that the Python clients are tested with as well. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { SpeechBounds } from "../src/talk/bounds";
import { fromBase64 } from "../src/talk/base64";
import { frameOf, readFrames } from "../src/talk/frames";
import { heardText, History, type SpokenPiece } from "../src/talk/history";
import { isBackchannel, isEcho, judge, type Verdict } from "../src/talk/interruption";
import type { Frame, Message } from "../src/talk/types";
import { vectors } from "./files";

interface Named {
  readonly name: string;
}

interface BoundsCase extends Named {
  readonly silence_ms: number;
  readonly probabilities: ReadonlyArray<readonly [number, number]>;
  readonly finish: boolean;
  readonly want: readonly unknown[];
}

interface JudgeCase extends Named {
  readonly is?: string;
  readonly speech_s: number;
  readonly is_over: boolean;
  readonly text: string | null;
  readonly speaking: string;
  readonly has_recogniser: boolean;
  readonly want: Verdict | boolean;
}

type Step = readonly ["user" | "answer", string] | readonly ["heard", ReadonlyArray<readonly [string, number]>, number];

type HistoryCase = Named &
  (
    | { is: "heard_text"; pieces: ReadonlyArray<readonly [string, number]>; played_s: number; want: string }
    | { is: "messages"; steps: readonly Step[]; system: string; keep_turns: number | null; want: readonly Message[] }
  );

interface SseCase extends Named {
  readonly lines: readonly string[];
  readonly want: ReadonlyArray<{
    text: string;
    audio_hex: string | null;
    is_last: boolean;
    timing_ms: Record<string, number>;
    hint: string;
    error: string;
  }>;
}

const casesOf = <Case>(name: string): readonly Case[] => vectors<{ cases: readonly Case[] }>(name).cases;

for (const { name, ...the } of casesOf<BoundsCase>("bounds")) {
  test(`bounds: ${name}`, () => {
    const bounds = new SpeechBounds(the.silence_ms);
    const values = the.probabilities.flatMap(([value, count]) => new Array<number>(count).fill(value));
    const found = values.map((value, at) => ({ at, event: bounds.feed(value) }));
    if (the.finish) found.push({ at: values.length, event: bounds.finish() });
    const told = found.flatMap(({ at, event }) => (event ? [{ at, ...event }] : []));
    assert.deepEqual(told.map(inPythonsNames), the.want);
  });
}

for (const { name, want, ...the } of casesOf<JudgeCase>("interruption")) {
  test(`interruption: ${name}`, () => {
    if (the.is === "is_backchannel") assert.equal(isBackchannel(the.text!), want);
    else if (the.is === "is_echo") assert.equal(isEcho(the.text!, the.speaking), want);
    else assert.equal(judge(the.speech_s, the.is_over, the.text, the.speaking, the.has_recogniser), want);
  });
}

for (const the of casesOf<HistoryCase>("history")) {
  test(`history: ${the.name}`, () => {
    if (the.is === "heard_text") assert.equal(heardText(spoken(the.pieces), the.played_s), the.want);
    else assert.deepEqual(remembered(the.steps, the.keep_turns).messages(the.system), the.want);
  });
}

for (const { name, lines, want } of casesOf<SseCase>("sse")) {
  for (const [ending, size] of [
    ["\n", 1000],
    ["\r\n", 1],
    ["\r", 7],
  ] as const) {
    test(`frames: ${name} (${JSON.stringify(ending)}, ${size} bytes at a time)`, async () => {
      const frames = await framesOf(lines.map((line) => line + ending).join(""), size);
      const plain = frames.map(({ text, isLast, timingMs, hint, error }) => ({ text, isLast, timingMs, hint, error }));
      assert.deepEqual(
        plain,
        want.map((frame) => ({
          text: frame.text,
          isLast: frame.is_last,
          timingMs: frame.timing_ms,
          hint: frame.hint,
          error: frame.error,
        })),
      );
      frames.forEach((frame, i) =>
        assert.equal(frame.sound !== null || frame.isUnreadable, want[i].audio_hex !== null),
      );
    });
  }
}

test("times that are no numbers are left out", () => {
  const timings: [string, object][] = [
    ['{"first_token": 5, "done": "soon", "first_piece": null}', { first_token: 5 }],
    ["null", {}],
    ['"soon"', {}],
    ["[]", {}],
  ];
  for (const [timing, want] of timings) {
    assert.deepEqual(frameOf(`{"done": true, "timing": ${timing}}`).timingMs, want);
  }
});

test("fields of a wrong kind are none, and what is no frame breaks the stream off", () => {
  const frame = frameOf('{"file": 7, "message": [], "hint": {}, "error": null, "done": 1}');
  assert.deepEqual(frame, { text: "", sound: null, isUnreadable: false, isLast: false, timingMs: {}, hint: "", error: "" });
  for (const line of ["null", "7", '"text"', "{"]) assert.throws(() => frameOf(line), /broke off/);
});

test("a question is taken away as it was added", () => {
  const history = new History();
  assert.equal(history.dropQuestion(), null);
  for (const question of ["a", "b\nc"]) history.addUser(question);
  assert.equal(history.dropQuestion(), "b\nc");
  assert.deepEqual(history.entries, [{ role: "user", content: "a" }]);
  assert.equal(history.dropQuestion(), "a");
  history.restore([{ role: "user", content: "kept" }]);
  history.addUser("d");
  assert.equal(history.dropQuestion(), "d");
  history.addAnswer("e");
  assert.equal(history.dropQuestion(), null);
  assert.deepEqual(history.entries.map(({ content }) => content), ["kept", "e"]);
});

test("base64 of both alphabets, with padding and without", () => {
  const audio = casesOf<SseCase>("sse").flatMap(({ lines, want }) =>
    lines.flatMap((line, i) => {
      const file = /"file": "([^"]{21,})"/.exec(line)?.[1];
      const hex = want[i]?.audio_hex;
      return file && hex ? [[Buffer.from(fromBase64(file)).toString("hex"), hex]] : [];
    }),
  );
  assert.ok(audio.length > 3);
  for (const [found, wanted] of audio) assert.equal(found, wanted);
});

/** isCut -> is_cut. */
function inPythonsNames(event: object): Record<string, unknown> {
  const renamed = Object.entries(event).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return Object.fromEntries(renamed) as Record<string, unknown>;
}

function spoken(pieces: ReadonlyArray<readonly [string, number]>): SpokenPiece[] {
  return pieces.map(([text, soundS]) => ({ text, soundS }));
}

function remembered(steps: readonly Step[], keepTurns: number | null): History {
  const history = new History(keepTurns);
  for (const step of steps) {
    if (step[0] === "heard") history.addHeard(spoken(step[1]), step[2]);
    else if (step[0] === "user") history.addUser(step[1]);
    else history.addAnswer(step[1]);
  }
  return history;
}

/** As far as the stream holds them; that it broke off is not looked at here. */
async function framesOf(stream: string, size: number): Promise<Frame[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const all = new TextEncoder().encode(stream);
    for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
  }
  const frames: Frame[] = [];
  try {
    for await (const frame of readFrames(bytes())) frames.push(frame);
  } catch {
    assert.ok(!frames.some((frame) => frame.isLast));
  }
  return frames;
}
