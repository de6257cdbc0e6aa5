"""Somebody speaks while the assistant speaks: what is silenced, what goes on, what is remembered."""

from collections.abc import Iterator

import numpy as np
import pytest

from clients.events import Answered, Heard, Ignored, PieceEnded, Playing
from clients.sound_files import pcm_of
from clients.troubles import ServerTrouble
from tests.support.scene import Scene

FIRST, SECOND = "今天天气真不错，", "我们可以去公园散步。"
WHOLE = f'"{FIRST}{SECOND}"'
NO_RECOGNISER = ServerTrouble("The speech model is not installed.", "没有语音识别模型。", "no_recogniser")


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    scene.listen()
    yield scene
    scene.close()


def answer(scene: Scene, seconds: float = 2.0) -> None:
    """The user asks, and two pieces begin to be played."""
    scene.say("你好")
    scene.frame(FIRST, seconds)
    scene.frame(SECOND, seconds)
    scene.done(WHOLE)
    scene.wait(0.1)
    assert scene.state == "speaking"


def last_of(scene: Scene, kind: type):
    return scene.of(kind)[-1]


def test_a_whole_turn(scene: Scene):
    answer(scene)
    scene.wait(4.2)
    assert scene.state == "listening"
    assert scene.states == ["listening", "hearing", "recognising", "thinking", "speaking", "listening"]
    assert scene.history.messages() == [{"role": "user", "content": "你好"}, {"role": "assistant", "content": WHOLE}]
    answered = last_of(scene, Answered)
    assert answered.is_whole
    assert set(answered.stages_ms) == {"speech_ended", "heard", "first_piece", "first_audio", "playing", "done"}
    assert 450 < answered.stages_ms["heard"] < 700
    assert [event.number for event in scene.of(PieceEnded)] == [event.number for event in scene.of(Playing)] == [1, 2]


def test_the_recording_is_sent_before_the_silence_is_over(scene: Scene):
    scene.speak(1)
    scene.wait(0.3)
    assert len(scene.server.heard) == 1
    scene.recognise("你好")
    assert scene.state == "hearing"
    scene.wait(0.3)
    assert len(scene.server.heard) == 1, "and not again: it was the whole utterance"
    assert scene.story == ["heard 你好"]


def test_a_pause_for_thought_does_not_end_the_utterance(scene: Scene):
    scene.speak(1)
    scene.wait(0.3)
    scene.recognise("明天")
    scene.speak(1)
    scene.wait(0.6)
    assert len(scene.server.heard[1]) > len(scene.server.heard[0])
    scene.recognise("明天会下雨吗")
    assert scene.story == ["heard 明天会下雨吗"]


def test_speech_lowers_the_voice_at_once_and_silences_it_when_it_is_meant(scene: Scene):
    answer(scene)
    scene.speak(0.2)
    assert scene.sound[-1] == pytest.approx(0.1, abs=0.01)
    scene.speak(0.4)
    scene.recognise("不要公园")
    scene.speak(0.1)
    assert scene.sound[-1] == 0
    assert not scene.of(Answered), "it is only paused so far"
    scene.wait(0.6)
    assert scene.state == "recognising"
    scene.recognise("不要公园了")
    assert scene.state == "thinking"
    assert scene.story == ["heard 你好", "playing 1", "answered 今天 (broken)", "heard 不要公园了"]
    assert scene.server.answers[0].is_cancelled
    assert [message["content"] for message in scene.server.answers[1].history[1:]] == ["你好", '"今天"', "不要公园了"]


def test_an_echo_changes_nothing(scene: Scene):
    answer(scene)
    scene.speak(0.7)
    scene.recognise("天气真不错")
    scene.speak(0.1, 0.0)
    assert scene.sound[-1] == pytest.approx(0.5, abs=0.01), "the volume is back"
    scene.wait(0.6)
    scene.recognise("天气真不错")
    assert scene.of(Ignored) == [Ignored("天气真不错", "echo")]
    scene.wait(4)
    assert last_of(scene, Answered).is_whole


@pytest.mark.parametrize("text", ["嗯", "对对对", "嗯，好的。"])
def test_a_listener_who_nods_is_not_taken_for_a_speaker(scene: Scene, text: str):
    answer(scene)
    scene.say(text, 0.4)
    assert scene.of(Ignored) == [Ignored(text, "backchannel")]
    scene.wait(4)
    assert scene.story[-1] == f"answered {WHOLE}"


def test_a_false_alarm_is_taken_back(scene: Scene):
    """The recogniser was slow, the voice was silenced, and then it was nothing."""
    answer(scene)
    scene.speak(1.4)
    assert scene.sound[-1] == 0
    before = len(scene.sound)
    scene.wait(1)
    while scene.server.readings:
        scene.recognise("")
    assert scene.of(Ignored) == [Ignored("", "nothing")]
    scene.wait(4.5)
    assert max(scene.sound[before:]) == pytest.approx(0.5, abs=0.01)
    assert scene.story[-1] == f"answered {WHOLE}"
    played_s = sum(level > 0.05 for level in scene.sound) * 0.032
    assert 4.0 < played_s < 4.5, "the last 0.2 s were repeated, and nothing was lost"


def test_without_an_answer_of_the_recogniser_the_voice_gives_way(scene: Scene):
    answer(scene)
    scene.speak(1.0)
    assert scene.sound[-1] > 0.05
    scene.speak(0.4)
    assert scene.sound[-1] == 0


def test_without_a_recogniser_a_voice_still_interrupts(scene: Scene):
    answer(scene)
    scene.speak(0.6)
    scene.recognise(NO_RECOGNISER)
    scene.speak(0.1)
    assert scene.sound[-1] == 0
    scene.wait(0.7)
    scene.recognise(NO_RECOGNISER)
    assert scene.state == "listening"
    assert [event for event in scene.story if "trouble" in event] == ["trouble The speech model is not installed."]
    assert scene.history.messages()[-1]["content"].startswith('"今')


def test_the_text_of_a_part_is_never_taken_for_the_whole(scene: Scene):
    answer(scene)
    scene.speak(0.6)
    scene.wait(0.6)
    assert len(scene.server.readings) == 2
    scene.recognise("不要")
    assert len(scene.of(Heard)) == 1
    scene.recognise("不要公园")
    assert scene.of(Heard)[-1].text == "不要公园"


def test_a_stop_word_in_a_pause_is_recognised_at_once(scene: Scene):
    answer(scene)
    scene.speak(0.25)
    scene.wait(0.2)
    scene.recognise("停")
    scene.wait(0.1)
    assert scene.sound[-1] == 0, "before the silence that ends an utterance is over"


def test_a_cough_is_no_utterance(scene: Scene):
    answer(scene)
    scene.speak(0.13)
    scene.wait(0.7)
    assert scene.sound[-1] == pytest.approx(0.5, abs=0.01)
    while scene.server.readings:
        scene.recognise("咳")
    assert scene.story == ["heard 你好", "playing 1"]


def test_a_stranger_is_not_obeyed(scene: Scene):
    answer(scene)
    scene.speak(0.6)
    scene.recognise(None)
    scene.wait(0.7)
    while scene.server.readings:
        scene.recognise(None)
    assert scene.of(Ignored) == [Ignored("", "rejected")]
    assert scene.server.answers[-1] is scene.server.answers[0]
    scene.wait(4)
    assert last_of(scene, Answered).is_whole


def test_interrupted_while_it_thinks_the_questions_become_one(scene: Scene):
    scene.say("明天")
    assert scene.state == "thinking"
    scene.say("会下雨吗")
    assert scene.server.answers[0].is_cancelled
    assert scene.server.answers[1].history[-1] == {"role": "user", "content": "明天\n会下雨吗"}
    scene.frame("会的。", 0.5)
    scene.done('"会的。"')
    scene.wait(1)
    assert [message["role"] for message in scene.history.messages()] == ["user", "assistant"]


def test_a_late_frame_of_a_dropped_answer_is_never_played(scene: Scene):
    answer(scene)
    old = scene.server.answers[-1]
    scene.interrupt()
    assert old.is_cancelled
    scene.ask("新的问题")
    scene.frame("新的回答。", 0.5)
    scene.wait(0.2)
    assert [event.number for event in scene.of(Playing)] == [1, 3]


def test_the_button_interrupts_in_every_state(scene: Scene):
    scene.interrupt()
    assert scene.state == "listening"
    scene.speak(0.5)
    scene.interrupt()
    assert scene.state == "listening"
    scene.speak(0.5)
    scene.wait(0.6)
    assert scene.state == "recognising"
    scene.interrupt()
    assert scene.state == "listening"
    scene.say("你好")
    assert scene.state == "thinking"
    scene.interrupt()
    assert scene.state == "listening"
    answer(scene)
    scene.interrupt()
    assert scene.state == "listening"
    scene.wait(0.1)
    assert scene.sound[-1] == 0


def test_two_utterances_in_a_row_are_asked_in_order(scene: Scene):
    scene.speak(0.5)
    scene.wait(0.6)
    scene.speak(0.5)
    scene.wait(0.6)
    scene.recognise("二", which=1)
    assert not scene.story
    scene.recognise("一")
    assert scene.story == ["heard 一", "answered  (broken)", "heard 二"]
    assert scene.history.messages() == [{"role": "user", "content": "一\n二"}]


def test_an_answer_that_is_still_arriving_is_not_taken_for_a_short_one(scene: Scene):
    scene.say("讲个故事")
    scene.frame("从前有一座山，山上有一座庙。", 0.6)
    scene.wait(0.6)
    scene.interrupt()
    heard = scene.of(Answered)[-1].text
    assert 2 <= len(heard) <= 4, "0.6 of some 2.8 seconds were heard, not all of the 0.6 that have come"


@pytest.mark.parametrize(("duplex", "level"), [("full", 0.1), ("half", 0.0)])
def test_who_goes_on_speaking_is_not_talked_down(duplex: str, level: float):
    scene = Scene(duplex=duplex)
    scene.listen()
    scene.speak(0.5)
    scene.wait(0.6)
    scene.speak(0.2)
    scene.recognise("你好")
    scene.frame("你好呀，今天天气真不错。", 2)
    scene.speak(0.2)
    assert scene.sound[-1] == pytest.approx(level, abs=0.01)
    scene.close()


def test_an_answer_to_the_last_word_is_no_echo(scene: Scene):
    scene.say("喝什么")
    scene.frame("茶还是咖啡？", 1.0)
    scene.done('"茶还是咖啡？"')
    scene.wait(0.9)
    scene.say("咖啡", 0.8)
    assert scene.story[-1] == "heard 咖啡"


def test_half_duplex_hears_nothing_while_it_speaks():
    scene = Scene(duplex="half")
    scene.listen()
    answer(scene)
    scene.speak(2)
    assert scene.state == "speaking"
    while scene.state == "speaking":
        scene.wait(0.04)
    scene.speak(0.2)
    assert scene.state == "listening", "the room still sounds"
    scene.wait(0.2)
    scene.say("再见")
    assert scene.story[-1] == "heard 再见"
    assert len(scene.server.heard) == 2
    scene.close()


def test_half_duplex_after_the_button_the_room_still_sounds():
    scene = Scene(duplex="half")
    scene.listen()
    answer(scene)
    scene.interrupt()
    scene.speak(0.25)
    assert scene.state == "listening"
    scene.speak(0.3)
    assert scene.state == "hearing"
    scene.close()


def test_an_answer_that_the_model_broke_off_is_kept_as_far_as_it_came(scene: Scene):
    scene.say("你好")
    scene.frame("从前", 0.2)
    scene.done('"从前', error="The model broke off.")
    scene.wait(0.5)
    assert scene.of(Answered)[-1].text == '"从前'
    assert not scene.of(Answered)[-1].is_whole
    assert "trouble The model broke off." in scene.story
    scene.ask("再来")
    scene.frame("从前", 0.2)
    scene.done("", error="The model broke off.")
    scene.wait(0.5)
    assert scene.history.messages()[-1] == {"role": "assistant", "content": '"从前"'}


def test_what_was_heard_before_the_deafness_is_no_part_of_what_comes_after():
    scene = Scene(duplex="half")
    scene.listen()
    scene.say("你好")
    scene.speak(0.3, 0.25)
    scene.frame("好。", 0.5)
    scene.done('"好。"')
    scene.speak(0.1, 0.0)
    while scene.state == "speaking":
        scene.wait(0.04)
    scene.wait(0.28)
    scene.say("再见", 0.6)
    samples = np.frombuffer(pcm_of(scene.server.heard[-1])[0], "<i2") / 32768
    assert samples.max() > 0.8
    assert not ((samples > 0.2) & (samples < 0.3)).any()
    scene.close()


def test_half_duplex_speech_before_the_sound_holds_it_back():
    scene = Scene(duplex="half")
    scene.listen()
    scene.say("明天")
    scene.speak(0.3)
    scene.frame("会下雨。", 1.0)
    scene.speak(0.3)
    assert max(scene.sound[-9:]) == 0
    scene.wait(0.6)
    while scene.server.readings:
        scene.recognise("")
    scene.wait(0.2)
    assert scene.sound[-1] > 0.4
    scene.close()
