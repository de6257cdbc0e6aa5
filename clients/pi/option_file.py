"""The file in which options are kept: lines of `name: value`, a flat piece of YAML that needs no YAML package."""

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from launch.words import Refusal

LINE = re.compile(r"\s*([A-Za-z][\w-]*)\s*:(?:\s+(.*?))?\s*$")
BEGINNING = "# Options of the Yinliu voice client; any flag without its dashes may stand here.\n"


def usual_path() -> Path:
    """Where install.sh writes it."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "yinliu" / "pi.yaml"


def read_options(path: Path) -> dict[str, str]:
    """The values by name, dashes made underscores. Raises Refusal for a line that is none, OSError."""
    values = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = LINE.match(line)
        value = _value(found[2] or "") if found else None
        if not found or value is None:
            raise Refusal(
                f"{path}, line {number}: not of the form `name: value`.", f"{path} 第 {number} 行：应为“名称: 值”。"
            )
        values[found[1].replace("-", "_")] = value
    return values


def _value(text: str) -> str | None:
    """A bare or quoted value without the comment behind it; None if its quotes do not close."""
    if text.startswith('"'):
        try:
            value, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            return None
        return value if _is_comment(text[end:]) else None
    if text.startswith("'"):
        value, closed, rest = text[1:].partition("'")
        return value if closed and _is_comment(rest) else None
    return re.split(r"(?:^|\s)#", text, maxsplit=1)[0].strip()


def _is_comment(rest: str) -> bool:
    return not rest.strip() or rest.lstrip().startswith("#")


def write_options(path: Path, changes: Mapping[str, str]) -> None:
    """Set these values and leave every other line as it is; nobody else may read the file, since it holds the token."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else [BEGINNING]
    names = {name: f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in changes.items()}
    kept = []
    for line in lines:
        found = LINE.match(line)
        name = found[1].replace("-", "_") if found else ""
        kept.append(names.pop(name, "") if name in changes else line.rstrip("\n") + "\n")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.writelines([*kept, *names.values()])
    new.replace(path)


def main() -> None:
    """For install.sh: the path and the server as arguments, the token in the environment."""
    write_options(Path(sys.argv[1]), {"server": sys.argv[2], "token": os.environ.get("YINLIU_TOKEN", "")})


if __name__ == "__main__":
    main()
