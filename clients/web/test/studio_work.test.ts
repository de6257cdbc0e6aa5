/** The studio's work in virtual time: a job that is followed through a broken line, and uploads one after the other. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { filesIn } from "../src/studio/dropped";
import { EventLines } from "../src/studio/event_lines";
import { BEGINNING, hasEnded, withServerEvent } from "../src/studio/job_story";
import { JobWatch } from "../src/studio/job_watch";
import { StudioRefusal } from "../src/studio/refusals";
import { faultOf, type Send, UploadQueue } from "../src/studio/upload_queue";
import { ServerTrouble } from "../src/talk/server_trouble";
import { settled } from "./fakes";

const RULES = { enabled: true, upload_bytes: 100, extensions: [".wav", ".mp3"] };

function event(id: number, type: string, data: unknown): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function streamOf(...texts: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}

test("events are the same wherever the stream is cut", () => {
  const text = ': a comment\n\nid: 7\nevent: log\ndata: {"line": "一"}\r\n\r\ndata: a\ndata: b\n\n';
  const whole = new EventLines().feed(text);
  assert.deepEqual(whole, [
    { id: "7", type: "log", data: '{"line": "一"}' },
    { id: "", type: "", data: "a\nb" },
  ]);
  for (let at = 0; at <= text.length; at++) {
    const lines = new EventLines();
    assert.deepEqual([...lines.feed(text.slice(0, at)), ...lines.feed(text.slice(at))], whole);
  }
});

test("events become a story", () => {
  const events: [string, unknown][] = [
    ["state", { state: "running" }],
    ["progress", { stage: "train_sovits", progress: 70, eta_s: 12 }],
    ["log", { at: "2026-01-01T00:00:00", line: "begun", level: "info" }],
    ["point", { at: "x", step: 1, loss: 3, lr: 0.1 }],
    ["point", { at: "x", step: 2, loss: Number.NaN }],
    ["point", { step: 2, loss: 2 }],
    ["log", { at: "2026-01-01T00:00:01", line: "ended", line_zh: "结束", level: "info" }],
    ["news", { name: "sample a", sample: "sovits-e4.wav" }],
    ["news", { name: "something else" }],
    ["nonsense", {}],
  ];
  const story = events.reduce(
    (told, [type, data]) => withServerEvent(told, { id: "", type, data: JSON.stringify(data) }),
    BEGINNING,
  );
  assert.deepEqual([story.state, story.stage, story.progress, story.etaS], ["running", "train_sovits", 70, 12]);
  assert.deepEqual(story.curves, {
    train_sovits: {
      loss: [
        [1, 3],
        [2, 2],
      ],
      lr: [[1, 0.1]],
    },
  });
  assert.deepEqual(
    story.log.map(({ line, chinese }) => [line, chinese]),
    [
      ["begun", "begun"],
      ["ended", "结束"],
    ],
  );
  assert.deepEqual(story.samples, ["sovits-e4.wav"]);
  // A second attempt draws its steps again.
  const again = withServerEvent(story, { id: "", type: "point", data: '{"step": 1, "loss": 9}' });
  assert.deepEqual(again.curves.train_sovits.loss, [[1, 9]]);
  const failed = withServerEvent(story, {
    id: "",
    type: "state",
    data: '{"state": "failed", "error": "No.", "error_zh": "不。"}',
  });
  assert.deepEqual([hasEnded(failed), failed.english, failed.chinese], [true, "No.", "不。"]);
  assert.equal(withServerEvent(story, { id: "", type: "log", data: "no json" }).log.length, 3);
});

test("a job is followed through a broken line, from the last event on", async () => {
  const asked: string[] = [];
  const answers = [
    () => streamOf(event(1, "state", { state: "running" }), event(2, "progress", { stage: "a", progress: 10 })),
    () => Promise.reject(new ServerTrouble("away", "Away.", "不在。")),
    () => Promise.reject(new TypeError("network error")),
    () => streamOf(event(3, "state", { state: "completed" })),
  ];
  let ended = 0;
  const waits: number[] = [];
  const watch = new JobWatch(
    "j",
    async (_, after) => {
      asked.push(after);
      return answers[asked.length - 1]();
    },
    () => ended++,
    async (ms) => void waits.push(ms),
  );
  await watch.follow();
  assert.deepEqual(asked, ["", "2", "2", "2"]);
  assert.deepEqual(waits, [500, 1000, 2000]);
  assert.deepEqual([ended, watch.story.value.state, watch.isAway.value], [1, "completed", false]);
});

test("a job that is gone is not looked for for ever, and a watch can be stopped", async () => {
  let ended = 0;
  const gone = new JobWatch(
    "j",
    () => Promise.reject(new StudioRefusal(404, "Gone.", "没了。")),
    () => ended++,
  );
  await gone.follow();
  assert.equal(ended, 1);
  const stopped = new JobWatch(
    "j",
    (_, __, stop) => new Promise((_resolve, reject) => stop.addEventListener("abort", () => reject(stop.reason))),
    () => ended++,
  );
  const following = stopped.follow();
  stopped.stop();
  await following;
  assert.equal(ended, 1);
});

function queue(send: Send): { uploads: UploadQueue; states: () => string[]; done: () => number } {
  let done = 0;
  const uploads = new UploadQueue(send, () => done++);
  return { uploads, states: () => uploads.uploads.value.map(({ state }) => state), done: () => done };
}

function file(path: string, bytes = 10): { file: File; path: string } {
  return { file: new File([new Uint8Array(bytes)], path.split("/").pop() ?? path), path };
}

test("files go one after the other, and what cannot be taken is told before", async () => {
  const order: string[] = [];
  const { uploads, states, done } = queue(async ({ path }) => void order.push(path));
  uploads.add([file("a.wav"), file("b.txt"), file("c.mp3", 0), file("d.wav", 101), file("E.WAV")], RULES);
  await settled();
  assert.deepEqual(order, ["a.wav", "E.WAV"]);
  assert.deepEqual(states(), ["done", "refused", "refused", "refused", "done"]);
  assert.equal(done(), 2);
  uploads.clearDone();
  assert.equal(uploads.uploads.value.length, 3);
  assert.match(faultOf(file("d.wav", 101), RULES)?.english ?? "", /Larger/);
});

test("of a folder only its recordings are taken", async () => {
  const { uploads, states } = queue(async () => undefined);
  uploads.add([file("talks/a.wav"), file("talks/cover.jpg"), file("talks/notes.txt")], RULES);
  await settled();
  assert.deepEqual(states(), ["done"]);
  assert.equal(uploads.leftOut.value, 2);
});

test("an upload is paused, goes on, fails and is tried again", async () => {
  let finish: (() => void) | undefined;
  let fails = true;
  const { uploads, states } = queue((_, onSent, stop) => {
    onSent(5);
    if (fails) return Promise.reject(new ServerTrouble("away", "Away.", "不在。"));
    return new Promise((resolve, reject) => {
      finish = resolve;
      stop.addEventListener("abort", () => reject(stop.reason));
    });
  });
  uploads.add([file("a.wav")], RULES);
  await settled();
  assert.deepEqual([states(), uploads.uploads.value[0].trouble?.english], [["failed"], "Away."]);
  fails = false;
  uploads.resume(1);
  await settled();
  assert.deepEqual(states(), ["sending"]);
  uploads.pause(1);
  await settled();
  assert.deepEqual([states(), uploads.uploads.value[0].sent], [["paused"], 5]);
  uploads.resume(1);
  await settled();
  finish?.();
  await settled();
  assert.deepEqual(states(), ["done"]);
});

test("an upload that is removed while it is sent is gone, and the next one goes", async () => {
  const reasons: unknown[] = [];
  const { uploads, states } = queue(({ path }, _, stop) =>
    path === "b.wav"
      ? Promise.resolve()
      : new Promise((_resolve, reject) =>
          stop.addEventListener("abort", () => {
            reasons.push(stop.reason);
            reject(stop.reason);
          }),
        ),
  );
  uploads.add([file("a.wav"), file("b.wav")], RULES);
  await settled();
  uploads.remove(1);
  await settled();
  assert.deepEqual([states(), reasons], [["done"], ["removed"]]);
});

test("folders are walked through to their last part", async () => {
  const leaf = (fullPath: string) => ({
    isFile: true,
    isDirectory: false,
    fullPath,
    file: (take: (file: File) => void) => take(new File(["x"], fullPath.split("/").pop() ?? "")),
  });
  const folder = (fullPath: string, ...parts: unknown[][]) => ({
    isFile: false,
    isDirectory: true,
    fullPath,
    createReader: () => {
      const left = [...parts, []];
      return { readEntries: (take: (entries: unknown[]) => void) => take(left.shift() ?? []) };
    },
  });
  const inner = folder("/a/b", [leaf("/a/b/3.wav")]);
  const tree = [leaf("/0.wav"), folder("/a", [leaf("/a/1.wav")], [leaf("/a/2.wav"), inner])];
  const found = await filesIn(tree as unknown as FileSystemEntry[]);
  assert.deepEqual(
    found.map(({ path }) => path),
    ["0.wav", "a/1.wav", "a/2.wav", "a/b/3.wav"],
  );
});
