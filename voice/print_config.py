"""Settings as a commented YAML file: what `--print-config` shows, and how config.yaml in the repository is made."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import yaml

from voice.settings import SECRETS, Settings


def print_config(settings: Settings) -> str:
    """Every setting with its value and its sentence, as YAML that can be read back; secrets are masked."""
    return "\n".join(_section(settings, 0)) + "\n"


def _section(section: Any, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for field in dataclasses.fields(section):
        value = getattr(section, field.name)
        if depth == 0:
            yield ""
        yield f"{indent}# {field.metadata['english']}"
        yield f"{indent}# {field.metadata['chinese']}"
        if dataclasses.is_dataclass(value):
            yield f"{indent}{field.name}:"
            yield from _section(value, depth + 1)
        else:
            yield f"{indent}{field.name}: {_value(field.name, value)}".rstrip()


def _value(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name in SECRETS:
        return "'***'"
    if name == "api":
        value = re.sub(r"//[^/@]*@|\?.*", lambda found: found.group()[:2] * (found.group()[0] == "/") + "***", value)
    dumped = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000)
    return dumped.removesuffix("...\n").strip()
