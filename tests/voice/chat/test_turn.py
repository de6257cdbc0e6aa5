"""Order, bounds, errors in their place, and nothing left behind: one turn against scripted engines."""

import asyncio
import random
from collections.abc import AsyncGenerator

import pytest

from llm.replier import LLMError
from tests.support.fakes import FakeReplier, FakeSynthesizer, spoken_pcm
from tts.synthesizer import Voice
from voice.chat.events import Done, Event, Spoken
from voice.chat.split import Piece, SplitRules, Splitter
from voice.chat.stopwatch import Stopwatch
from voice.chat.turn import NO_SPEECH_HINT, OPEN_BRACKET_HINT, take_turn, until_stopped

pytestmark = pytest.mark.anyio

FIVE = ["一号句子。", "二号这句子。", "三号这句子。", "四号这句子。", "五号这句子。"]


def turn(replier: FakeReplier, synthesizer: FakeSynthesizer, **options) -> AsyncGenerator[Event, None]:
    def speak(piece: Piece) -> AsyncGenerator[bytes, None]:
        return synthesizer.speak(piece.spoken, Voice())

    return take_turn(replier.stream_reply([]), Splitter(SplitRules()), speak, Stopwatch(), **options)


async def events_of(script: list, synthesizer: FakeSynthesizer | None = None, **options) -> list[Event]:
    return [event async for event in turn(FakeReplier(script), synthesizer or FakeSynthesizer(), **options)]


async def test_pieces_come_in_order_whatever_their_synthesis_takes():
    class Uneven(FakeSynthesizer):
        async def speak(self, text: str, voice: Voice) -> AsyncGenerator[bytes, None]:
            await asyncio.sleep(random.random() / 50)
            async for part in super().speak(text, voice):
                yield part

    events = await events_of(['"', *FIVE, '"'], Uneven(), ahead=4)
    assert [event.text for event in events if isinstance(event, Spoken)] == FIVE
    assert [event.pcm for event in events if isinstance(event, Spoken)] == [spoken_pcm(t, Voice()) for t in FIVE]
    assert isinstance(events[-1], Done)
    assert events[-1].reply == '"' + "".join(FIVE) + '"'


async def test_at_most_ahead_pieces_are_under_way_while_a_listener_is_slow():
    synthesizer = FakeSynthesizer()
    events = turn(FakeReplier(['"', *FIVE, '"']), synthesizer, ahead=2)
    await anext(events)
    await asyncio.sleep(0.05)
    assert synthesizer.begun == FIVE[:2]
    await anext(events)
    await asyncio.sleep(0.05)
    assert synthesizer.begun == FIVE[:3]
    await events.aclose()


async def test_a_piece_that_fails_keeps_its_place_and_its_text():
    events = await events_of(['"一号句子。这里fail掉了。最后这一句。"'])
    assert [(e.text, e.pcm is None, e.error) for e in events if isinstance(e, Spoken)] == [
        ("一号句子。", False, ""),
        ("这里fail掉了。", True, "this voice cannot say that"),
        ("最后这一句。", False, ""),
    ]
    assert isinstance(events[-1], Done)
    assert not events[-1].error
    assert not events[-1].hint


async def test_an_engine_that_breaks_is_told_in_a_sentence_without_its_innards():
    class Broken(FakeSynthesizer):
        async def speak(self, text: str, voice: Voice) -> AsyncGenerator[bytes, None]:
            raise RuntimeError("secret innards")
            yield b""

    events = await events_of(['"你好。"'], Broken())
    assert isinstance(events[0], Spoken)
    assert events[0].pcm is None
    assert "innards" not in events[0].error
    assert isinstance(events[-1], Done)
    assert events[-1].hint == events[0].error


async def test_audio_comes_in_parts_when_asked_the_first_with_the_text():
    synthesizer = FakeSynthesizer(steps=3)
    events = await events_of(['"你好呀。"'], synthesizer, in_parts=True)
    parts = [event for event in events if isinstance(event, Spoken)]
    assert [part.text for part in parts] == ["你好呀。", "", ""]
    assert b"".join(part.pcm or b"" for part in parts) == spoken_pcm("你好呀。", Voice())


async def test_the_first_part_does_not_wait_for_the_second():
    class Stuck(FakeSynthesizer):
        async def speak(self, text: str, voice: Voice) -> AsyncGenerator[bytes, None]:
            yield b"\1\0"
            await asyncio.sleep(60)

    events = turn(FakeReplier(['"你好呀。"']), Stuck(), in_parts=True)
    assert (await asyncio.wait_for(anext(events), 1)).pcm == b"\1\0"  # pyright: ignore[reportAttributeAccessIssue]
    await events.aclose()


async def test_what_was_said_before_the_model_failed_is_still_heard():
    error = LLMError("llm_stream_error", "The model broke off.", None)
    events = await events_of(['"第一句话。第二', error])
    assert [event.text for event in events if isinstance(event, Spoken)] == ["第一句话。", "第二"]
    done = events[-1]
    assert isinstance(done, Done)
    assert done.reply == '"第一句话。第二'
    assert done.error
    assert (done.error.type, done.error.message) == ("llm_stream_error", "The model broke off.")


async def test_a_reply_that_nobody_could_hear_says_why():
    for script, expected in (
        (["我没有引号。"], NO_SPEECH_HINT),
        (["“弯引号。”"], NO_SPEECH_HINT),
        (['"真可惜 :( 不过没关系。"'], OPEN_BRACKET_HINT),
        (['```\nprint(1)\n"说什么"'], OPEN_BRACKET_HINT),
        ([], ""),
        (['"你好。"'], ""),
    ):
        done = (await events_of(script))[-1]
        assert isinstance(done, Done)
        assert done.hint.startswith(expected)
        assert bool(done.hint) == bool(expected)
        assert ("curly_quotes" in done.hint) == (script == ["“弯引号。”"])


async def test_leaving_early_ends_the_model_and_every_synthesis():
    before = asyncio.all_tasks()
    replier, synthesizer = FakeReplier(['"', *FIVE, 60.0, '"']), FakeSynthesizer(step_s=0.01, steps=500)
    events = turn(replier, synthesizer)
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0.05)
    others = asyncio.all_tasks() - {waiting, asyncio.current_task()}
    assert others
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await events.aclose()
    taken = synthesizer.steps_taken
    await asyncio.sleep(0.05)
    assert synthesizer.steps_taken == taken
    assert synthesizer.finished == []
    assert replier.closed_early == 1
    assert asyncio.all_tasks() == before


async def test_leaving_between_two_pieces_leaves_nothing_either():
    before = asyncio.all_tasks()
    replier, synthesizer = FakeReplier(['"', *FIVE, '"', 60.0]), FakeSynthesizer(step_s=0.005)
    events = turn(replier, synthesizer)
    async for _ in events:
        break
    await events.aclose()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    assert replier.closed_early == 1


async def test_the_stages_of_a_turn_are_in_order():
    done = (await events_of([0.01, '"你好。', 0.01, '"']))[-1]
    assert isinstance(done, Done)
    marks = done.timing_ms
    assert list(marks) == ["first_token", "first_piece", "first_audio", "done"]
    assert sorted(marks.values()) == list(marks.values())


async def test_silent_pieces_are_not_sent_to_the_engine():
    synthesizer = FakeSynthesizer()
    events = await events_of(['"好的！！！"'], synthesizer)
    assert synthesizer.begun == ["好的！"]
    assert [(e.text, e.pcm is None) for e in events if isinstance(e, Spoken)] == [("好的！", False), ("！！", True)]


async def test_a_stopping_server_ends_a_turn_with_its_last_event_and_cancels_the_rest():
    before = asyncio.all_tasks()
    replier, stopping = FakeReplier(['"第一句话。', 60.0]), asyncio.Event()
    events = until_stopped(turn(replier, FakeSynthesizer()), stopping)
    assert isinstance(await anext(events), Spoken)
    asyncio.get_running_loop().call_later(0.05, stopping.set)
    done = await asyncio.wait_for(anext(events), 2)
    assert isinstance(done, Done)
    assert done.error
    assert (done.reply, done.error.type) == ("第一句话。", "server_stopping")
    assert await anext(events, None) is None
    assert asyncio.all_tasks() == before
    assert replier.closed_early == 1
