import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage, away, settled } from "./fakes";
import { ServerTrouble } from "../src/talk/server_trouble";

const REPLY = '"你好呀，今天天气真不错。"';

/** A first turn whose answer has two pieces of two seconds and has begun to be heard. */
async function speaking(options = {}): Promise<Stage> {
  const stage = await Stage.listening(options);
  await stage.say("你好");
  stage.server.answer_.piece("你好呀，", 2000);
  stage.server.answer_.piece("今天天气真不错。", 2000);
  stage.server.answer_.done(REPLY);
  await stage.clock.pass(100);
  assert.equal(stage.talk.state, "speaking");
  return stage;
}

test("a whole spoken turn", async () => {
  const stage = await Stage.listening({ system: "prompt", speed: 1.5 });
  await stage.say("你好", 1000);
  assert.deepEqual(stage.server.answer_.history, [
    { role: "system", content: "prompt" },
    { role: "user", content: "你好" },
  ]);
  assert.equal(stage.server.answer_.wishes.stream, "chunks");
  assert.equal(stage.server.answer_.wishes.speed, 1.5);
  await stage.clock.pass(300);
  stage.server.answer_.piece("你好呀，", 1000);
  stage.server.answer_.piece("今天天气真不错。", 1000);
  stage.server.answer_.done(REPLY, { timingMs: { first_token: 120, done: 500 } });
  await stage.clock.pass(3000);
  assert.deepEqual(stage.states, ["listening", "hearing", "recognising", "thinking", "speaking", "listening"]);
  assert.deepEqual(stage.history, ["user: 你好", `assistant: ${REPLY}`]);
  const [heard] = stage.told("heard");
  assert.equal(heard.text, "你好");
  assert.ok(Math.abs(stage.told("level")[0].rms - 0.9) < 1e-6);
  assert.ok(heard.recording && heard.recording.length > 16000, "the recording is kept for whoever wants it");
  const numbers = stage.told("piece").map(({ number }) => number);
  assert.deepEqual(
    stage.told("playing").map(({ number }) => number),
    numbers,
  );
  assert.deepEqual(
    stage.told("pieceEnded").map(({ number }) => number),
    numbers,
  );
  const [answered] = stage.told("answered");
  assert.ok(answered.isWhole);
  assert.equal(answered.text, REPLY);
});

test("the stages count from the end of speech, and come in order", async () => {
  const stage = await Stage.listening();
  await stage.say("你好", 1000);
  await stage.clock.pass(300);
  stage.server.answer_.piece("你好。", 1000);
  stage.server.answer_.done('"你好。"', { timingMs: { first_token: 50 } });
  await stage.clock.pass(2000);
  const { stagesMs } = stage.told("answered")[0];
  assert.equal(stagesMs.speech_ended, 0);
  const { heard, first_token, first_piece, first_audio, playing, done } = stagesMs as Required<typeof stagesMs>;
  // The pause of half a second that ended the utterance belongs to what the user waited for.
  assert.ok(heard >= 500 && heard < 700, `${heard}`);
  assert.equal(first_token, heard + 50);
  assert.ok(first_piece >= heard + 300 && first_audio >= first_piece && playing >= first_audio && done >= first_piece);
});

test("typed text needs no microphone, and leaves the conversation off", async () => {
  const stage = new Stage();
  stage.talk.ask("  hello ");
  await settled();
  stage.server.answer_.piece("Hi.", 500);
  stage.server.answer_.done('"Hi."');
  await stage.clock.pass(1000);
  assert.deepEqual(stage.states, ["thinking", "speaking", "off"]);
  assert.equal(stage.told("heard")[0].recording, null);
  assert.deepEqual(stage.history, ["user: hello", 'assistant: "Hi."']);
  stage.talk.ask("   ");
  assert.equal(stage.server.requests, 1);
});

test("the recording is sent in the pause already, and is not sent twice", async () => {
  const stage = await Stage.listening();
  stage.server.text = "你好";
  await stage.voice(1000);
  await stage.silence(200);
  assert.equal(stage.server.recordings.length, 1);
  assert.equal(stage.server.requests, 0, "it may go on");
  await stage.silence(400);
  assert.equal(stage.server.recordings.length, 1);
  assert.deepEqual(stage.history, ["user: 你好"]);
});

test("the recogniser is told the language, also of a guess", async () => {
  const stage = await Stage.listening({ language: "yue" });
  await stage.say((isOver) => (isOver ? "" : new Error("not now")));
  assert.deepEqual(
    stage.server.recordings.map(({ isOver, language }) => [isOver, language]),
    [
      [false, "yue"],
      [true, "yue"],
    ],
  );
});

test("what was sent in a pause that was none does not count", async () => {
  const stage = await Stage.listening();
  stage.server.text = "我想";
  await stage.voice(600);
  await stage.silence(300);
  stage.server.text = "我想问天气";
  await stage.voice(600);
  await stage.silence(600);
  assert.deepEqual(stage.history, ["user: 我想问天气"]);
});

test("a recogniser that fails in the pause is asked again at the end", async () => {
  const stage = await Stage.listening();
  await stage.say((isOver) => (isOver ? "你好" : new Error("not now")));
  assert.deepEqual(stage.history, ["user: 你好"]);
  assert.equal(stage.told("trouble").length, 0);
});

test("frames without listening are not heard", async () => {
  const stage = new Stage();
  await stage.voice(1000);
  assert.deepEqual(stage.events, []);
});

test("nothing recognised: it is said, and listening goes on", async () => {
  const stage = await Stage.listening();
  await stage.say("");
  await stage.say("。");
  await stage.say("None");
  assert.deepEqual(
    stage.told("ignored").map(({ why }) => why),
    ["nothing", "nothing", "rejected"],
  );
  assert.equal(stage.server.requests, 0);
  assert.equal(stage.talk.state, "listening");
});

test("a click is no utterance", async () => {
  const stage = await Stage.listening();
  await stage.voice(100);
  await stage.silence(800);
  assert.equal(stage.server.recordings.length, 0);
  assert.equal(stage.talk.state, "listening");
});

test("an interruption: softer, silent, and the history keeps what was heard", async () => {
  const stage = await speaking();
  await stage.clock.pass(2100);
  stage.server.text = () => "等一下我想问别的";
  await stage.voice(160);
  assert.ok(stage.player.isDucked && !stage.player.isPaused, "softer at once");
  await stage.voice(600);
  assert.ok(stage.player.isPaused, "silent once words are known");
  assert.equal(stage.talk.state, "hearing");
  await stage.silence(600);
  assert.ok(stage.server.answers.length === 2);
  assert.match(stage.history[1], /^assistant: "你好呀，今天[天气真不错]*"$/);
  assert.equal(stage.history[2], "user: 等一下我想问别的");
  assert.equal(stage.told("answered")[0].isWhole, false);
  assert.ok(!stage.player.isPaused && !stage.player.isDucked, "the next answer is as loud as ever");
  assert.deepEqual(stage.told("trouble"), [], "an interruption is no trouble");
});

test("an interruption closes the request of an answer that is still coming", async () => {
  const stage = await Stage.listening();
  await stage.say("你好");
  stage.server.answer_.piece("你好呀，", 2000);
  await stage.clock.pass(500);
  await stage.say("停");
  assert.ok(stage.server.answers[0].isClosed);
  assert.ok(!stage.server.answers[1].isClosed);
  assert.deepEqual(stage.told("trouble"), []);
});

test("a cough: the answer goes on where it was", async () => {
  const stage = await speaking();
  stage.server.text = async (isOver) => (isOver ? "" : new Promise<string>(() => undefined));
  await stage.voice(1400);
  assert.ok(stage.player.isPaused, "nobody is kept talking against the voice");
  const playedS = stage.player.playedS(0);
  await stage.silence(600);
  assert.ok(!stage.player.isPaused && !stage.player.isDucked);
  assert.ok(stage.player.playedS(0) < playedS + 0.2, "it goes on, with the last moment again");
  assert.deepEqual(
    stage.told("paused").map(({ isPaused }) => isPaused),
    [true, false],
  );
  await stage.clock.pass(5000);
  assert.deepEqual(stage.history, ["user: 你好", `assistant: ${REPLY}`]);
  assert.equal(stage.server.requests, 1);
});

test("mm and right only make it softer", async () => {
  for (const text of ["嗯", "对对对", "mm-hmm", "Right."]) {
    const stage = await speaking();
    await stage.say(text, 500);
    assert.ok(!stage.told("paused").length, text);
    assert.deepEqual(
      stage.told("ignored").map(({ why }) => why),
      ["backchannel"],
      text,
    );
    assert.ok(!stage.player.isDucked);
    assert.equal(stage.talk.state, "speaking");
  }
});

test("the assistant's own voice is no interruption, however long", async () => {
  const stage = await speaking();
  await stage.say("你好呀", 1900);
  assert.deepEqual(
    stage.told("ignored").map(({ why }) => why),
    ["echo"],
  );
  assert.equal(stage.told("paused").length, 0);
  assert.equal(stage.server.requests, 1);
});

test("an echo that is heard just after the end is not asked", async () => {
  const stage = await speaking();
  await stage.clock.pass(2400);
  stage.server.text = "今天天气真不错";
  await stage.voice(1700);
  await stage.silence(600);
  assert.equal(stage.told("answered").length, 1);
  assert.deepEqual(
    stage.told("ignored").map(({ why }) => why),
    ["echo"],
  );
  assert.equal(stage.server.requests, 1);
});

test("an echo that begins just after the end is not asked, but the same word later is", async () => {
  const stage = await speaking();
  await stage.clock.pass(3960);
  assert.equal(stage.talk.state, "listening");
  await stage.say("真不错");
  assert.deepEqual(
    stage.told("ignored").map(({ why }) => why),
    ["echo"],
  );
  await stage.say("真不错");
  assert.equal(stage.server.requests, 2);
});

test("an echo of two pieces is known by both", async () => {
  const stage = await speaking();
  await stage.clock.pass(1600);
  await stage.say("呀今天天", 480);
  assert.deepEqual(
    stage.told("ignored").map(({ text, why }) => [text, why]),
    [["呀今天天", "echo"]],
  );
});

test("an echo is as loud as ever once it is known for one", async () => {
  const stage = await speaking();
  stage.server.text = "你好呀";
  await stage.voice(200);
  assert.ok(stage.player.isDucked);
  await stage.voice(600);
  assert.ok(!stage.player.isDucked);
});

test("yes is an answer once nobody speaks any more", async () => {
  const stage = await speaking();
  await stage.clock.pass(6000);
  await stage.say("好的");
  assert.equal(stage.server.requests, 2);
});

test("somebody who goes on before there is an answer asks both at once", async () => {
  const stage = await Stage.listening();
  await stage.say("我想问");
  assert.equal(stage.talk.state, "thinking");
  stage.server.text = "明天的天气";
  await stage.voice(500);
  assert.equal(stage.talk.state, "hearing");
  stage.server.answers[0].piece("好的。", 1000);
  await stage.voice(500);
  assert.deepEqual(stage.player.heard, [], "nobody is talked down");
  await stage.silence(600);
  assert.ok(stage.server.answers[0].isClosed);
  assert.deepEqual(stage.server.answer_.history, [{ role: "user", content: "我想问\n明天的天气" }]);
  assert.equal(stage.told("answered")[0].text, "");
});

test("a noise while it thinks does not lose the answer", async () => {
  const stage = await Stage.listening();
  await stage.say("你好");
  stage.server.text = "";
  await stage.voice(400);
  stage.server.answer_.piece("你好。", 500);
  stage.server.answer_.done('"你好。"');
  await stage.silence(600);
  await stage.clock.pass(1000);
  assert.deepEqual(stage.history, ["user: 你好", 'assistant: "你好。"']);
  assert.equal(stage.server.requests, 1);
});

test("an utterance that begins while another is recognised follows it", async () => {
  const stage = await Stage.listening();
  let release: (text: string) => void = () => undefined;
  await stage.say(() => new Promise<string>((resolve) => (release = resolve)));
  assert.equal(stage.talk.state, "recognising");
  await stage.say("第二句");
  release("第一句");
  await settled();
  assert.deepEqual(stage.history, ["user: 第一句\n第二句"]);
  assert.ok(stage.server.answers[0].isClosed);
});

test("an answer to what was said before does not talk down who speaks on", async () => {
  const stage = await Stage.listening();
  let release: (text: string) => void = () => undefined;
  await stage.say(() => new Promise<string>((resolve) => (release = resolve)));
  await stage.voice(400);
  release("第一句");
  await settled();
  stage.server.answer_.piece("好的。", 1000);
  stage.server.text = "第二句";
  await stage.voice(600);
  assert.deepEqual(stage.player.heard, []);
  await stage.silence(600);
  assert.deepEqual(stage.history, ["user: 第一句\n第二句"]);
});

test("the button ends the answer in every state", async () => {
  const idle = await Stage.listening();
  idle.talk.interrupt();
  assert.equal(idle.talk.state, "listening");

  const recognising = await Stage.listening();
  let release: (text: string) => void = () => undefined;
  await recognising.say(() => new Promise<string>((resolve) => (release = resolve)));
  recognising.talk.interrupt();
  release("late");
  await settled();
  assert.equal(recognising.talk.state, "listening");
  assert.equal(recognising.server.requests, 0, "what comes late is not asked");
  await recognising.say(() => new Promise<string>(() => undefined));
  assert.equal(recognising.talk.state, "recognising");

  const thinking = await Stage.listening();
  await thinking.say("你好");
  thinking.talk.interrupt();
  assert.ok(thinking.server.answer_.isClosed);
  assert.equal(thinking.talk.state, "listening");
  assert.deepEqual(thinking.history, ["user: 你好"]);

  const loud = await speaking();
  await loud.clock.pass(1000);
  loud.talk.interrupt();
  assert.equal(loud.talk.state, "listening");
  assert.match(loud.history[1], /^assistant: "你好?"$/);
  await loud.clock.pass(5000);
  assert.equal(loud.player.heard.length, 1, "nothing more is to be heard");

  const hearing = await Stage.listening();
  hearing.server.text = "你好";
  await hearing.voice(400);
  hearing.talk.interrupt();
  assert.equal(hearing.talk.state, "listening");
  await hearing.silence(700);
  assert.deepEqual(hearing.history, []);
});

test("a typed text interrupts, and nothing of the old answer is told any more", async () => {
  const stage = await speaking();
  stage.talk.ask("别的");
  await settled();
  const before = stage.events.length;
  stage.server.answers[0].piece("旧的", 500);
  await stage.clock.pass(3000);
  assert.deepEqual(stage.told("piece").slice(2), []);
  assert.deepEqual(
    stage.events.slice(before).filter(({ type }) => type === "playing"),
    [],
  );
});

test("a stream that breaks off: what was heard is kept, and the user is told", async () => {
  const stage = await Stage.listening();
  await stage.say("你好");
  stage.server.answer_.piece("你好呀，", 1000);
  stage.server.answer_.breakOff();
  await stage.clock.pass(2000);
  assert.deepEqual(
    stage.told("trouble").map(({ kind }) => kind),
    ["broken_off"],
  );
  assert.deepEqual(stage.history, ["user: 你好", 'assistant: "你好呀，"']);
  assert.equal(stage.talk.state, "listening");
  await stage.say("还在吗");
  assert.equal(stage.server.requests, 2);
});

test("a stream that ends before its end is one that broke off", async () => {
  const stage = await Stage.listening();
  stage.server.answer = async function* () {
    yield { text: "a", sound: null, isUnreadable: false, isLast: false, timingMs: {}, hint: "", error: "" };
  };
  await stage.say("你好");
  await stage.clock.pass(100);
  assert.deepEqual(
    stage.told("trouble").map(({ kind }) => kind),
    ["broken_off"],
  );
  assert.equal(stage.talk.state, "listening");
});

test("what the server says of its trouble is shown, and the question is not asked with the next", async () => {
  const stage = await Stage.listening();
  await stage.say("你好");
  stage.server.answer_.done("", { error: "The model does not answer.", hint: "start Ollama" });
  await settled();
  assert.equal(stage.told("trouble")[0].english, "The model does not answer.");
  assert.equal(stage.told("hint")[0].text, "start Ollama");
  await stage.say("还在吗");
  assert.deepEqual(stage.server.answer_.history, [{ role: "user", content: "还在吗" }]);
});

test("a question that failed leaves the one before it, which was interrupted", async () => {
  const stage = new Stage();
  stage.talk.ask("one");
  await settled();
  stage.talk.interrupt();
  stage.talk.ask("two");
  await settled();
  assert.deepEqual(stage.server.answer_.history, [{ role: "user", content: "one\ntwo" }]);
  stage.server.answer_.done("", { error: "no" });
  await settled();
  assert.deepEqual(stage.history, ["user: one"]);
});

test("a question whose answer broke off unheard is out of the history, and can be asked again", async () => {
  const stage = new Stage();
  stage.talk.ask("one");
  await settled();
  stage.server.answer_.breakOff();
  await settled();
  assert.deepEqual(stage.history, []);
  stage.talk.askAgain();
  await settled();
  assert.deepEqual(stage.server.answer_.history, [{ role: "user", content: "one" }]);
  stage.server.answer_.piece("Hi.", 500);
  stage.server.answer_.done('"Hi."');
  await stage.clock.pass(1000);
  assert.deepEqual(stage.history, ["user: one", 'assistant: "Hi."']);
  stage.talk.askAgain();
  await settled();
  assert.equal(stage.server.requests, 2, "it has its answer");
});

test("what failed before everything was forgotten is not asked again", async () => {
  const stage = new Stage();
  stage.talk.ask("one");
  await settled();
  stage.server.answer_.done("", { error: "no" });
  await settled();
  stage.talk.forget();
  stage.talk.askAgain();
  await settled();
  assert.equal(stage.server.requests, 1);
});

test("an error after something was heard keeps the question with what was heard", async () => {
  const stage = new Stage();
  stage.talk.ask("one");
  await settled();
  stage.server.answer_.piece("Hi.", 500);
  stage.server.answer_.done("", { error: "no" });
  await stage.clock.pass(1000);
  assert.equal(stage.history[0], "user: one");
  assert.equal(stage.history.length, 2);
});

test("pieces without sound are shown, and the reply is whole", async () => {
  const stage = await Stage.listening();
  await stage.say("你好");
  stage.server.answer_.piece("你好。", 0);
  stage.server.answer_.piece("再见。", 0);
  stage.server.answer_.done('"你好。再见。"');
  await stage.clock.pass(100);
  assert.equal(stage.told("playing").length, 2);
  assert.ok(stage.told("answered")[0].isWhole);
});

test("a reply without anything to speak is whole at once", async () => {
  const stage = await Stage.listening();
  await stage.say("你好");
  stage.server.answer_.done("你好", { hint: "no quotes" });
  await settled();
  assert.deepEqual(stage.history, ["user: 你好", "assistant: 你好"]);
});

test("sound in parts belongs to one piece", async () => {
  const stage = await Stage.listening();
  await stage.say("你好");
  stage.server.answer_.piece("你好呀，", 500);
  stage.server.answer_.piece("", 500);
  stage.server.answer_.piece("", 500);
  await stage.clock.pass(1200);
  assert.equal(stage.told("piece").length, 1);
  assert.ok(stage.player.playedS(0) > 1);
  stage.server.answer_.done('"你好呀，"');
  await stage.clock.pass(1000);
  assert.equal(stage.told("pieceEnded").length, 1);
});

test("a server that is away: asked again, said once, and said when it is back", async () => {
  const stage = await Stage.listening();
  stage.server.refusals.push(away(), away(), away());
  await stage.say("你好");
  assert.equal(stage.talk.state, "thinking");
  await stage.clock.pass(600);
  assert.equal(stage.server.requests, 2);
  await stage.clock.pass(3000);
  assert.equal(stage.server.requests, 4);
  assert.deepEqual(
    stage.told("trouble").map(({ kind }) => kind),
    ["away"],
  );
  stage.server.answer_.piece("你好。", 500);
  stage.server.answer_.done('"你好。"');
  await stage.clock.pass(1000);
  assert.deepEqual(
    stage.told("trouble").map(({ kind }) => kind),
    ["away", "back"],
  );
  assert.deepEqual(stage.history, ["user: 你好", 'assistant: "你好。"']);
});

test("a server that stays away is not asked for ever, and the question can be asked again", async () => {
  const stage = await Stage.listening();
  stage.server.refusals.push(...Array.from({ length: 40 }, away));
  await stage.say("你好");
  await stage.clock.pass(90_000);
  assert.equal(stage.talk.state, "listening");
  assert.ok(stage.server.requests < 15);
  stage.server.refusals.length = 0;
  stage.talk.askAgain();
  await settled();
  assert.deepEqual(stage.server.answer_.history, [{ role: "user", content: "你好" }]);
  stage.talk.askAgain();
  assert.equal(stage.server.answers.length, 1, "one turn at a time");
});

test("a server that is back but refuses is back", async () => {
  const stage = await Stage.listening();
  stage.server.refusals.push(away(), new ServerTrouble("unauthorised", "token", "令牌"));
  await stage.say("你好");
  await stage.clock.pass(1000);
  assert.deepEqual(
    stage.told("trouble").map(({ kind }) => kind),
    ["away", "back", "unauthorised"],
  );
});

test("a busy server is asked again when it says", async () => {
  const stage = await Stage.listening();
  stage.server.refusals.push(new ServerTrouble("busy", "busy", "忙", 3));
  await stage.say("你好");
  await stage.clock.pass(2900 - 600);
  assert.equal(stage.server.answers.length, 0);
  await stage.clock.pass(1000);
  assert.equal(stage.server.answers.length, 1);
  assert.deepEqual(
    stage.told("trouble").map(({ kind }) => kind),
    ["busy"],
  );
});

test("a missing token is said, and nothing is asked again by itself", async () => {
  const stage = await Stage.listening();
  stage.server.refusals.push(new ServerTrouble("unauthorised", "token", "令牌"));
  await stage.say("你好");
  await stage.clock.pass(20_000);
  assert.deepEqual(
    stage.told("trouble").map(({ kind }) => kind),
    ["unauthorised"],
  );
  assert.equal(stage.server.requests, 1);
  assert.equal(stage.talk.state, "listening");
});

test("no recogniser: said once, and speech still silences the answer", async () => {
  const stage = await speaking();
  const deaf = (): ServerTrouble => new ServerTrouble("no_recogniser", "no speech model", "没有语音模型");
  await stage.say(deaf(), 300);
  assert.equal(stage.told("trouble").length, 1);
  assert.equal(stage.talk.state, "speaking");
  stage.server.text = deaf();
  await stage.voice(600);
  assert.ok(stage.player.isPaused, "there is only the length to go by");
  await stage.silence(600);
  assert.equal(stage.talk.state, "listening");
  assert.equal(stage.told("trouble").length, 1, "said once");
  await stage.say("我又能听见了");
  assert.equal(stage.server.requests, 2, "it is asked each time, and may have come");
});

test("a recogniser that fails is told, and the answer goes on", async () => {
  const stage = await speaking();
  await stage.say(new ServerTrouble("other", "bad audio", "音频有误"), 1300);
  assert.equal(stage.told("trouble")[0].english, "bad audio");
  assert.equal(stage.talk.state, "speaking");
  assert.ok(!stage.player.isPaused);
});

test("an error that nobody has foreseen becomes a sentence too", async () => {
  const stage = await Stage.listening();
  stage.server.refusals.push(new TypeError("undefined is not a function"));
  await stage.say("你好");
  assert.equal(stage.told("trouble")[0].kind, "other");
  assert.equal(stage.talk.state, "listening");
});

test("a substitute recognises in the server's place", async () => {
  const stage = await Stage.listening();
  stage.talk.recogniser = { hear: async () => ({ text: "from the browser", isRejected: false }) };
  await stage.voice(800);
  await stage.silence(600);
  assert.deepEqual(stage.history, ["user: from the browser"]);
  assert.equal(stage.server.recordings.length, 0);
});

test("half duplex: the microphone is closed while there is sound, and a moment longer", async () => {
  const stage = await speaking({ duplex: "half" });
  await stage.voice(1000);
  assert.ok(!stage.player.isDucked);
  assert.equal(stage.server.recordings.length, 1);
  await stage.clock.pass(2960 - 50);
  assert.equal(stage.talk.state, "listening");
  await stage.voice(200);
  assert.equal(stage.talk.state, "listening");
  await stage.voice(500);
  assert.equal(stage.talk.state, "hearing");
});

test("half duplex from now on: speech under way is forgotten, and holds nothing back", async () => {
  const stage = await speaking();
  stage.server.text = "嗯";
  await stage.voice(300);
  stage.talk.options = { ...stage.talk.options, duplex: "half" };
  await stage.voice(300);
  await stage.clock.pass(6000);
  await stage.silence(200);
  assert.equal(stage.talk.state, "listening");
  await stage.say("再说一遍");
  stage.server.answer_.piece("好。", 500);
  await stage.clock.pass(100);
  assert.equal(stage.talk.state, "speaking");
});

test("push to talk: only what is held counts", async () => {
  const stage = await Stage.listening({ mode: "push" });
  await stage.voice(1000);
  assert.equal(stage.talk.state, "listening");
  stage.server.text = "按住说话";
  stage.talk.hold();
  assert.equal(stage.talk.state, "hearing");
  await stage.voice(700, 0.1);
  stage.talk.release();
  assert.equal(stage.talk.state, "recognising");
  await settled();
  assert.deepEqual(stage.history, ["user: 按住说话"]);
  const samples = (stage.server.recordings[0].bytes - 44) / 2;
  assert.ok(samples > 0.9 * 16000 && samples < 1.1 * 16000, "with what was said just before");
});

test("push to talk: holding interrupts, and a touch is no utterance", async () => {
  const stage = await speaking({});
  stage.talk.options = { ...stage.talk.options, mode: "push" };
  stage.talk.hold();
  assert.equal(stage.talk.state, "hearing");
  assert.equal(stage.told("answered").length, 1);
  await stage.voice(64);
  stage.talk.release();
  assert.equal(stage.talk.state, "listening");
  assert.equal(stage.server.recordings.length, 1);
});

test("switching the microphone off sends what was said so far", async () => {
  const stage = await Stage.listening();
  stage.server.text = "再见";
  await stage.voice(500);
  stage.talk.listen(false);
  await settled();
  assert.deepEqual(stage.history, ["user: 再见"]);
  assert.equal(stage.talk.state, "thinking");
});

test("a detector that cannot be loaded is told, and the button still works", async () => {
  const stage = new Stage({}, () => Promise.reject(new Error("404")));
  stage.talk.listen(true);
  await settled();
  assert.equal(stage.told("trouble").length, 1);
  stage.server.text = "你好";
  stage.talk.hold();
  await stage.voice(500);
  stage.talk.release();
  await settled();
  assert.deepEqual(stage.history, ["user: 你好"]);
});

test("thirty seconds without a pause are sent, and listening goes on", async () => {
  const stage = await Stage.listening();
  const halves = ["前半", "后半"];
  stage.server.text = () => halves.shift() ?? "too many";
  await stage.voice(31_000);
  await stage.silence(600);
  assert.deepEqual(stage.history, ["user: 前半\n后半"]);
});

test("forget: nothing is left, and nothing old comes back", async () => {
  const stage = await speaking();
  stage.talk.forget();
  assert.deepEqual(stage.history, []);
  await stage.clock.pass(3000);
  assert.deepEqual(stage.history, []);
  assert.equal(stage.talk.state, "listening");
});

test("close: no event comes any more", async () => {
  const stage = await speaking();
  stage.talk.close();
  const count = stage.events.length;
  await stage.voice(1000);
  assert.equal(stage.events.length, count);
  assert.ok(stage.server.answer_.isClosed);
});

test("whatever happens in whatever order, the invariants hold", async () => {
  for (let seed = 1; seed <= 60; seed++) await anyOrder(seed);
});

/** A long random conversation; every rule that can be checked at any time is checked all the time. */
async function anyOrder(seed: number): Promise<void> {
  const random = mulberry(seed);
  const stage = await Stage.listening(random() < 0.3 ? { duplex: "half" } : {});
  const texts = ["你好", "嗯", "", "None", "停", "what about tomorrow", "好的", "今天天气真不错"];
  stage.server.hear = async (_, isOver) => {
    if (isOver && random() < 0.1) throw new ServerTrouble("other", "no", "不");
    const text = texts[Math.floor(random() * texts.length)];
    return { text: text === "None" ? "" : text, isRejected: text === "None" };
  };
  const current = (): (typeof stage.server)["answer_"] | undefined => stage.server.answer_;
  const steps: (() => unknown)[] = [
    () => stage.voice(100 + random() * 1500),
    () => stage.silence(100 + random() * 900),
    () => stage.clock.pass(random() * 2000),
    () => stage.talk.ask("typed"),
    () => stage.talk.interrupt(),
    () => current()?.piece("今天天气真不错。", random() * 1500),
    () => current()?.piece("", 300),
    () => current()?.done('"今天天气真不错。"'),
    () => random() < 0.3 && current()?.breakOff(),
    () => random() < 0.2 && stage.server.refusals.push(away()),
    () => stage.talk.listen(random() < 0.8),
    () => random() < 0.3 && (stage.talk.hold(), stage.talk.release()),
    () => random() < 0.1 && stage.talk.forget(),
  ];
  for (let i = 0; i < 60; i++) {
    await steps[Math.floor(random() * steps.length)]();
    check(stage, seed);
  }
  stage.talk.interrupt();
  stage.talk.listen(false);
  await stage.clock.pass(90_000);
  stage.talk.interrupt();
  check(stage, seed);
  assert.equal(stage.talk.state, "off", `seed ${seed}`);
  assert.ok(!stage.player.isPaused && !stage.player.isDucked, `seed ${seed}: as loud as ever`);
  assert.ok(
    stage.server.answers.every(({ isClosed }) => isClosed),
    `seed ${seed}: every request is closed`,
  );
}

function check(stage: Stage, seed: number): void {
  const roles = stage.talk.history.entries.map(({ role }) => role);
  roles.forEach((role, i) => assert.equal(role, i % 2 ? "assistant" : "user", `seed ${seed}: by turns`));
  assert.ok(!stage.history.some((message) => message.includes("None")), `seed ${seed}`);
  const open = stage.server.answers.filter(({ isClosed }) => !isClosed);
  assert.ok(open.length <= 1, `seed ${seed}: one turn at a time`);
  let turn = 0;
  const over = new Set<number>();
  for (const event of stage.events) {
    if (!("turn" in event)) continue;
    assert.ok(event.turn >= turn, `seed ${seed}: ${event.type} of an old turn`);
    assert.ok(!over.has(event.turn), `seed ${seed}: ${event.type} after the end of its turn`);
    turn = event.turn;
    if (event.type === "answered") over.add(event.turn);
  }
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
