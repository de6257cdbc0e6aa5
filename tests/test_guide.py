"""The guide, in both languages: its commands can be typed, its settings and its warnings exist."""

import dataclasses
import re
import shlex
from pathlib import Path

import pytest

from clients.cli.studio import parser
from clients.cli.studio_words import REASONS
from launch.verbs import VERBS
from voice.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"
GUIDES = {"en": DOCS / "guide.md", "zh": DOCS / "guide.zh.md"}


def commands(text: str) -> list[str]:
    blocks = "".join(re.findall(r"```\n(.*?)```", text, re.DOTALL)).replace("\\\n", " ")
    return [line for line in blocks.splitlines() if line.startswith("python3 start.py ")]


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_its_commands_can_be_typed(guide: Path):
    typed = commands(guide.read_text(encoding="utf-8"))
    assert len(typed) > 15
    for line in typed:
        _, _, verb, *arguments = shlex.split(line, comments=True)
        assert verb in VERBS, line
        if verb == "studio":
            parser().parse_args(arguments)


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_the_settings_it_names_exist(guide: Path):
    named = set(re.findall(r"`studio\.(\w+)`", guide.read_text(encoding="utf-8")))
    assert named
    assert named <= {field.name for field in dataclasses.fields(Settings().studio)}


@pytest.mark.parametrize("language", GUIDES)
def test_each_reason_for_leaving_a_clip_out_is_explained(language: str):
    text = GUIDES[language].read_text(encoding="utf-8")
    for why, (english, chinese) in REASONS.items():
        if why:
            assert f"| {english if language == 'en' else chinese} |" in text


def test_both_say_the_same_things():
    english, chinese = (guide.read_text(encoding="utf-8") for guide in GUIDES.values())
    for pattern in (r"^## \d", r"^\| ", r"^```", r"studio (\w+)"):
        assert len(re.findall(pattern, english, re.M)) == len(re.findall(pattern, chinese, re.M)), pattern
