"""Reads config.yaml and the environment into Settings, and says which line of which file is wrong."""

import dataclasses
import difflib
import os
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from voice.settings import SECRETS, Settings

ENVIRONMENT_PREFIX = "YINLIU_"

Keys = tuple[str, ...]


class ConfigError(Exception):
    """The configuration cannot be used; every line of the message names a place and a remedy."""


@dataclass(frozen=True)
class Config:
    """Settings, and where they came from."""

    settings: Settings
    file: Path | None
    given: frozenset[Keys]
    """The keys that the file or the environment set, whatever their value."""


def load_config(file: Path | None, environment: Mapping[str, str] = os.environ, base_dir: Path = Path()) -> Config:
    """Read a file (None: only defaults, relative to base_dir), then YINLIU_SECTION__KEY variables over it.

    Raises ConfigError.
    """
    tree: dict[str, Any] = {}
    source: dict[Keys, str] = {}
    if file:
        try:
            tree, source = _read_yaml(file)
        except RecursionError:
            raise ConfigError(f"{file.name}: nested too deeply, or an alias of itself.") from None
    for variable, value in environment.items():
        if variable.startswith(ENVIRONMENT_PREFIX) and "__" in variable:
            keys = _match_case(variable.removeprefix(ENVIRONMENT_PREFIX).split("__"))
            _put(tree, keys, value if _is_text(keys) else _scalar(value))
            source[keys] = f"environment variable {variable}"
    try:
        settings = TypeAdapter(Settings).validate_python(_without_nulls(tree))
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(problem, source) for problem in error.errors())) from None
    absolute = _resolve(settings, (file.parent if file else base_dir).resolve())
    return Config(absolute, file, frozenset(source))


def _read_yaml(file: Path) -> tuple[dict[str, Any], dict[Keys, str]]:
    """The file's values, and for each key where it stands."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read ({error}).") from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        tree = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{file.name}{where}: not YAML ({getattr(error, 'problem', error)}).") from None
    if tree is None:
        return {}, {}
    if not isinstance(tree, dict) or not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{file.name}, line 1: a mapping of sections is expected here.")
    source: dict[Keys, str] = {}
    for keys, line, value in _walk(node):
        source[keys] = f"{file.name}, line {line}"
        if _is_text(keys) and isinstance(value, yaml.ScalarNode) and not value.tag.endswith(":null"):
            _put(tree, keys, value.value)  # YAML would read the API key 0123 as the number 83
    return tree, source


def _walk(node: yaml.Node, above: Keys = ()) -> Iterator[tuple[Keys, int, yaml.Node]]:
    """Every key below a node with its line, counted from one, and its value."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            keys = (*above, str(key.value))
            yield keys, key.start_mark.line + 1, value
            yield from _walk(value, keys)


def _without_nulls(value: Any) -> Any:
    """An empty value counts as absent, so that it takes its default; an empty list item as no item."""
    if isinstance(value, dict):
        return {str(key): _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value if inner is not None]
    return value


def _scalar(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _match_case(names: list[str]) -> Keys:
    """Environment variables are upper case by custom, and case-blind on Windows; settings are neither."""
    keys: Keys = ()
    for name in names:
        known = {candidate.lower(): candidate for candidate in _names_below(keys)}
        keys = (*keys, known.get(name.lower(), name))
    return keys


def _put(tree: dict[str, Any], keys: Keys, value: Any) -> None:
    for key in keys[:-1]:
        inner = tree.get(key)
        if not isinstance(inner, dict):
            inner = tree[key] = {}
        tree = inner
    tree[keys[-1]] = value


def _type_of(keys: Keys) -> Any:
    """The declared type of a setting or section; None where no such name is declared."""
    kind: Any = Settings
    for key in keys:
        if typing.get_origin(kind) is dict:
            kind = typing.get_args(kind)[1]
        else:
            kind = typing.get_type_hints(kind).get(key) if dataclasses.is_dataclass(kind) else None
    return kind


def _is_text(keys: Keys) -> bool:
    kind = _type_of(keys)
    return kind is str or {str, type(None)} == set(typing.get_args(kind))


def _names_below(keys: Keys) -> list[str]:
    section = _type_of(keys)
    return [field.name for field in dataclasses.fields(section)] if dataclasses.is_dataclass(section) else []


def _all_names(above: Keys = ()) -> Iterator[str]:
    for name in _names_below(above):
        yield ".".join((*above, name))
        yield from _all_names((*above, name))


def _explain(problem: Any, source: dict[Keys, str]) -> str:
    keys = tuple(str(part) for part in problem["loc"])
    where = next((source[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in source), "configuration")
    name = ".".join(keys)
    if problem["type"] != "unexpected_keyword_argument":
        shown = "" if SECRETS.intersection(keys) else f" (it is {problem['input']!r:.60})"
        return f"{where}: {name}: {problem['msg']}{shown}."
    return f"{where}: there is no setting {name}; {_nearest(keys)}"


def _nearest(keys: Keys) -> str:
    """The closest name in the same section, else anywhere."""
    siblings = {name.lower(): ".".join((*keys[:-1], name)) for name in _names_below(keys[:-1])}
    anywhere = {name.rpartition(".")[2].lower(): name for name in _all_names()}
    for names in (siblings, anywhere):
        near = difflib.get_close_matches(keys[-1].lower(), names, n=1)
        if near:
            return f"did you mean {names[near[0]]}?"
    return f"known here: {', '.join(_names_below(keys[:-1]))}."


def _resolve(section: Any, base_dir: Path) -> Any:
    """The same section with every file name absolute."""
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(section):
        value = getattr(section, field.name)
        if dataclasses.is_dataclass(value):
            changed[field.name] = _resolve(value, base_dir)
        elif isinstance(value, dict) and any(map(dataclasses.is_dataclass, value.values())):
            changed[field.name] = {name: _resolve(inner, base_dir) for name, inner in value.items()}
        elif field.metadata.get("path") and value:
            changed[field.name] = _absolute(value, base_dir)
    return dataclasses.replace(section, **changed)


def _absolute(value: Any, base_dir: Path) -> Any:
    if isinstance(value, dict):
        return {tag: [_absolute(pair[0], base_dir), *pair[1:]] if pair else pair for tag, pair in value.items()}
    if isinstance(value, list):
        return [_absolute(name, base_dir) for name in value]
    return str((base_dir / Path(value).expanduser()).resolve())
