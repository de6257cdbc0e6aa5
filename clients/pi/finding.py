"""One thing that `--check` found out."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from clients.troubles import ClientTrouble
from launch.words import Refusal

Result = TypeVar("Result")


@dataclass(frozen=True)
class Finding:
    english: str
    chinese: str
    is_good: bool = True

    @property
    def mark(self) -> str:
        return "✓" if self.is_good else "✗"


Step = Generator[Finding, None, Result]
"""Tells what it finds while it looks, and returns what later steps need."""


def guarded(step: "Step[Result]") -> "Step[Result | None]":
    """The step, with what makes it give up told as one more finding."""
    try:
        return (yield from step)
    except Refusal as refusal:
        yield Finding(str(refusal), str(refusal), is_good=False)
    except ClientTrouble as trouble:
        yield Finding(trouble.english, trouble.chinese, is_good=False)
    return None
