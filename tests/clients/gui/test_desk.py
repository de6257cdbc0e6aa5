"""The desk against a real server with scripted engines; no window, no sound device."""

import asyncio
import importlib.util
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from clients.gui import sound
from clients.gui.desk import Desk
from clients.gui.settings import Settings, load
from clients.gui.sound import Sound
from clients.play import SilentPlayer
from clients.troubles import ClientTrouble
from tests.clients.gui.scripted import REPLY, HandSound
from tests.support.fakes import FakeRecognizer, FakeReplier
from tests.support.live_server import app_with, live_server
from tests.support.scripted_talk import HummingVoice
from voice.engine_settings import CharacterSettings
from voice.settings import Settings as ServerSettings

SPEECH = Path(__file__).resolve().parents[2] / "assets" / "aishell.wav"
LIMIT_S = 30
HAS_VAD = importlib.util.find_spec("silero_vad") is not None
needs_vad = pytest.mark.skipif(not HAS_VAD, reason="silero-vad is not installed (requirements-vad.txt)")


async def until(is_so: Callable[[], Any], what: str) -> None:
    for _ in range(LIMIT_S * 50):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited {LIMIT_S} s in vain: {what}")


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 2 * LIMIT_S))  # pyright: ignore[reportArgumentType]


@asynccontextmanager
async def desk_at(url: str, path: Path, sound: Sound | None = None, **settings: Any):
    desk = Desk(Settings(server=url, **settings), path / "gui.json", sound or HandSound())
    await desk.open()
    try:
        yield desk
    finally:
        await asyncio.to_thread(desk.close)


def by(desk: Desk) -> list[str]:
    return [bubble.by for bubble in desk.talk.bubbles]


def is_answered(desk: Desk, number: int = 1) -> bool:
    return len(desk.talk.bubbles) > number and not desk.talk.bubbles[number].is_open


def test_a_typed_question_is_answered_with_its_times_and_its_sound(tmp_path: Path) -> None:
    async def test() -> None:
        async with desk_at(url, tmp_path) as desk:
            changes: list[set[str]] = []
            leave = desk.watch(lambda parts: changes.append(set(parts)))
            desk.ask("  出门吗？ ")
            await until(lambda: is_answered(desk), "an answer")
            assert [(bubble.by, bubble.text) for bubble in desk.talk.bubbles] == [
                ("user", "出门吗？"),
                ("assistant", "".join(REPLY)),
            ]
            assert desk.talk.bubbles[1].is_whole
            assert {"first_piece", "first_audio", "playing", "done"} <= set(desk.talk.stages_ms)
            assert {"bubbles", "state", "latency"} <= set().union(*changes)
            assert not desk.tape.is_empty
            leave()
            changes.clear()
            desk.forget()
            assert (changes, desk.talk.bubbles, desk.tape.is_empty) == ([], [], True)

    with live_server(app_with(replier=FakeReplier(REPLY), synthesizer=HummingVoice(0.02))) as url:
        run(test)


def test_nothing_but_spaces_is_not_asked(tmp_path: Path) -> None:
    async def test() -> None:
        async with desk_at(url, tmp_path) as desk:
            desk.ask(" \n ")
            assert desk.talk.bubbles == []

    with live_server(app_with(replier=FakeReplier(REPLY), synthesizer=HummingVoice(0.02))) as url:
        run(test)


def test_stopping_leaves_the_answer_as_far_as_it_was_heard(tmp_path: Path) -> None:
    async def test() -> None:
        async with desk_at(url, tmp_path) as desk:
            desk.ask("出门吗？")
            await until(lambda: desk.talk.state == "speaking", "the answer begins")
            await asyncio.sleep(0.6)
            desk.stop()
            await until(lambda: is_answered(desk), "the answer ends")
            bubble = desk.talk.bubbles[1]
            said = "".join(bubble.pieces.values())
            assert not bubble.is_whole
            assert 0 < len(bubble.text) < len(said)
            assert said.startswith(bubble.text)
            await until(lambda: desk.talk.state == "off", "quiet")

    with live_server(app_with(replier=FakeReplier(REPLY), synthesizer=HummingVoice(0.4))) as url:
        run(test)


def test_another_server_takes_the_conversation_over_and_drops_what_it_does_not_offer(tmp_path: Path) -> None:
    async def test() -> None:
        async with desk_at(first, tmp_path, character="小音") as desk:
            assert list(desk.line.choices.characters) == ["小音"]
            desk.ask("第一句")
            await until(lambda: is_answered(desk), "the first answer")
            await desk.connect(second, "")
            assert (desk.line.link.state, desk.settings.character) == ("good", "")
            desk.ask("第二句")
            await until(lambda: is_answered(desk, 3), "the second answer")
            assert by(desk) == ["user", "assistant"] * 2
        asked = [(message["role"], message["content"]) for message in other.asked[0] if message["role"] != "system"]
        assert asked == [("user", "第一句"), ("assistant", "".join(REPLY)), ("user", "第二句")]
        assert load(tmp_path / "gui.json").server == second

    other = FakeReplier(['"好。"'])
    characters = {"小音": CharacterSettings(about="爱聊天")}
    here = app_with(
        replier=FakeReplier(REPLY), synthesizer=HummingVoice(0.02), settings=ServerSettings(characters=characters)
    )
    with live_server(here) as first, live_server(app_with(replier=other, synthesizer=HummingVoice(0.02))) as second:
        run(test)


def test_settings_count_from_the_next_turn_on(tmp_path: Path) -> None:
    async def test() -> None:
        async with desk_at(url, tmp_path) as desk:
            desk.change(system="你是一只猫", model="another model")
            desk.ask("你是谁？")
            await until(lambda: is_answered(desk), "an answer")
        assert replier.asked[0][0] == {"role": "system", "content": "你是一只猫"}
        assert replier.options[0]["model"] == "another model"

    replier = FakeReplier(REPLY)
    with live_server(app_with(replier=replier, synthesizer=HummingVoice(0.02))) as url:
        run(test)


def test_a_wrong_token_shows_and_the_right_one_clears_it(tmp_path: Path) -> None:
    async def test() -> None:
        async with desk_at(url, tmp_path, token="wrong") as desk:
            assert desk.line.link.state == "bad"
            assert desk.talk.strip is not None
            await desk.connect(url, " right ")
            assert (desk.line.link.state, desk.talk.strip) == ("good", None)
            assert load(tmp_path / "gui.json").token == "right"

    with live_server(app_with(replier=FakeReplier(REPLY), token="right")) as url:
        run(test)


def test_what_is_no_address_is_refused_without_losing_the_server(tmp_path: Path) -> None:
    async def test() -> None:
        async with desk_at(url, tmp_path) as desk:
            await desk.connect("http://", "")
            assert (desk.line.link.state, desk.settings.server) == ("bad", url)
            desk.ask("还在吗？")
            await until(lambda: is_answered(desk), "an answer")

    with live_server(app_with(replier=FakeReplier(REPLY), synthesizer=HummingVoice(0.02))) as url:
        run(test)


@needs_vad
def test_speech_becomes_a_question_and_both_voices_are_on_the_tape(tmp_path: Path) -> None:
    speech, rate_hz = soundfile.read(SPEECH, dtype="float32")
    assert rate_hz == 16_000

    async def test() -> None:
        hand = HandSound()
        async with desk_at(url, tmp_path, hand) as desk:
            await desk.listen(True)
            await until(lambda: desk.talk.state == "listening", "listening")
            levels: list[float] = []
            desk.watch(lambda parts: levels.append(desk.talk.level) if parts == {"level"} else None)
            await asyncio.to_thread(hand.microphones[0].say, speech)
            await until(lambda: is_answered(desk), "an answer")
            assert [(bubble.by, bubble.text) for bubble in desk.talk.bubbles[:1]] == [("user", "你好世界")]
            assert "heard" in desk.talk.stages_ms
            kept_s = len(desk.tape.wav()) / 2 / 16_000
            assert kept_s > 0.6 * len(speech) / rate_hz + 0.5
            # 31 levels for each second of speech were told within a fraction of it.
            assert 0 < len(levels) < len(speech) / 512 / 2
            await desk.listen(False)
            await until(lambda: desk.talk.state == "off", "off")
            assert not hand.microphones[0].is_open

    with live_server(
        app_with(recognizer=FakeRecognizer(), replier=FakeReplier(REPLY), synthesizer=HummingVoice(0.02))
    ) as url:
        run(test)


def test_with_push_to_talk_the_microphone_is_opened_once(tmp_path: Path) -> None:
    async def test() -> None:
        hand = HandSound()
        async with desk_at(url, tmp_path, hand, is_push_to_talk=True) as desk:
            for _ in range(3):
                await desk.listen(True)
                await desk.listen(False)
            assert [(each.opened, each.is_open) for each in hand.microphones] == [(1, True)]
            desk.change(is_push_to_talk=False)
            await desk.listen(False)
            assert not hand.microphones[0].is_open

    with live_server(app_with(replier=FakeReplier(REPLY))) as url:
        run(test)


def test_another_microphone_replaces_the_open_one(tmp_path: Path) -> None:
    async def test() -> None:
        hand = HandSound()
        async with desk_at(url, tmp_path, hand) as desk:
            await desk.use_microphone("Headset")
            assert hand.microphones == []
            await desk.listen(True)
            await desk.use_microphone("")
            assert [each.is_open for each in hand.microphones] == [False, True]

    with live_server(app_with(replier=FakeReplier(REPLY))) as url:
        run(test)


def test_a_microphone_that_cannot_be_opened_is_told_and_stays_off(tmp_path: Path) -> None:
    async def test() -> None:
        async with desk_at(url, tmp_path, HandSound(ClientTrouble("no microphone", "没有麦克风"))) as desk:
            await desk.listen(True)
            assert not desk.is_listening
            assert desk.talk.strip is not None
            assert desk.talk.strip.chinese == "没有麦克风"

    with live_server(app_with(replier=FakeReplier(REPLY))) as url:
        run(test)


@pytest.mark.parametrize(
    ("found", "want"), [([], "no loudspeaker"), (ClientTrouble("PortAudio is missing", "缺 PortAudio"), "PortAudio")]
)
def test_a_machine_without_sound_gets_a_silent_player_and_the_reason(
    monkeypatch: pytest.MonkeyPatch, found: Any, want: str
) -> None:
    def devices() -> list[Any]:
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(sound, "devices", devices)
    player, silence = Sound().player("", lambda _: None)
    assert isinstance(player, SilentPlayer)
    assert silence is not None
    assert want in silence.english
    assert Sound().devices() == []
    with pytest.raises(ClientTrouble):
        Sound().microphone("", lambda _: None, lambda _: None)


def test_settings_that_cannot_be_kept_are_told(tmp_path: Path) -> None:
    async def test() -> None:
        (tmp_path / "gui.json").mkdir()
        async with desk_at(url, tmp_path) as desk:
            desk.change(theme="dark")
            assert desk.settings.theme == "dark"
            assert desk.talk.strip is not None
            assert "cannot be kept" in desk.talk.strip.english

    with live_server(app_with(replier=FakeReplier(REPLY))) as url:
        run(test)


def test_levels_are_no_flood(tmp_path: Path) -> None:
    async def test() -> None:
        hand = HandSound()
        async with desk_at(url, tmp_path, hand) as desk:
            await desk.listen(True)
            levels: list[int] = []
            desk.watch(lambda parts: levels.append(1) if parts == {"level"} else None)
            for _ in range(300):
                hand.microphones[0].on_frame(np.zeros(512, np.float32))
                await asyncio.sleep(0.002)
            assert 1 <= len(levels) <= 150

    with live_server(app_with(replier=FakeReplier(REPLY))) as url:
        run(test)
