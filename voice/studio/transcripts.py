"""The transcripts of clips: files of lines `path|speaker|LANGUAGE|text`, as all tools of this field read them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath

from voice.studio.folders import replacing
from voice.studio.refused import Refused

TAGS = {"zh": "ZH", "en": "EN", "ja": "JA", "ko": "KO", "yue": "YUE"}
_LANGUAGES = {tag: language for language, tag in TAGS.items()} | {"JP": "ja", "KR": "ko"}


@dataclass(frozen=True)
class Line:
    """A clip's transcript. language: zh, en, ja, ko or yue."""

    path: str
    speaker: str
    language: str
    text: str

    @property
    def name(self) -> str:
        """The clip's file name, wherever the file lay when this was written."""
        return PureWindowsPath(self.path).name


@dataclass(frozen=True)
class Transcript:
    """The lines that can be used, a clip once, and a sentence in two languages about each of the others."""

    lines: list[Line] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


def read_transcript(file: Path) -> Transcript:
    """Read what people and other tools write: any of the usual encodings and line ends. Raises Refused."""
    transcript = Transcript()
    seen: dict[str, int] = {}
    for number, raw in _numbered(_text(file)):
        line = _parsed(raw)
        if isinstance(line, tuple):
            transcript.faults.append((f"Line {number}: {line[0]}", f"第 {number} 行：{line[1]}"))
        elif line.name in seen:
            first = seen[line.name]
            transcript.faults.append(
                (
                    f"Line {number}: {line.name} is in line {first} already.",
                    f"第 {number} 行：{line.name} 与第 {first} 行重复。",
                )
            )
        else:
            seen[line.name] = number
            transcript.lines.append(line)
    return transcript


def write_transcript(file: Path, lines: Iterable[Line]) -> None:
    """Replace the file as a whole. Raises Refused for what no reader could take apart again."""
    text = "".join(_written(line) for line in lines)
    with replacing(file, "wb") as out:
        out.write(text.encode())


def correct_line(file: Path, name: str, text: str, new: Line | None = None) -> Line:
    """Another text for one clip; every other line stays as it is, also one that cannot be read.

    new: the line to begin with where the clip has none yet, e.g. since it was not understood. Raises Refused.
    """
    text = plain_text(text)
    if not text:
        raise Refused("The text is empty.", "文本为空。")
    rows = _rows(_text(file))
    places = _places(rows, name)
    if places:
        line = _parsed(rows[places[0]])
    elif new:
        line, places = new, [len(rows)]
        rows.append("")
    else:
        raise Refused(f"There is no line for {name}.", f"没有 {name} 的文本。")
    assert isinstance(line, Line)
    corrected = replace(line, text=text)
    for place in places:
        rows[place] = _written(corrected).rstrip("\n")
    _save_rows(file, rows)
    return corrected


def remove_line(file: Path, name: str) -> None:
    """Without its line a clip is not used, and stays unused. Raises Refused when it has none."""
    rows = _rows(_text(file))
    places = _places(rows, name)
    if not places:
        raise Refused(f"There is no line for {name}.", f"没有 {name} 的文本。")
    _save_rows(file, [row for place, row in enumerate(rows) if place not in places])


def _places(rows: list[str], name: str) -> list[int]:
    """Where a clip's lines are; somebody may have written it twice."""
    parsed = [_parsed(row) for row in rows]
    return [place for place, line in enumerate(parsed) if isinstance(line, Line) and line.name == name]


def _save_rows(file: Path, rows: list[str]) -> None:
    with replacing(file, "wb") as out:
        out.write("".join(f"{row}\n" for row in rows).encode())


def plain_text(text: str) -> str:
    """One line without the separator, which readers of these files cannot tell from the end of a field."""
    return " ".join(text.replace("|", " ").split())


def _parsed(raw: str) -> Line | tuple[str, str]:
    """A line, or what is wrong with it."""
    fields = [part.strip() for part in raw.split("|", 3)]
    if len(fields) < 4:
        return (
            f"{len(fields)} fields instead of 4: write path|speaker|LANGUAGE|text.",
            f"有 {len(fields)} 个字段，应为 4 个：路径|说话人|语言|文本。",
        )
    path, speaker, tag, text = fields
    language = _LANGUAGES.get(tag.upper())
    if not PureWindowsPath(path).name:
        return "the path is missing.", "缺少音频路径。"
    if not language:
        known = ", ".join(TAGS.values())
        return f"unknown language {tag!r:.40}: write one of {known}.", f"未知语言 {tag!r:.40}，可用：{known}。"
    if not plain_text(text):
        return "the text is empty.", "文本为空。"
    return Line(path, speaker, language, plain_text(text))


def _written(line: Line) -> str:
    for part in (line.path, line.speaker):
        if set("|\r\n") & set(part):
            raise Refused(
                f"{part!r:.80} cannot stand in a transcript: it holds a | or a line break.",
                f"{part!r:.80} 含有 | 或换行，无法写入文本列表。",
            )
    return f"{line.path}|{line.speaker}|{TAGS[line.language]}|{plain_text(line.text)}\n"


def _numbered(text: str) -> list[tuple[int, str]]:
    return [(number, raw) for number, raw in enumerate(_rows(text), 1) if raw.strip()]


def _rows(text: str) -> list[str]:
    """Only what every tool takes for a line's end; Python knows ten more."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return rows if rows[-1] else rows[:-1]


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise Refused(f"There is no transcript {file.name}.", f"没有文本列表 {file.name}。") from None
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    _refuse_damaged(file.name, data)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(
        f"{file.name} is not in UTF-8: save it again as UTF-8.", f"{file.name} 不是 UTF-8 编码，请另存为 UTF-8。"
    )


def _refuse_damaged(name: str, data: bytes) -> None:
    """A few wrong bytes in UTF-8 are damage, and no sign of the older Chinese encoding, as which they could be read."""
    lines = data.split(b"\n")
    wrong = [number for number, line in enumerate(lines, 1) if not _is_utf8(line)]
    right = sum(not line.isascii() for line in lines) - len(wrong)
    if wrong and right > len(wrong) and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused(
            f"Line {wrong[0]} of {name} is damaged: correct it, and save the file as UTF-8.",
            f"{name} 第 {wrong[0]} 行已损坏，请改正后以 UTF-8 保存。",
        )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
