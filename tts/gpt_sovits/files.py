"""Where GPT-SoVITS models lie on this machine, and which of them belong together. Standard library only."""

from dataclasses import dataclass, fields
from pathlib import Path

from tts.gpt_sovits.base_models import (
    BASE_MODELS,
    BERT,
    G2PW,
    HUBERT,
    SPEAKER,
    BaseModels,
    fault_of,
    find,
    is_random,
    is_whole,
    needs_speaker,
    roots,
)

GET = "python3 start.py models get gpt-sovits"

SETTINGS = {"gpt": "GSV.GPT_weight", "sovits": "GSV.SoVITS_weight"}
"""Where the weights of a voice of one's own are named."""

_UPSTREAM_NAMES = ("s1v3", "s1bert25hz", "s2G", "s2D", "vocoder", "pretrained_eres2net")
"""How the files begin that upstream itself hands out; no voice of somebody's own is called so."""


@dataclass(frozen=True)
class GPTSoVITSFiles:
    """What a voice is made with; None where nothing was found, a faulty file only where there is no other."""

    gpt: Path | None
    sovits: Path | None
    hubert: Path | None
    bert: Path | None
    speaker: Path | None
    """Characters may have weights that need it where the usual ones do not."""
    g2pw: Path | None
    """Readings of Chinese characters by their context; without it they come from a dictionary."""


@dataclass(frozen=True)
class Problem:
    """Why a set of files cannot speak, in a sentence."""

    part: str
    """A field of GPTSoVITSFiles."""
    english: str
    chinese: str
    setting: str = ""
    """To be corrected; empty where fetching the released models helps."""


def find_gpt_sovits(models_dir: Path, gpt: Path | None = None, sovits: Path | None = None) -> GPTSoVITSFiles:
    """The files to speak with: the weights that are named, and for what is not named the best base models that fit.

    gpt, sovits: as configured; a relative path counts from the models' directory, or upstream's inside of it, first.
    Trained weights are never picked by age; only a single pair that lies directly in the directory is taken unnamed,
    where there are no base models.
    """
    places = list(roots(models_dir))
    bases = BASE_MODELS.values()
    gpt = _configured(gpt, places) or _lone(places, ".ckpt", [base.gpt for base in bases])
    sovits = _configured(sovits, places) or _lone(places, ".pth", [base.sovits for base in bases])
    speaker = find(places, SPEAKER)
    gpt, sovits = _pair(places, gpt, sovits, speaker)
    return GPTSoVITSFiles(
        gpt=gpt,
        sovits=sovits,
        hubert=find(places, HUBERT),
        bert=find(places, BERT),
        speaker=speaker,
        g2pw=find(places, G2PW),
    )


def find_part(models_dir: Path, name: str) -> Path | None:
    """A file or folder by its name in upstream's directory of pretrained models, if it is whole and real."""
    place = find(roots(models_dir), name)
    return place if place and is_whole(place) and not is_random(place) else None


def problems(files: GPTSoVITSFiles) -> list[Problem]:
    """What keeps these files from speaking; nothing if all is well, as far as it can be told without reading them."""
    is_idle = files.sovits is not None and not needs_speaker(files.sovits)
    parts = [field.name for field in fields(files) if not (field.name == "speaker" and is_idle)]
    found = [problem for part in parts if (problem := _problem(part, getattr(files, part)))]
    if files.speaker is None and files.sovits and not is_idle:
        found.append(_missing("speaker"))
    return found


def trained_weights(models_dir: Path) -> tuple[list[Path], list[Path]]:
    """GPT and SoVITS weights in upstream's folders for the results of training, by name."""
    gpt, sovits = (
        sorted(
            {
                file
                for root in roots(models_dir)
                for folder in root.glob(f"{kind}_weights*")
                for file in folder.glob(f"*{suffix}")
                if file.is_file()
            }
        )
        for kind, suffix in (("GPT", ".ckpt"), ("SoVITS", ".pth"))
    )
    return gpt, sovits


def _pair(
    places: list[Path], gpt: Path | None, sovits: Path | None, speaker: Path | None
) -> tuple[Path | None, Path | None]:
    """The weights that are named, completed with base models, or the best base models that are whole."""
    pairs = [(gpt or find(places, base.gpt), sovits or find(places, base.sovits)) for base in BASE_MODELS.values()]
    scores = [_score(base, pair, sovits, speaker) for base, pair in zip(BASE_MODELS.values(), pairs, strict=True)]
    return pairs[scores.index(max(scores))]


def _score(
    base: BaseModels, pair: tuple[Path | None, Path | None], named_sovits: Path | None, speaker: Path | None
) -> int:
    """How well two weights can speak together; random ones count less than real ones of whatever version."""
    whole = [place for place in pair if place and is_whole(place)]
    used = whole
    if named_sovits:  # then what matters is a GPT of the same family
        fits = needs_speaker(named_sovits) == base.needs_speaker
    else:
        fits = speaker is not None or not base.needs_speaker
        used = [*whole, speaker] if base.needs_speaker and speaker else whole
    return len(whole) + fits + (len(whole) == 2 and fits) - any(map(is_random, used))


def _configured(path: Path | None, places: list[Path]) -> Path | None:
    """The path itself where nothing is found, so that it gets named."""
    if path is None:
        return None
    path = path.expanduser()
    candidates = [path] if path.is_absolute() else [*(place / path for place in places), path]
    return min((candidate for candidate in candidates if candidate.is_file()), key=is_random, default=path)


def _lone(places: list[Path], suffix: str, base_names: list[str]) -> Path | None:
    """The only file of its kind that lies directly in a directory, if there are no base models but random ones."""
    if any(place and not is_random(place) for name in base_names if (place := find(places, name))):
        return None
    for place in places:
        files = [file for file in place.glob(f"*{suffix}") if not file.name.startswith(_UPSTREAM_NAMES)]
        if len(files) == 1:
            return files[0]
    return None


def _problem(part: str, place: Path | None) -> Problem | None:
    if place is None:
        return None if part in ("speaker", "g2pw") else _missing(part)
    fault = fault_of(place)
    if not fault:
        return None
    setting = "" if _is_released(part, place) else SETTINGS.get(part, "")
    return Problem(part, f"{place} {fault.english}", f"{place} {fault.chinese}", setting)


def _is_released(part: str, place: Path) -> bool:
    """Whether fetching brings a file to where this path is looked for, or one that takes its place."""
    names = {getattr(base, part) for base in BASE_MODELS.values()} if part in SETTINGS else set()
    if place.exists():
        return place.name in {Path(name).name for name in names}
    return place.as_posix() in names


def _missing(part: str) -> Problem:
    english, chinese = {
        "gpt": ("the GPT weights (s1, a .ckpt file) are missing", "缺少 GPT 权重（s1，.ckpt 文件）"),
        "sovits": ("the SoVITS weights (s2, a .pth file) are missing", "缺少 SoVITS 权重（s2，.pth 文件）"),
        "hubert": (f"the folder {HUBERT} is missing", f"缺少文件夹 {HUBERT}"),
        "bert": (f"the folder {BERT} is missing", f"缺少文件夹 {BERT}"),
        "speaker": (
            f"{SPEAKER} is missing, which v2Pro and v2ProPlus weights need",
            f"缺少 {SPEAKER}，v2Pro 和 v2ProPlus 权重需要它",
        ),
    }[part]
    return Problem(part, english, chinese)
