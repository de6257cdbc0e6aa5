"""Which clips the semantic model can learn from, and why not the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tts.gpt_sovits.text.symbols import SYMBOL_IDS
from tts.gpt_sovits.training.gpt_sampler import TOKENS_A_SECOND
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.remarks import DroppedClip

PHONES_FILE, TOKENS_FILE, BERT_FOLDER = "2-name2text.txt", "6-name2semantic.tsv", "3-bert"
PHONES_A_SECOND = (3, 25)
"""Who speaks slower or faster does not; then text and sound do not belong together."""
TOKENS_A_PHONE = 2.5
"""Of the longest sentence; it says how many phones that may have."""


@dataclass(frozen=True)
class GptClip:
    """name: as in the files, ending and all. phones: ids of symbols. bert: its file, where the language has one."""

    name: str
    phones: tuple[int, ...]
    tokens: tuple[int, ...]
    bert: Path | None


class _Unfit(Exception):
    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.chinese = chinese


def find_clips(experiment: Path, max_seconds: int, token_count: int) -> tuple[list[GptClip], list[DroppedClip]]:
    """From the files of features; token_count: how many tokens there are besides the end's.

    Raises OSError where a file cannot be read, and TrainingRefused where it is not UTF-8.
    """
    phones = _phones(experiment / PHONES_FILE)
    clips: list[GptClip] = []
    dropped: list[DroppedClip] = []
    for name, tokens in _rows(experiment / TOKENS_FILE, 2, skipped=1):
        try:
            clip = GptClip(name, _ids(phones, name), _tokens(tokens, token_count), _bert(experiment, name))
            _require_usable(clip, max_seconds)
            clips.append(clip)
        except _Unfit as unfit:
            dropped.append(DroppedClip(name, str(unfit), unfit.chinese))
    return clips, dropped


def repeated(clips: list[GptClip]) -> list[GptClip]:
    """An epoch's clips: few are heard several times in one, as upstream does, so that an epoch is worth its end."""
    if len(clips) >= 100:
        return clips
    return clips * max(2, 100 // max(len(clips), 1))


def _phones(file: Path) -> dict[str, str]:
    return {name: phones for name, phones, _, _ in _rows(file, 4)}


def _rows(file: Path, columns: int, skipped: int = 0) -> Iterator[list[str]]:
    """Lines with as many columns; others are no rows."""
    try:
        lines = file.read_text("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise TrainingRefused(
            f"{file} is not UTF-8 text; prepare the recordings again.", f"{file} 不是 UTF-8 文本，请重新处理录音。"
        ) from error
    for line in lines[skipped:]:
        row = line.rstrip("\r").split("\t")
        if len(row) == columns:
            yield row


def _ids(phones: dict[str, str], name: str) -> tuple[int, ...]:
    if name not in phones:
        raise _Unfit("It has no text; transcribe it.", "没有文本，请先转写。")
    symbols = phones[name].split()
    unknown = next((symbol for symbol in symbols if symbol not in SYMBOL_IDS), None)
    if unknown is not None:
        raise _Unfit(
            f"Its text has a phone that v2 does not know: {unknown}.", f"文本中有 v2 不认识的音素：{unknown}。"
        )
    return tuple(SYMBOL_IDS[symbol] for symbol in symbols)


def _tokens(text: str, count: int) -> tuple[int, ...]:
    try:
        tokens = tuple(map(int, text.split()))
    except ValueError:
        tokens = (-1,)
    if not tokens or min(tokens) < 0 or max(tokens) >= count:
        raise _Unfit("Its semantic tokens are damaged; prepare it again.", "语义 token 已损坏，请重新处理。")
    return tokens


def _bert(experiment: Path, name: str) -> Path | None:
    file = experiment / BERT_FOLDER / f"{name}.pt"
    return file if file.is_file() else None


def _require_usable(clip: GptClip, max_seconds: int) -> None:
    longest = max_seconds * TOKENS_A_SECOND
    if len(clip.tokens) > longest:
        raise _Unfit(f"It is longer than {max_seconds} s; cut it.", f"超过 {max_seconds} 秒，请切短。")
    if len(clip.phones) > longest / TOKENS_A_PHONE:
        raise _Unfit(
            f"Its text is too long ({len(clip.phones)} phones); cut it.",
            f"文本太长（{len(clip.phones)} 个音素），请切短。",
        )
    slowest, fastest = PHONES_A_SECOND
    rate = len(clip.phones) / (len(clip.tokens) / TOKENS_A_SECOND)
    if not slowest <= rate <= fastest:
        raise _Unfit(
            f"Its text does not fit its length ({rate:.1f} phones a second; speech has {slowest} to {fastest}). "
            "Correct the text.",
            f"文本与时长不符（每秒 {rate:.1f} 个音素，正常语音为 {slowest} 到 {fastest}），请改正文本。",
        )
