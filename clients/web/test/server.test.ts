/** The server's client against a real socket that answers as a server may, and as none should. */

import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { REAL_CLOCK } from "../src/talk/clock";
import { Server, ServerTrouble } from "../src/talk/server";
import { ServerWatch } from "../src/talk/server_watch";
import type { Frame, Health } from "../src/talk/types";
import { toBase64 } from "../src/talk/base64";
import { encodeWav } from "../src/talk/wav";
import { FakeClock, settled } from "./fakes";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly body: Record<string, unknown> | null;
}

type Answer = (response: ServerResponse, asked: Asked) => void;

const NEVER = new AbortController().signal;

/** Runs with a server that answers so, and with what it was asked. */
async function served(
  answer: Answer,
  run: (server: Server, asked: Asked[], gone: () => boolean) => Promise<void>,
  token = "",
): Promise<void> {
  const asked: Asked[] = [];
  let isGone = false;
  const http = createServer((request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    response.on("close", () => (isGone ||= !response.writableFinished));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString();
      const { method = "", url = "", headers } = request;
      asked.push({
        method,
        path: url,
        token: headers.authorization,
        body: text ? (JSON.parse(text) as Record<string, unknown>) : null,
      });
      answer(response, asked[asked.length - 1]);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  try {
    await run(new Server(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`, token), asked, () => isGone);
  } finally {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) =>
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
}

async function collected(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const found: Frame[] = [];
  for await (const frame of frames) found.push(frame);
  return found;
}

async function troubleOf(work: Promise<unknown>): Promise<ServerTrouble> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ServerTrouble, `${error}`);
    assert.ok(error.english && /\p{Script=Han}/u.test(error.chinese), "a sentence in both languages");
    return error;
  }
  throw new assert.AssertionError({ message: "nothing failed" });
}

test("a recording is sent, and its text comes back", async () => {
  await served(json(200, '你好 "世界"'), async (server, asked) => {
    const recording = encodeWav(Float32Array.of(0.1, -0.9, 0.5), 16000);
    assert.deepEqual(await server.hear(recording, true, NEVER), { text: '你好 "世界"', isRejected: false });
    assert.equal(asked[0].path, "/api/asr");
    assert.deepEqual(Buffer.from(asked[0].body!.data as string, "base64url"), Buffer.from(recording));
    assert.equal(asked[0].token, undefined);
    for (const language of ["zh", "auto", null]) await server.hear(recording, true, NEVER, language);
    assert.deepEqual(
      asked.map(({ body }) => body!.language),
      [undefined, "zh", undefined, undefined],
    );
  });
});

test("silence, and a speaker who was not known", async () => {
  await served(json(200, ""), async (server) => {
    assert.deepEqual(await server.hear(new Uint8Array(44), true, NEVER), { text: "", isRejected: false });
  });
  await served(json(200, "None"), async (server) => {
    assert.deepEqual(await server.hear(new Uint8Array(44), true, NEVER), { text: "", isRejected: true });
  });
});

test("an answer is asked with the wishes that there are, and arrives frame by frame", async () => {
  const sound = toBase64(encodeWav(new Float32Array(10), 24000));
  const answer: Answer = (response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`data: {"file": "${sound}", "message": "你好", "done": false}\n\n`);
    setTimeout(
      () => response.end('data: {"file": "", "message": "\\"你好\\"", "done": true, "timing": {"done": 5}}\n\n'),
      30,
    );
  };
  const wishes = { stream: "chunks", character: null, voice: "", speed: 1.2, llm: { model: "m" } } as const;
  await served(
    answer,
    async (server, asked) => {
      const frames = await collected(server.answer([{ role: "user", content: "hi" }], wishes, NEVER));
      assert.deepEqual(asked[0].body, {
        msg: [{ role: "user", content: "hi" }],
        stream: "chunks",
        speed: 1.2,
        llm: { model: "m" },
      });
      assert.equal(asked[0].token, "Bearer secret");
      assert.equal(frames[0].sound?.rateHz, 24000);
      assert.equal(frames[0].sound?.samples.length, 10);
      assert.deepEqual([frames[1].isLast, frames[1].text, frames[1].timingMs], [true, '"你好"', { done: 5 }]);
    },
    "secret",
  );
});

test("sound that is no WAV file is told", async () => {
  const answer: Answer = (response) =>
    response.end(`data: {"file": "${"A".repeat(40)}", "message": "a"}\n\ndata: {"done": true}\n\n`);
  await served(answer, async (server) => {
    const [first] = await collected(server.answer([], {}, NEVER));
    assert.deepEqual([first.sound, first.isUnreadable], [null, true]);
  });
});

const BROKEN: [string, Answer][] = [
  [
    "closed without the last frame",
    (response) => response.end('data: {"file": "None", "message": "a", "done": false}\n\n'),
  ],
  [
    "torn",
    (response) => {
      response.write('data: {"file": "None", "message": "a", "done": false}\n\n');
      setTimeout(() => response.destroy(), 20);
    },
  ],
  [
    "torn in a line",
    (response) => {
      response.write('data: {"file": "None", "message": "a", "done": false}\n\ndata: {"fi');
      setTimeout(() => response.destroy(), 20);
    },
  ],
  ["followed by nonsense", (response) => response.end('data: {"message": "a"}\n\ndata: nonsense\n\n')],
];
for (const [name, answer] of BROKEN) {
  test(`a stream that is ${name} has broken off, after what had come`, async () => {
    await served(answer, async (server) => {
      const found: Frame[] = [];
      const reading = async (): Promise<void> => {
        for await (const frame of server.answer([], {}, NEVER)) found.push(frame);
      };
      assert.equal((await troubleOf(reading())).kind, "broken_off");
      assert.deepEqual(
        found.map(({ text }) => text),
        ["a"],
      );
    });
  });
}

test("an answer that is not wanted any more closes its connection", async () => {
  const answer: Answer = (response) => void response.write('data: {"file": "None", "message": "a", "done": false}\n\n');
  await served(answer, async (server, _asked, gone) => {
    const stop = new AbortController();
    const reading = collected(server.answer([], {}, stop.signal));
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(reading, { name: "AbortError" });
    for (let waited = 0; !gone() && waited < 5000; waited += 20)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(gone());
  });
});

test("leaving the frames closes the connection too", async () => {
  const answer: Answer = (response) => void response.write('data: {"file": "None", "message": "a", "done": false}\n\n');
  await served(answer, async (server, _asked, gone) => {
    for await (const _ of server.answer([], {}, NEVER)) break;
    for (let waited = 0; !gone() && waited < 5000; waited += 20)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(gone());
  });
});

const REFUSALS: [string, Answer, Partial<ServerTrouble>][] = [
  ["401", json(401, { detail: "An access token is needed" }), { kind: "unauthorised" }],
  [
    "busy",
    json(503, { detail: "Too many turns.", code: "busy" }, { "Retry-After": "2" }),
    { kind: "busy", retryAfterS: 2 },
  ],
  [
    "loading",
    json(503, { detail: "Recogniser: still loading", code: "loading" }, { "Retry-After": "5" }),
    { kind: "loading", retryAfterS: 5 },
  ],
  [
    "no recogniser",
    json(503, { detail: "no speech model is installed", code: "speech_model_missing" }),
    { kind: "no_recogniser", english: "no speech model is installed" },
  ],
  ["no recogniser, of an older server", json(503, { detail: "speech model not installed" }), { kind: "no_recogniser" }],
  ["413", json(413, { detail: "too long" }), { kind: "other", english: "The server refused (413): too long" }],
  ["422", json(422, { detail: [{ msg: "x" }] }), { kind: "other" }],
  ["500 in plain text", (response) => response.writeHead(500).end("Internal Server Error"), { kind: "other" }],
  ["something else altogether", (response) => response.end("<html>"), { kind: "other" }],
];
for (const [name, answer, want] of REFUSALS) {
  test(`a refusal says what to do: ${name}`, async () => {
    await served(answer, async (server) => {
      const trouble = await troubleOf(server.hear(new Uint8Array(44), true, NEVER));
      for (const [key, value] of Object.entries(want)) assert.equal(trouble[key as keyof ServerTrouble], value, key);
    });
  });
}

test("nobody there", async () => {
  const server = new Server("http://127.0.0.1:9");
  assert.equal((await troubleOf(server.health())).kind, "away");
  assert.equal((await troubleOf(collected(server.answer([], {}, NEVER)))).kind, "away");
  const stop = AbortSignal.abort();
  await assert.rejects(server.hear(new Uint8Array(44), true, stop), { name: "AbortError" });
});

test("an older server offers no choices, another one what it has", async () => {
  await served(json(404, { detail: "Not Found" }), async (server) => {
    assert.deepEqual(await server.choices(), {
      characters: [],
      voices: [],
      languages: [],
      llm: { model: "", models: [] },
    });
  });
  await served(json(200, { voices: ["a"], characters: [{ name: "n", about: "" }] }), async (server) => {
    const choices = await server.choices();
    assert.deepEqual([choices.voices, choices.characters[0].name, choices.llm.models], [["a"], "n", []]);
  });
});

test("the watch asks often while something loads, rarely afterwards, and tells changes only", async () => {
  const clock = new FakeClock();
  const health = (state: "loading" | "ready"): Health => ({
    status: "healthy",
    engines: { asr: { state }, llm: { state: "ready" }, tts: { state: "ready" } },
  });
  const answers: (Health | null)[] = [null, null, health("loading"), health("loading"), health("ready")];
  let asked = 0;
  const told: (string | null)[] = [];
  const watch = new ServerWatch(
    async () => {
      const answer = answers[Math.min(asked++, answers.length - 1)];
      if (!answer) throw new Error("away");
      return answer;
    },
    (found) => told.push(found && found.engines.asr.state),
    clock,
  );
  watch.start();
  await clock.pass(8100);
  assert.equal(asked, 5);
  assert.deepEqual(told, [null, "loading", "ready"]);
  await clock.pass(29_000);
  assert.equal(asked, 5);
  await clock.pass(2000);
  assert.equal(asked, 6);
  watch.look();
  await settled();
  assert.equal(asked, 7);
  watch.stop();
  await clock.pass(100_000);
  assert.equal(asked, 7);
  assert.deepEqual(told, [null, "loading", "ready"]);
});

test("the real clock calls back, and can be told not to", async () => {
  const calls: string[] = [];
  REAL_CLOCK.after(1, () => calls.push("kept"));
  REAL_CLOCK.after(1, () => calls.push("prevented"))();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(calls, ["kept"]);
  assert.ok(REAL_CLOCK.nowMs() > 0);
});
