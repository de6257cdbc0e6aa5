import asyncio
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.processes import is_running, wait_until
from tests.support.sound import longest_silence_ms, loudness, samples
from tts import espeak_process
from tts.espeak import NOT_RUNNING, Espeak
from tts.espeak_text import LONGEST_SECTION
from tts.synthesizer import SynthesisFailed, Voice
from tts.utterance import Utterance

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(find_spec("espeakng_loader") is None, reason="espeakng-loader is not installed"),
]

PROJECT = Path(__file__).resolve().parents[2]
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
CHINESE, ENGLISH = Voice("zh"), Voice("en")
LONG_TEXT = "今天天气真不错，我们一起去公园散步吧。" * 500


@pytest.fixture
async def espeak(anyio_backend: str) -> AsyncGenerator[Espeak, None]:
    espeak = Espeak()
    await espeak.start([CHINESE, ENGLISH])
    yield espeak
    await espeak.close()


async def spoken(espeak: Espeak, text: str, voice: Voice = CHINESE) -> bytes:
    async with aclosing(espeak.speak(text, voice)) as speech:
        return b"".join([chunk async for chunk in speech])


def seconds(pcm: bytes, espeak: Espeak) -> float:
    return len(pcm) / 2 / espeak.rate_hz


@pytest.mark.parametrize("speed", [0.5, 2.0])
async def test_a_voice_may_be_faster_or_slower_and_the_next_is_as_before(espeak: Espeak, speed: float):
    text = "今天天气真不错，我们一起去公园散步吧。"
    usual_s = seconds(await spoken(espeak, text), espeak)
    changed_s = seconds(await spoken(espeak, text, Voice("zh", speed=speed)), espeak)
    assert changed_s == pytest.approx(usual_s / speed, rel=0.25)
    assert seconds(await spoken(espeak, text), espeak) == pytest.approx(usual_s, rel=0.02)


@pytest.mark.parametrize(
    ("voice", "short", "long"),
    [
        (CHINESE, "你好。", "你好，今天天气真不错，我们去公园吧。"),
        (ENGLISH, "Hello.", "Hello, the weather is lovely, let us walk in the park."),
        (CHINESE, "用iPhone。", "我用iPhone给Mary打电话，她说OK，明天见。"),
        (Voice("yue"), "你好。", "你好，今日天氣真係好好，我哋去公園啦。"),
        (Voice("ja"), "こんにちは", "こんにちは、きょうはとてもいいてんきですね"),
        (Voice("ko"), "안녕", "안녕하세요 오늘은 날씨가 아주 좋네요"),
    ],
)
async def test_speech_is_loud_and_grows_with_its_text(espeak: Espeak, voice: Voice, short: str, long: str):
    briefly, at_length = await spoken(espeak, short, voice), await spoken(espeak, long, voice)
    assert loudness(briefly) > 500
    assert loudness(at_length) > 500
    assert 0.2 < seconds(briefly, espeak) < seconds(at_length, espeak) / 2


async def test_chunks_arrive_one_by_one(espeak: Espeak, record_property):
    started_s = time.perf_counter()
    async with aclosing(espeak.speak("今天天气真不错，我们一起去公园散步吧。", CHINESE)) as speech:
        first = await anext(speech)
        record_property("first_chunk_ms", (time.perf_counter() - started_s) * 1000)
        assert 0 < seconds(first, espeak) < 0.1
        assert len([chunk async for chunk in speech]) > 20


@pytest.mark.parametrize("text", ["我用iPhone打电话", "他说hello然后bye走了", "I like 包子 a lot", "学Python编程"])
async def test_a_switch_of_language_brings_no_long_pause(espeak: Espeak, text: str):
    assert longest_silence_ms(await spoken(espeak, text), espeak.rate_hz) < 60


async def test_a_mark_at_a_switch_keeps_its_pause(espeak: Espeak):
    assert 250 < longest_silence_ms(await spoken(espeak, "你好。Hello"), espeak.rate_hz) < 400
    assert 100 < longest_silence_ms(await spoken(espeak, "你好，Hello"), espeak.rate_hz) < 200


async def test_runs_join_without_a_click(espeak: Espeak):
    parts = [await spoken(espeak, part) for part in ("我用", "iPhone ", "打电话")]
    joined = samples(await spoken(espeak, "我用iPhone 打电话"))
    assert len(joined) == pytest.approx(sum(len(part) // 2 for part in parts), rel=0.05)
    assert all(abs(samples(part)[-1]) < 50 for part in parts)
    assert all(abs(samples(part)[0]) < 500 for part in parts)


async def test_silence_at_the_ends_of_a_piece_is_short(espeak: Espeak):
    for text, voice in (("你好。", CHINESE), ("Hello, there... ", ENGLISH), (" , , tea", ENGLISH)):
        pcm = samples(await spoken(espeak, text, voice))
        sounding = pcm.nonzero()[0]
        assert sounding[0] <= 0.031 * espeak.rate_hz
        assert len(pcm) - 1 - sounding[-1] <= 0.081 * espeak.rate_hz


async def test_figures_are_read_in_the_language_of_their_sentence(espeak: Espeak):
    chinese = await spoken(espeak, "有三百五十个")
    assert len(await spoken(espeak, "有350个")) == pytest.approx(len(chinese), rel=0.05)
    english = await spoken(espeak, "I have twenty dollars", ENGLISH)
    assert len(await spoken(espeak, "I have $20", ENGLISH)) == pytest.approx(len(english), rel=0.05)


@pytest.mark.parametrize("text", ["", "   ", "\n", "😀😀", "\0", "\x01\x02", "。", "<p></p>", "\ud800", "\u200b"])
async def test_nothing_to_say_is_no_sound(espeak: Espeak, text: str):
    assert await spoken(espeak, text) == b""


async def test_junk_is_survived(espeak: Espeak):
    pid = espeak.process_ids
    plain = await spoken(espeak, "hello", ENGLISH)
    for around in ("\0{}\0", "\x01{}", "😀{}😀", '<break time="9s"/>{}', "<speak>{}</speak>", "\ud800{}\udfff"):
        assert len(await spoken(espeak, around.format("hello"), ENGLISH)) == pytest.approx(len(plain), rel=0.2)
    for junk in (
        "\u0301" * 300,
        "[[" * 200,
        "&#0;" * 50,
        "%s%n" * 50,
        "𠀀" * 200,
        "a" * 1000,
        "1" * 1000,
        "\ue000" * 99,
    ):
        async with aclosing(espeak.speak(junk, CHINESE)) as speech:
            async for _ in speech:
                break
    assert espeak.process_ids == pid


async def test_twenty_at_once_are_each_spoken_as_if_alone(espeak: Espeak):
    texts = [("你好" + "世界" * n, CHINESE) if n % 2 else ("hello" + " world" * n, ENGLISH) for n in range(20)]
    alone = [len(await spoken(espeak, text, voice)) for text, voice in texts]
    together = await asyncio.gather(*(spoken(espeak, text, voice) for text, voice in texts))
    assert [len(pcm) for pcm in together] == pytest.approx(alone, rel=0.05)


async def test_pieces_are_served_in_the_order_of_their_asking(espeak: Espeak):
    finished = []

    async def speak(number: int) -> None:
        await spoken(espeak, "今天天气真不错")
        finished.append(number)

    await asyncio.gather(*(speak(number) for number in range(12)))
    assert finished == list(range(12))


async def test_two_processes_share_the_line():
    espeak = Espeak(processes=2)
    await espeak.start([CHINESE])
    pids = espeak.process_ids
    alone = len(await spoken(espeak, "今天天气真不错"))
    together = await asyncio.gather(*(spoken(espeak, "今天天气真不错") for _ in range(10)))
    await espeak.close()
    assert len(set(pids)) == 2
    assert [len(pcm) for pcm in together] == pytest.approx([alone] * 10, rel=0.05)


async def test_faster_words_are_shorter(espeak: Espeak):
    hurried = Espeak(words_per_minute=350)
    await hurried.start([])
    fast, usual = await spoken(hurried, "今天天气真不错"), await spoken(espeak, "今天天气真不错")
    await hurried.close()
    assert len(fast) < 0.8 * len(usual)


async def test_a_listener_that_reads_slowly_costs_little_and_holds_nobody_up(espeak: Espeak):
    tracemalloc.start()
    slow = [espeak.speak(LONG_TEXT, CHINESE) for _ in range(3)]
    for speech in slow:
        await anext(speech)
    assert len(await spoken(espeak, "你好")) > 0
    await asyncio.sleep(0.2)
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    for speech in slow:
        await speech.aclose()
    assert held_bytes < 3 * 5_000_000


async def test_closing_early_stops_the_synthesis(espeak: Espeak, monkeypatch: pytest.MonkeyPatch):
    received = []
    add = Utterance.add

    def note_and_add(utterance: Utterance, pcm: bytes) -> None:
        received.append(pcm)
        add(utterance, pcm)

    monkeypatch.setattr(Utterance, "add", note_and_add)
    section = LONG_TEXT[:LONGEST_SECTION]
    await spoken(espeak, section)
    whole = len(received)
    received.clear()
    async with aclosing(espeak.speak(section, CHINESE)) as speech:
        await anext(speech)
    await spoken(espeak, "你")
    assert len(received) < whole / 2


async def test_closing_early_frees_the_process_for_the_next(espeak: Espeak):
    alone = len(await spoken(espeak, "你好"))
    for _ in range(20):
        async with aclosing(espeak.speak(LONG_TEXT, CHINESE)) as speech:
            await anext(speech)
        assert len(await spoken(espeak, "你好")) == pytest.approx(alone, rel=0.05)


async def test_cancelling_tasks_frees_the_process_for_the_next(espeak: Espeak):
    alone = len(await spoken(espeak, "你好"))
    tasks = [asyncio.create_task(spoken(espeak, LONG_TEXT)) for _ in range(10)]
    await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    assert len(await spoken(espeak, "你好")) == pytest.approx(alone, rel=0.05)
    assert all(isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*tasks, return_exceptions=True))


async def test_a_process_killed_while_idle_is_replaced_unnoticed(espeak: Espeak):
    (killed,) = espeak.process_ids
    alone = len(await spoken(espeak, "你好"))
    os.kill(killed, KILL)
    assert len(await spoken(espeak, "你好")) == pytest.approx(alone, rel=0.05)
    assert espeak.process_ids != [killed]


async def test_a_process_killed_while_speaking_fails_that_piece_only(espeak: Espeak):
    async with aclosing(espeak.speak(LONG_TEXT, CHINESE)) as speech:
        await anext(speech)
        waiting = asyncio.create_task(spoken(espeak, "你好"))
        os.kill(espeak.process_ids[0], KILL)
        with pytest.raises(SynthesisFailed, match="ended unexpectedly"):
            async for _ in speech:
                pass
    assert len(await waiting) > 0
    assert len(await spoken(espeak, "hello", ENGLISH)) > 0


async def test_a_process_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch, espeak: Espeak):
    if sys.platform == "win32":
        pytest.skip("SIGSTOP is POSIX")
    monkeypatch.setattr(espeak_process, "STUCK_AFTER_S", 0.3)
    os.kill(espeak.process_ids[0], signal.SIGSTOP)
    assert len(await asyncio.wait_for(spoken(espeak, "你好"), timeout=5)) > 0


@pytest.fixture
def broken_install(tmp_path: Path) -> Path:
    """A folder whose espeakng_loader cannot be imported and writes a line for every try."""
    (tmp_path / "espeakng_loader.py").write_text(
        "from pathlib import Path\n"
        "with Path(__file__).with_name('tries').open('a') as file: file.write('x')\n"
        "raise ImportError\n"
    )
    return tmp_path


async def test_a_missing_install_names_the_command(monkeypatch: pytest.MonkeyPatch, broken_install: Path):
    monkeypatch.setenv("PYTHONPATH", str(broken_install))
    with pytest.raises(SynthesisFailed, match=r"pip install -r requirements-demo\.txt"):
        await Espeak().start([CHINESE])


async def test_a_broken_install_does_not_spin(monkeypatch: pytest.MonkeyPatch, espeak: Espeak, broken_install: Path):
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", str(broken_install))
        os.kill(espeak.process_ids[0], KILL)
        for _ in range(8):
            with pytest.raises(SynthesisFailed, match="could not be started"):
                await spoken(espeak, "你好")
    assert (broken_install / "tries").read_text() == "x" * espeak_process.FRUITLESS_STARTS
    monkeypatch.setattr(espeak_process, "REST_S", 0.0)
    assert len(await spoken(espeak, "你好")) > 0


async def test_an_unknown_language_fails_with_a_sentence(espeak: Espeak):
    with pytest.raises(SynthesisFailed, match="no voice for the language 'xx'"):
        await spoken(espeak, "hello", Voice("xx"))


async def test_a_start_that_fails_leaves_no_process_behind():
    espeak = Espeak()
    with pytest.raises(SynthesisFailed, match="no voice for the language"):
        await espeak.start([CHINESE, Voice("xx")])
    assert espeak.process_ids == []


async def test_closing_ends_the_process_and_what_waits():
    espeak = Espeak()
    with pytest.raises(SynthesisFailed, match=NOT_RUNNING):
        await spoken(espeak, "你好")
    await espeak.start([CHINESE])
    (pid,) = espeak.process_ids
    tasks = [asyncio.create_task(spoken(espeak, LONG_TEXT)) for _ in range(3)]
    await asyncio.sleep(0.05)
    started_s = time.monotonic()
    await espeak.close()
    assert time.monotonic() - started_s < 1.0
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, SynthesisFailed) for end in ends)
    assert espeak.process_ids == []
    assert sys.platform == "win32" or not is_running(pid)


@pytest.mark.skipif(sys.platform == "win32", reason="is_running is POSIX")
def test_the_process_ends_with_its_parent(tmp_path: Path):
    script = tmp_path / "parent.py"
    script.write_text(
        "import asyncio\n"
        "from tts.espeak import Espeak\n"
        "from tts.synthesizer import Voice\n"
        "async def main():\n"
        "    espeak = Espeak()\n"
        "    await espeak.start([])\n"
        "    print(espeak.process_ids[0], flush=True)\n"
        "    while True:\n"
        "        async for _ in espeak.speak('今天天气真不错' * 1000, Voice('zh')):\n"
        "            pass\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen([sys.executable, script], env=environment, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    assert wait_until(lambda: not is_running(pid))
