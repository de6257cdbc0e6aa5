"""The real window, as a page in a real browser, against a real server with scripted engines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients.gui.settings import load
from tests.clients.gui.browser import Screen, chromium, program, screen
from tests.clients.gui.scripted import REPLY
from tests.support.fakes import FakeReplier
from tests.support.live_server import app_with, live_server
from tests.support.scripted_talk import HummingVoice
from voice.engine_settings import CharacterSettings
from voice.settings import Settings

pytestmark = pytest.mark.slow
TOKEN = "right"
DARKEST = 100
SAID = "今天天气真不错！"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    characters = {"小音": CharacterSettings(about="爱聊天的朋友")}
    app = app_with(
        replier=FakeReplier(REPLY),
        synthesizer=HummingVoice(0.3),
        settings=Settings(characters=characters),
        missing="start.py models get sensevoice",
        token=TOKEN,
    )
    with live_server(app) as url:
        yield url


@pytest.fixture
def shown(browser: Any, server: str, tmp_path: Path) -> Iterator[Screen]:
    flags = ("--silent", "--server", server, "--token", TOKEN)
    with program(tmp_path, *flags) as url, screen(browser, url) as found:
        yield found


def test_a_question_is_answered_stopped_and_forgotten(shown: Screen) -> None:
    shown.sees("Say something, or type it", "Microphone off")
    shown.write("Type a message", "出门吗？")
    shown.key("Enter")
    shown.sees("出门吗？", SAID, "Speaking")
    shown.press("Stop the answer")
    shown.sees("interrupted", "to the first sound", "Microphone off")
    shown.misses("Stop the answer")
    shown.write("Type a message", "Once more")
    shown.press("Send")
    shown.sees("Once more", "Stop the answer")
    # Until the last word: the mood and the stage direction are part of the whole answer only.
    shown.sees("（微笑）", "Microphone off")
    shown.reload()
    shown.sees("Once more", "（微笑）")
    shown.press("New conversation")
    shown.sees("Say something, or type it")
    shown.misses("Once more")


def test_language_and_appearance_change_while_it_is_open_and_are_kept(shown: Screen, tmp_path: Path) -> None:
    assert min(shown.color(560, 400)) > 255 - DARKEST
    shown.press("Appearance")
    shown.press("Dark")
    shown._until(lambda: max(shown.color(560, 400)) < DARKEST, "the dark")
    shown.press("切换到中文")
    shown.sees("说句话，或者打字", "麦克风已关")
    shown.misses("Say something")
    assert max(shown.color(560, 400)) < DARKEST
    kept = load(tmp_path / "yinliu" / "gui.json")
    assert (kept.theme, kept.ui_language) == ("dark", "zh")


def test_the_connection_is_tested_wrong_and_right(shown: Screen, tmp_path: Path) -> None:
    shown.press("Settings")
    shown.sees("Connected, version", "Hears: absent", "start.py models get sensevoice", "Speaks: humming")
    shown.write("Access token (if it wants one)", "wrong")
    shown.press("Connect")
    shown.sees("This server wants an access token, and not this one.")
    shown.misses("Connected, version")
    shown.write("Access token (if it wants one)", TOKEN)
    shown.key("Enter")
    shown.sees("Connected, version")
    shown.write("Address", "http://127.0.0.1:9")
    shown.press("Connect")
    shown.sees("127.0.0.1:9 does not answer")
    shown.write("Address", "no address")
    shown.press("Connect")
    shown.sees("This is no address of a server")
    assert load(tmp_path / "yinliu" / "gui.json").token == TOKEN


def test_a_character_is_chosen_and_brings_its_own_prompt(shown: Screen, tmp_path: Path) -> None:
    shown.press("Settings")
    shown.sees("Only what the model puts in straight double quotes is spoken")
    shown.press("Character")
    shown.press("小音 · 爱聊天的朋友")
    shown.sees("The character brings its own", "小音 · 127.0.0.1")
    assert load(tmp_path / "yinliu" / "gui.json").character == "小音"


def test_a_narrow_window_shows_one_thing_at_a_time(browser: Any, server: str, tmp_path: Path) -> None:
    flags = ("--silent", "--server", server, "--token", TOKEN)
    with program(tmp_path, *flags) as url, screen(browser, url, width=390, height=780) as shown:
        shown.sees("Say something, or type it")
        shown.press("Settings")
        shown.sees("Access token (if it wants one)", "No sound is played: it was started with --silent.")
        shown.sees("Microphone and loudspeaker are those of the machine that runs this program.")
        shown.misses("Say something, or type it")
        shown.press("Settings")
        shown.sees("Say something, or type it")


def test_a_server_that_is_away_is_told_on_the_strip_at_once(browser: Any, tmp_path: Path) -> None:
    with program(tmp_path, "--silent", "--server", "127.0.0.1:9") as url, screen(browser, url) as shown:
        shown.sees("127.0.0.1:9 does not answer")
        shown.press("Close")
        shown.misses("Close")
