"""The released models that every training begins with, and what is said where they are missing."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tts.gpt_sovits.base_models import BASE_MODELS, BERT, G2PW, HUBERT, SPEAKER, find, roots
from tts.gpt_sovits.config import Version
from tts.gpt_sovits.files import GET, GPTSoVITSFiles, find_gpt_sovits, problems
from voice.studio.refused import Refused

_RELEASED = [name for base in BASE_MODELS.values() for name in base.files]


def base_weights(models_dir: Path, version: Version) -> GPTSoVITSFiles:
    """Where they lie; None for each that was not found."""
    base, places = BASE_MODELS[version], list(roots(models_dir))
    return GPTSoVITSFiles(
        gpt=find(places, base.gpt),
        sovits=find(places, base.sovits),
        hubert=find(places, HUBERT),
        bert=find(places, BERT),
        speaker=find(places, SPEAKER) if base.needs_speaker else None,
        g2pw=find(places, G2PW),
    )


def discriminators(models_dir: Path, version: Version) -> Path | None:
    """What SoVITS is judged by while it is trained (s2D), beside the generator's file or in another usual place."""
    return find(roots(models_dir), BASE_MODELS[version].discriminator)


def require_weights(files: GPTSoVITSFiles, version: Version) -> None:
    """Raises Refused with the command that fetches what is missing or damaged."""
    found = problems(files)
    if not found:
        return
    command = f"{GET} --version {version}"
    english, chinese = found[0].english.removesuffix("."), found[0].chinese.removesuffix("。")
    raise Refused(
        f"Voices cannot be made yet: {english}. Run `{command}`.", f"还不能制作声音：{chinese}。请运行 `{command}`。"
    )


def require_discriminators(models_dir: Path, version: Version) -> None:
    """Raises Refused where there are none: judged by networks that know nothing, a voice stays rough for days."""
    if discriminators(models_dir, version) is None:
        name, command = PurePosixPath(BASE_MODELS[version].discriminator).name, f"{GET} --version {version}"
        raise Refused(
            f"Voices cannot be made yet: {name} is missing, which only training uses. Run `{command}`.",
            f"还不能制作声音：缺少仅在训练时使用的 {name}。请运行 `{command}`。",
        )


@dataclass(frozen=True)
class Asked:
    """Names of base weights as somebody has sent them: upstream's paths, of which the end counts; "" for none."""

    bert: str
    hubert: str
    sovits: str
    discriminators: str
    gpt: str


@dataclass(frozen=True)
class Found:
    """What was asked for, as it lies in trusted folders."""

    files: GPTSoVITSFiles
    discriminators: Path | None

    def need(self, part: str) -> Path:
        """Raises Refused where it is missing."""
        file: Path | None = getattr(self.files, part)
        if file is None:
            raise Refused(*_missing(part))
        return file


def asked_weights(models_dir: Path, asked: Asked, usual_sovits: str, *usual: str) -> Found:
    """Look for base weights by the ends of their names in the usual folders, and nowhere else. Raises Refused.

    usual_sovits, usual: what requests say who have nothing in mind. Where that generator is not here, the best base
    models that are stand for all of it, so that every step of an experiment has the same.
    """
    places = list(roots(models_dir))
    standing_in = None if _named(places, usual_sovits) else find_gpt_sovits(models_dir)

    def chosen(name: str, part: str) -> Path | None:
        if standing_in and name in (usual_sovits, *usual):
            return getattr(standing_in, part)
        found = _named(places, name) if name else None
        if name and found is None and part in ("sovits", "gpt", "hubert"):
            raise Refused(
                f"There is no {PurePosixPath(name).name!r:.80} among the models here. Run `{GET}`, or put it into "
                "the folder of models.",
                f"模型目录中没有 {PurePosixPath(name).name!r:.80}。请运行 `{GET}`，或把该文件放入模型目录。",
            )
        return found

    files = GPTSoVITSFiles(
        gpt=chosen(asked.gpt, "gpt"),
        sovits=chosen(asked.sovits, "sovits"),
        hubert=chosen(asked.hubert, "hubert"),
        bert=chosen(asked.bert, "bert"),
        speaker=find(places, SPEAKER),
        g2pw=find(places, G2PW),
    )
    return Found(files, _judges(places, asked, files.sovits))


def _judges(places: list[Path], asked: Asked, sovits: Path | None) -> Path | None:
    """Those that were named, if they lie beside the generator; else those beside it: others would not fit."""
    beside = sovits.with_name(sovits.name.replace("s2G", "s2D")) if sovits else None
    named = _named(places, asked.discriminators) if asked.discriminators else None
    if named and sovits and named.parent == sovits.parent:
        return named
    return beside if beside and beside != sovits and beside.is_file() else named


def _named(places: list[Path], name: str) -> Path | None:
    """By its last two names, or the last: whatever stands before them is the sender's machine."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    ends = ["/".join(parts[-count:]) for count in (2, 1) if len(parts) >= count]
    released = [name for name in _RELEASED if parts and PurePosixPath(name).name == parts[-1]]
    return next((found for end in (*ends, *released) if (found := find(places, end))), None)


def _missing(part: str) -> tuple[str, str]:
    return (
        f"The base model ({part}) is missing here. Run `{GET}`.",
        f"缺少底模（{part}）。请运行 `{GET}`。",
    )
