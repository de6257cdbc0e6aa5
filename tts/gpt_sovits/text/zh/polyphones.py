"""What may decide readings by the whole sentence."""

from collections.abc import Mapping
from typing import Protocol


class Polyphones(Protocol):
    """Reads the characters of a sentence that have several readings."""

    def readings(self, text: str) -> Mapping[int, str]:
        """Syllables like hang2 by the position of their character; what is not named is read by other means."""
        ...


class NoPolyphones:
    """Leaves every reading to dictionaries and rules."""

    def readings(self, text: str) -> Mapping[int, str]:
        return {}
