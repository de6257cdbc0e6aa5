"""What a setting is made of: its default, its limits, and a sentence in English and Chinese."""

from dataclasses import field
from typing import Annotated, Any

from pydantic import ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


def setting(default: Any, english: str, chinese: str, *, path: bool = False) -> Any:
    """A field with its default and its documentation; path=True marks names that are relative to the file."""
    about = {"english": english, "chinese": chinese, "path": path}
    if isinstance(default, list | dict):
        return field(default_factory=lambda: type(default)(default), metadata=about)
    return field(default=default, metadata=about)


class Section:
    """A part of the settings in which only the names that exist are accepted."""

    __pydantic_config__ = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
