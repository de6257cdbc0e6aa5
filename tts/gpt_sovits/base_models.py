"""The released GPT-SoVITS models by name, and what a whole copy of each looks like. Standard library only."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tts.gpt_sovits.file_kind import fault_of_file
from tts.gpt_sovits.refusal import Fault


@dataclass(frozen=True)
class BaseModels:
    """The released weights of a version, below upstream's directory of pretrained models."""

    gpt: str
    sovits: str
    needs_speaker: bool

    @property
    def discriminator(self) -> str:
        """What the SoVITS half is trained against; nobody speaks with it."""
        return self.sovits.replace("s2G", "s2D")

    @property
    def files(self) -> tuple[str, ...]:
        """All three."""
        return self.gpt, self.sovits, self.discriminator


BASE_MODELS = {
    "v2ProPlus": BaseModels("s1v3.ckpt", "v2Pro/s2Gv2ProPlus.pth", needs_speaker=True),
    "v2Pro": BaseModels("s1v3.ckpt", "v2Pro/s2Gv2Pro.pth", needs_speaker=True),
    "v2": BaseModels(
        "gsv-v2final-pretrained/s1bert25hz-5kh-longer-epoch=12-step=369668.ckpt",
        "gsv-v2final-pretrained/s2G2333k.pth",
        needs_speaker=False,
    ),
}
"""Best first: of several complete sets, the first one is used."""
HUBERT, BERT = "chinese-hubert-base", "chinese-roberta-wwm-ext-large"
SPEAKER = "sv/pretrained_eres2netv2w24s4ep4.ckpt"
G2PW = "G2PWModel"
RANDOM_NOTICE = "RANDOM_WEIGHTS.txt"
"""Lies beside weights that were never trained; real ones are preferred to those."""

_RELEASED = tuple(
    map(
        PurePosixPath,
        (HUBERT, BERT, SPEAKER, *(name for base in BASE_MODELS.values() for name in base.files)),
    )
)
_FOLDER_FILES = {
    HUBERT: (("config.json",), ("pytorch_model.bin", "model.safetensors")),
    BERT: (("config.json",), ("pytorch_model.bin", "model.safetensors"), ("tokenizer.json", "vocab.txt")),
    G2PW: (("g2pW.onnx",),),
}
"""What a folder must hold: of each group at least one."""
_OWN_FOLDERS = ("", "gpt-sovits", "GPT-SoVITS")
_UPSTREAM_FOLDERS = ("", "GPT_SoVITS/pretrained_models", "pretrained_models", "GPT_SoVITS/text", "text")
_SPEAKER_LAYER = b"sv_emb.weight"
_DESCRIPTION_BYTES = 1_000_000
"""A checkpoint begins with the names of its tensors."""


def roots(models_dir: Path) -> Iterator[Path]:
    """Our own directories, then where ModelScope and Hugging Face keep what other programs have fetched."""
    for own in _OWN_FOLDERS:
        for upstream in _UPSTREAM_FOLDERS:
            yield models_dir / own / upstream
    modelscope = Path(os.environ.get("MODELSCOPE_CACHE") or Path.home() / ".cache" / "modelscope")
    yield from _snapshots(modelscope / "models" / "AI-ModelScope--GPT-SoVITS")
    for above in ("models", "hub/models", "hub", ""):
        yield modelscope / above / "AI-ModelScope" / "GPT-SoVITS"
    huggingface = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    yield from _snapshots(huggingface / "hub" / "models--lj1995--GPT-SoVITS")


def find(places: Iterable[Path], name: str) -> Path | None:
    """By its path or by its last name alone: the first that is whole and real, else whole, else there."""
    flat = (name, Path(name).name) if "/" in name else (name,)
    there = [copy for place in places for copy in (place / name for name in flat) if copy.exists()]
    return min(there, key=lambda copy: (not is_whole(copy), is_random(copy)), default=None)


def is_whole(place: Path) -> bool:
    """Whether a file, or all that a folder must hold, is there and can be a model by its first bytes."""
    return fault_of(place) is None


def fault_of(place: Path) -> Fault | None:
    """What is wrong with a file, or with a folder of files."""
    for names in _FOLDER_FILES.get(place.name, ()):
        present = [place / name for name in names if (place / name).exists()]
        faults = [fault for file in present if (fault := fault_of_file(file))]
        if not present:
            return Fault(f"lacks {' or '.join(names)}", f"缺少 {' 或 '.join(names)}")
        if len(faults) == len(present):
            return Fault(
                f"is incomplete: {present[0].name} {faults[0].english}",
                f"不完整：{present[0].name} {faults[0].chinese}",
            )
    return None if place.name in _FOLDER_FILES else fault_of_file(place)


def is_random(place: Path) -> bool:
    """Whether a file or folder holds random weights, for tests and benchmarks: a notice marks it, or its set."""
    beside = place if place.is_dir() else place.parent
    above = [place.parents[len(name.parts) - 1] for name in _RELEASED if place.parts[-len(name.parts) :] == name.parts]
    return any((folder / RANDOM_NOTICE).is_file() for folder in (beside, *above))


def needs_speaker(sovits: Path) -> bool:
    """Whether these weights are of v2Pro or v2ProPlus, which take the speaker network's answer as well."""
    try:
        with sovits.open("rb") as file:
            return _SPEAKER_LAYER in file.read(_DESCRIPTION_BYTES)
    except OSError:
        return False


def _snapshots(repository: Path) -> list[Path]:
    folder = repository / "snapshots"
    return sorted(folder.iterdir()) if folder.is_dir() else []
