/** The studio without a browser: names, refusals, events of jobs, stages, proof-reading, levels and curves. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, draftOfConfig, faultsOf } from "../src/studio/config_draft";
import { Making } from "../src/studio/making";
import { composed, nameFault } from "../src/studio/names";
import { draftOf, hasChanged, personaOf } from "../src/studio/persona_draft";
import { heightOf, scaleOf, shownAtFirst, thinned, ticksOf } from "../src/studio/plotting";
import { clipByKey, peaksOf, spansOn } from "../src/studio/peaks";
import { doubtsOf, shownBy, withText } from "../src/studio/proof";
import { inEnglish, refusalOf } from "../src/studio/refusals";
import { addressOf, routeOf, STAGES } from "../src/studio/route";
import { type Facts, missingWork, newestJob, openJob, stagesOf } from "../src/studio/stages";
import { LevelMeter } from "../src/studio/level_hint";
import type { Character, Clip, ClipReport, Job, Persona } from "../src/studio/types";
import { stageShare, stagesOfWork } from "../src/studio/view/job_stages";
import { STUDIO_WORDS } from "../src/studio/words";

const CHARACTER: Character = {
  character_name: "小音",
  config: { language: "zh", enable_denoise: true, epochs_s2: 50, epochs_s1: 15, batch_size: 16, gpu_id: "0" },
  audio_count: 2,
  audio_processing_status: "completed",
  training_status: "pending",
  model_exists: false,
  is_default: true,
};
const CLIP: Clip = {
  name: "a.wav_0_1.wav",
  source: "a.wav.wav",
  start_s: 1,
  seconds: 4,
  why: "",
  text: "今天天气真不错我们一起去",
  language: "zh",
  confidence: null,
  is_kept: true,
};
const REPORT: ClipReport = {
  summary: { clips_kept: 3, clips_dropped: {}, usable_minutes: 0.2, total_minutes: 0.2 },
  clips: [CLIP],
  training_time: {},
};
const JOB: Job = {
  id: "1",
  kind: "process_audio",
  subject: "小音",
  state: "running",
  is_cancelling: false,
  stage: null,
  progress: 0,
  eta_s: null,
  finished_at: null,
  result: null,
  error: null,
  error_zh: null,
};

function facts(character: Partial<Character>, more: Partial<Facts> = {}): Facts {
  const whole = { ...CHARACTER, ...character };
  return { character: whole, recordings: [], report: REPORT, job: null, hasSpoken: false, hasPersona: false, ...more };
}

test("an address says the character and the stage, whatever its name is", () => {
  for (const name of ["bob", "小音", "a_b-c", "100"]) {
    for (const stage of STAGES) assert.deepEqual(routeOf(addressOf(name, stage)), { name, stage });
  }
  assert.deepEqual(routeOf("#/studio"), { name: null, stage: "recordings" });
  assert.deepEqual(routeOf("#/studio/?x"), { name: null, stage: "recordings" });
  assert.deepEqual(routeOf("#/studio/%/nonsense"), { name: "%", stage: "recordings" });
});

test("a name is judged as the server judges it", () => {
  for (const good of ["bob", "小音", "a_b-1", "Ärger", "ひなた", "x".repeat(60)])
    assert.equal(nameFault(good, []), null);
  assert.equal(nameFault("  ", []), "empty");
  for (const bad of ["a b", "a/b", "..", "a.b", "💡"]) assert.equal(nameFault(bad, []), "letters", bad);
  assert.equal(nameFault("x".repeat(61), []), "long");
  assert.equal(nameFault("Con", []), "reserved");
  assert.equal(nameFault("bob", ["bob"]), "taken");
  // e and its accent as two letters are the one letter that the server keeps.
  assert.equal(nameFault("e\u0301", ["é"]), "taken");
  assert.equal(composed(" e\u0301 "), "é");
});

test("refusals are sentences in both languages", () => {
  const known = refusalOf(400, { detail: "角色已存在: bob" });
  assert.deepEqual([known.english, known.chinese], ["There is a character called bob already.", "角色已存在: bob"]);
  assert.equal(refusalOf(409, { detail: "忙", detail_en: "Busy." }).english, "Busy.");
  assert.equal(refusalOf(401, null).kind, "unauthorised");
  assert.equal(refusalOf(422, { detail: [{ loc: ["body", "name"], msg: "missing" }] }).english, "name: missing");
  assert.match(refusalOf(500, null).chinese, /500/);
  assert.equal(inEnglish("从没见过的话"), "从没见过的话");
});

test("what can be done follows from what there is, and what cannot says why", () => {
  const obstacles = (given: Facts) => Object.fromEntries(stagesOf(given).map(({ name, obstacle }) => [name, obstacle]));
  const nothing = facts({ audio_count: 0, audio_processing_status: "pending" }, { report: null });
  assert.equal(obstacles(nothing).clips, "whyNoRecordings");
  assert.equal(obstacles(nothing).training, "whyNoClips");
  assert.equal(obstacles(nothing).try, "whyNoModel");
  assert.deepEqual(
    stagesOf(nothing).map(({ standing }) => standing),
    ["open", "none", "none", "none", "none", "open"],
  );
  assert.equal(obstacles(facts({})).training, null);
  assert.equal(obstacles(facts({}, { job: JOB })).training, "whyBusy");
  assert.equal(obstacles(facts({}, { job: JOB })).clips, "whyBusy");
  assert.equal(obstacles(facts({ audio_processing_status: "outdated" })).training, "whyOutdated");
  const none = { ...REPORT, summary: { ...REPORT.summary, clips_kept: 0 } };
  assert.equal(obstacles(facts({}, { report: none })).training, "whyNoneKept");
  assert.equal(obstacles(facts({ model_exists: true })).try, null);
});

test("what is missing is made in its order", () => {
  assert.deepEqual(missingWork(facts({ audio_count: 0 })), []);
  assert.deepEqual(missingWork(facts({ audio_processing_status: "pending" })), ["process_audio", "train"]);
  assert.deepEqual(missingWork(facts({})), ["train"]);
  assert.deepEqual(missingWork(facts({ training_status: "completed" })), []);
  // Other clips make another voice.
  const changed = facts({ audio_processing_status: "outdated", training_status: "completed" });
  assert.deepEqual(missingWork(changed), ["process_audio", "train"]);
  assert.deepEqual(missingWork(facts({ training_status: "outdated" })), ["train"]);
});

test("a job is found by what it works on", () => {
  const older = { ...JOB, id: "0", state: "completed" as const };
  const other = { ...JOB, id: "2", subject: "bob" };
  assert.equal(newestJob([other, JOB, older], "小音", "process_audio")?.id, "1");
  assert.equal(newestJob([other], "小音", "process_audio"), null);
  assert.equal(openJob([other, older, JOB], "小音")?.id, "1");
  assert.equal(openJob([older], "小音"), null);
});

test("a stage's share follows from that of the whole", () => {
  const four = stagesOfWork("process_audio", true);
  const share = (stage: string, current: string, progress: number, stages = four) =>
    stageShare(stage, stages, { stage: current, progress });
  assert.equal(share("convert_audio", "slice_audio", 37.5), 1);
  assert.equal(share("slice_audio", "slice_audio", 37.5), 0.5);
  assert.equal(share("asr_transcribe", "slice_audio", 37.5), 0);
  const three = stagesOfWork("process_audio", false);
  assert.equal(three.length, 3);
  assert.equal(share("asr_transcribe", "asr_transcribe", 200 / 3, three), 0);
  assert.equal(share("asr_transcribe", "asr_transcribe", 100, three), 1);
  assert.equal(stagesOfWork("train", false).length, 6);
});

test("clips that deserve a second ear are found", () => {
  const many = Array.from({ length: 6 }, (_, at) => ({ ...CLIP, name: String(at) }));
  assert.equal(doubtsOf(many).size, 0);
  const odd = [
    ...many,
    { ...CLIP, name: "unsure", confidence: 0.3 },
    { ...CLIP, name: "slow", text: "今天" },
    { ...CLIP, name: "fast", text: CLIP.text.repeat(3) },
    { ...CLIP, name: "sure", confidence: 0.9 },
    { ...CLIP, name: "gone", confidence: 0.1, is_kept: false },
  ];
  assert.deepEqual(Object.fromEntries(doubtsOf(odd)), { unsure: "unsure", slow: "slow", fast: "fast" });
  // Three clips have no usual pace.
  assert.equal(doubtsOf([many[0], many[1], { ...CLIP, name: "slow", text: "今" }]).size, 0);
});

test("a filter shows what it names", () => {
  const dropped = { ...CLIP, name: "b", is_kept: false, why: "silent" };
  const doubtful = { ...CLIP, name: "c", confidence: 0.1 };
  const clips = [CLIP, dropped, doubtful];
  const names = (filter: Parameters<typeof shownBy>[0]) =>
    shownBy(filter, clips, doubtsOf(clips)).map(({ name }) => name);
  assert.deepEqual(names("all"), [CLIP.name, "b", "c"]);
  assert.deepEqual(names("kept"), [CLIP.name, "c"]);
  assert.deepEqual(names("dropped"), ["b"]);
  assert.deepEqual(names("doubtful"), ["c"]);
});

test("a clip that was given a text is kept, and one that lost it is left out", () => {
  const lost = withText(CLIP, "");
  assert.deepEqual([lost.is_kept, lost.why], [false, "removed"]);
  assert.deepEqual([withText(lost, "你好").is_kept, withText(lost, "你好").why], [true, ""]);
  assert.equal(withText({ ...lost, why: "no_text" }, "").why, "no_text");
});

test("peaks are the loudest samples, and clips lie where they were cut", () => {
  const samples = new Float32Array(1000);
  samples[0] = -0.5;
  samples[999] = 2;
  const peaks = peaksOf(samples, 10);
  assert.deepEqual([...peaks], [0.5, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  assert.equal(
    peaksOf(new Float32Array(3).fill(0.25), 10).every((peak) => peak === 0.25),
    true,
  );
  assert.equal(
    peaksOf(new Float32Array(0), 4).every((peak) => peak === 0),
    true,
  );
  assert.deepEqual(spansOn("a.wav", [CLIP, { ...CLIP, source: "b.wav.wav" }]), [
    { name: CLIP.name, fromS: 1, toS: 5, isKept: true },
  ]);
});

test("the level says what is wrong with a recording", () => {
  const meter = (peak: number, seconds: number): LevelMeter => {
    const made = new LevelMeter(1000);
    for (let at = 0; at < seconds * 10; at++) made.feed(new Float32Array(100).fill(peak));
    return made;
  };
  assert.equal(meter(0, 1).hint, "none");
  assert.equal(meter(0.0001, 3).hint, "silent");
  assert.equal(meter(0.03, 3).hint, "quiet");
  assert.equal(meter(0.4, 3).hint, "good");
  assert.equal(meter(1, 0.5).hint, "clipping");
  const later = meter(0.4, 3);
  later.feed(new Float32Array(100).fill(1));
  assert.equal(later.hint, "clipping");
  for (let at = 0; at < 30; at++) later.feed(new Float32Array(100).fill(0.4));
  assert.equal(later.hint, "good");
});

test("curves keep their shape on either scale", () => {
  const curve = [
    [1, 100],
    [2, 10],
    [3, 1],
  ] as const;
  const plain = scaleOf([curve], false);
  assert.deepEqual([heightOf(100, plain), heightOf(1, plain)], [1, 0]);
  const log = scaleOf([curve], true);
  assert.equal(Math.round(100 * (heightOf(10, log) ?? 0)), 50);
  assert.equal(heightOf(0, log), null);
  assert.deepEqual(ticksOf(log).map(Math.round), [1, 10, 100]);
  const flat = scaleOf([[[1, 5]]], false);
  assert.equal(heightOf(5, flat), 0.5);
  assert.deepEqual(scaleOf([], true), { low: 0, high: 1, isLog: false });
  assert.equal(scaleOf([[[1, -1]]], true).isLog, false);
  const long = Array.from({ length: 10_000 }, (_, at) => [at, at] as const);
  assert.equal(thinned(long).length, 400);
  assert.equal(thinned(long)[399][0], 9999);
  assert.deepEqual(shownAtFirst(["lr", "loss_g", "loss_d"]), ["loss_g", "loss_d"]);
  assert.deepEqual(shownAtFirst(["accuracy", "lr"]), ["accuracy"]);
});

test("a persona is sent without half-filled rows, and nothing that was only told", () => {
  const persona: Persona = {
    system: "Be kind.",
    about: "",
    language: "",
    speed: 1,
    emotions: { happy: "a.wav" },
    clip: "",
    extra_config: { temperature: 0.5 },
    used: { weights: null, clip: null, notes: [] },
  };
  const draft = draftOf(persona);
  assert.equal(hasChanged(draft, persona), false);
  const more = { ...draft, emotions: [...draft.emotions, { tag: " sad ", clip: "b.wav" }, { tag: "", clip: "c.wav" }] };
  assert.deepEqual(personaOf(more).emotions, { happy: "a.wav", sad: "b.wav" });
  assert.equal("used" in personaOf(draft), false);
  assert.equal(hasChanged({ ...draft, emotions: [...draft.emotions, { tag: "", clip: "" }] }, persona), false);
  assert.equal(hasChanged(more, persona), true);
});

test("every sentence of the studio says the same values in both languages", () => {
  for (const [english, chinese] of Object.values(STUDIO_WORDS)) {
    const names = (sentence: string): string[] => (sentence.match(/\{\w+\}/g) ?? []).sort();
    assert.deepEqual(names(chinese), names(english));
    assert.ok(english && chinese);
  }
});

test("only what was changed in the settings is sent, and nothing with a fault", () => {
  const { config } = CHARACTER;
  const draft = draftOfConfig(config);
  assert.deepEqual([faultsOf(draft, config), changesOf(draft, config)], [{}, {}]);
  const other = { ...draft, epochs_s2: " 8 ", gpu_id: "0-1", enable_denoise: false };
  assert.deepEqual(faultsOf(other, config), {});
  assert.deepEqual(changesOf(other, config), { enable_denoise: false, epochs_s2: 8, gpu_id: "0-1" });
  for (const bad of ["", "0", "-1", "1.5", "1e3", "501", "八"])
    assert.deepEqual(faultsOf({ ...draft, epochs_s2: bad }, config), { epochs_s2: "number" }, bad);
  for (const bad of ["", "-", "0-", "0,1", "cpu"])
    assert.deepEqual(faultsOf({ ...draft, gpu_id: bad }, config), { gpu_id: "gpu" }, bad);
  const large = { ...config, epochs_s2: 90_000 };
  assert.deepEqual(faultsOf(draftOfConfig(large), large), {}, "a program may have set it");
});

test("keys lead from clip to clip and no further", () => {
  assert.deepEqual(
    ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "Home", "End"].map((key) => clipByKey(key, 1, 3)),
    [2, 2, 0, 0, 0, 2],
  );
  assert.deepEqual([clipByKey("ArrowRight", 2, 3), clipByKey("ArrowLeft", 0, 3), clipByKey("a", 1, 3)], [2, 0, null]);
});

test("a reload halts what was being made, of that character, until it is answered", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const before = new Making("bob", storage);
  assert.equal(before.isHalted.value, false);
  before.begin();
  new Making("eve", storage).begin();
  const after = new Making("bob", storage);
  assert.deepEqual([after.isHalted.value, after.isGoing.value], [true, false]);
  after.begin();
  assert.deepEqual([after.isHalted.value, after.isGoing.value], [false, true]);
  after.end();
  assert.equal(new Making("bob", storage).isHalted.value, false);
  assert.equal(new Making("eve", storage).isHalted.value, true);
  for (const nonsense of ["{", "7", "null", "[1]"]) {
    kept.set("yinliu.making", nonsense);
    assert.equal(new Making("bob", storage).isHalted.value, false, nonsense);
  }
  assert.equal(new Making("bob", null).isHalted.value, false);
});
