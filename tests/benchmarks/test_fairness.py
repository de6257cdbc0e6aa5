"""The servers that are compared do the same work for the same reply."""

import json

import pytest

from benchmarks import script
from benchmarks.polled_baseline import Cutter, frame, wav
from benchmarks.scripted_voice import PCM, RATE_HZ, SILENCE
from voice.api.frames import chat_frame
from voice.chat.events import Spoken
from voice.chat.split import SplitRules, Splitter


def baseline_pieces(deltas):
    cutter = Cutter()
    return [text for delta in deltas for text in cutter.feed(delta)] + list(cutter.finish())


@pytest.mark.parametrize("reply", script.REPLIES, ids=["zh", "en"])
def test_both_cut_the_scripted_replies_alike_and_the_first_piece_at_the_timed_token(reply):
    splitter = Splitter(SplitRules())
    timed = script.first_piece_end(reply)
    assert [len(splitter.feed(token)) for token in reply[: timed + 1]] == [0] * timed + [1]
    cutter = Cutter()
    assert [len(list(cutter.feed(token))) for token in reply[: timed + 1]] == [0] * timed + [1]
    whole = Splitter(SplitRules())
    ours = [piece.text for token in reply for piece in whole.feed(token)] + [piece.text for piece in whole.finish()]
    assert ours == baseline_pieces(reply)
    assert len(ours) == sum(token in script.PIECE_MARKS for token in reply) == 3


@pytest.mark.parametrize(
    ("reply", "pieces"),
    [
        ('[普通]"你好呀，今天天气真不错！"（开心地笑）', ["你好呀，", "今天天气真不错！"]),
        ('"嗯。好。行。走吧。"', ["嗯。", "好。行。走吧。"]),
        ('"你好（小声）世界，真的很好。再见"', ["你好世界，", "真的很好。再见"]),
        ('"Hello there. How are you today? I am fine!"', ["Hello there. How are you today?", " I am fine!"]),
        ("没有引号。", []),
    ],
)
def test_the_baseline_cuts_as_the_original_did(reply, pieces):
    assert baseline_pieces(reply) == pieces


@pytest.mark.anyio
async def test_both_send_the_same_audio_frame():
    ours = await chat_frame(Spoken("今天天气真好，", PCM + SILENCE), RATE_HZ, None)
    assert ours == frame(wav(), "今天天气真好，")
    assert json.loads(ours[6:])["file"].startswith("UklGR")


def test_the_moment_survives_the_way_through_a_frame():
    assert script.stamped_s(frame("", "好" + script.stamp(12345.6789012), done=True)) == 12345.6789012
    assert script.stamped_s(b"nothing") is None
