"""Every message exists in English and in Chinese, and the right one is chosen."""

import ast
import re
from collections.abc import Iterator

import pytest

from launch import pip
from launch.words import is_chinese
from tests.support.start_folder import REPOSITORY

HANZI = re.compile(r"[\u4e00-\u9fff]")
BILINGUAL = {"say": 0, "words": 0, "Refusal": 0, "PipFailed": 0, "Verb": 1}
"""Calls with a pair of messages, and where the pair begins."""


def pairs() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    for file in (REPOSITORY / "launch").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
            if (
                name in BILINGUAL
                and isinstance(node, ast.Call)
                and isinstance(node.args[-1], ast.Constant | ast.JoinedStr)
            ):
                first = BILINGUAL[name]
                yield f"{file.name}:{node.lineno}", node.args[first], node.args[first + 1]


def values(message: ast.expr) -> set[str]:
    return {ast.unparse(node) for node in ast.walk(message) if isinstance(node, ast.FormattedValue)}


def test_every_message_says_the_same_in_both_languages():
    found = list(pairs())
    assert len(found) > 50
    for place, english, chinese in found:
        assert not HANZI.search(ast.unparse(english)), place
        assert HANZI.search(ast.unparse(chinese)), place
        if not place.startswith("fetch.py"):  # a joined list is joined by each language's own comma
            assert values(english) == values(chinese), place


def test_every_remedy_is_there_in_both_languages():
    for pattern, english, chinese in pip.REMEDIES:
        assert re.compile(pattern)
        assert not HANZI.search(english)
        assert HANZI.search(chinese)


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({}, False),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "en_US.UTF-8", "YINLIU_LANG": "zh"}, True),
        ({"LANG": "zh_TW.UTF-8", "YINLIU_LANG": "en"}, False),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN"}, True),
        ({"LANG": "zh_CN", "LC_ALL": ""}, True),
    ],
)
def test_the_language_is_the_users(environment, chinese):
    assert is_chinese(environment) == chinese


def test_a_terminal_without_chinese_is_no_error(bare):
    assert bare.run("help", YINLIU_LANG="zh", PYTHONIOENCODING="ascii").returncode == 0
