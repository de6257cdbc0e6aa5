"""Which voice engine this machine speaks with, and a sentence that says so."""

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from tts.by_voice import ByVoice
from tts.espeak import Espeak
from tts.gpt_sovits.base_models import is_random
from tts.gpt_sovits.files import GET, GPTSoVITSFiles, find_gpt_sovits, problems
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.settings import EngineSettings
from tts.gpt_sovits.text.spelling import RuleSet
from tts.synthesizer import Synthesizer

Note = tuple[str, str]
ENGINES = ("auto", "gpt-sovits", "espeak", "none")
PACKAGES = ("torch", "safetensors", "jieba", "pypinyin")
"""What the GPT-SoVITS engine cannot do without."""
NO_CLIP: Note = (
    "GPT-SoVITS weights are here, but no clip to speak like: set GSV.ref_audio_path and GSV.prompt_text.",
    "有 GPT-SoVITS 权重，但没有参考音频：请设置 GSV.ref_audio_path 和 GSV.prompt_text。",
)


@dataclass(frozen=True)
class Cloning:
    """The voice to clone, as configured. cache: where prepared voices are kept."""

    gpt: Path | None = None
    sovits: Path | None = None
    has_reference: bool = False
    options: SpeechOptions = field(default_factory=SpeechOptions)
    rules: RuleSet = "default"
    rows: int = 8
    is_exact: bool = False
    device: str = "auto"
    cache: Path | None = None
    voices_loaded: int = 3
    has_characters: bool = False
    """Whether there may be characters with clips of their own, where the usual voice has none."""


def choose(engine: str, models_dir: Path, cloning: Cloning | None = None) -> tuple[Synthesizer | None, Note]:
    """Pick the engine and say why in a sentence, in English and Chinese; None means answers without sound.

    models_dir: where weights are looked for.
    """
    if engine not in ENGINES:
        raise ValueError(f"There is no voice engine {engine!r}; the engines are {', '.join(ENGINES)}.")
    if engine == "none":
        return None, (
            "No voice: the engine is set to none, so answers are text only; set it to auto to hear them.",
            "没有声音：tts.engine 设为 none，只回答文字；改为 auto 就能听到。",
        )
    cloning = cloning or Cloning()
    if engine == "espeak":
        return _espeak(("as set", "按设置"))
    files = find_gpt_sovits(models_dir, cloning.gpt, cloning.sovits)
    obstacle = _obstacle(files)
    if obstacle is None and (cloning.has_reference or cloning.has_characters):
        cloned = _gpt_sovits(files, cloning)
        return cloned if cloning.has_reference else _for_characters(cloned, engine)
    obstacle = obstacle or NO_CLIP
    if engine == "gpt-sovits":
        english, chinese = obstacle
        return None, (f"No voice: {english}", f"没有声音：{chinese}")
    return _espeak(obstacle)


def _gpt_sovits(files: GPTSoVITSFiles, cloning: Cloning) -> tuple[Synthesizer, Note]:
    from tts.gpt_sovits.engine import GPTSoVITS

    settings = EngineSettings(
        *(files, cloning.options, cloning.rules, cloning.rows, cloning.is_exact, cloning.device, cloning.cache),
        cloning.voices_loaded,
    )
    names = " + ".join(file.name for file in (files.gpt, files.sovits) if file)
    english, chinese = f"GPT-SoVITS: {names}", f"GPT-SoVITS：{names}"
    if any(file and is_random(file) for file in (files.gpt, files.sovits)):
        return GPTSoVITS(settings), (
            f"{english}; these are random weights for tests, they make noise.",
            f"{chinese}；这是测试用的随机权重，只会发出噪声。",
        )
    return GPTSoVITS(settings), (f"{english}.", f"{chinese}。")


def _for_characters(cloned: tuple[Synthesizer, Note], engine: str) -> tuple[Synthesizer, Note]:
    """The usual voice has no clip: characters that have some are cloned, and espeak speaks for all others."""
    synthesizer, (english, chinese) = cloned
    embedded = Espeak() if engine == "auto" and find_spec("espeakng_loader") else None
    speaks, speaks_zh = ("espeak-ng speaks", "由 espeak-ng 发声") if embedded else ("there is no voice", "没有声音")
    return ByVoice(synthesizer, embedded) if embedded else synthesizer, (
        f"{english} For characters without clips {speaks}: GSV.ref_audio_path and GSV.prompt_text would clone one.",
        f"{chinese}没有片段的角色{speaks_zh}；设置 GSV.ref_audio_path 和 GSV.prompt_text 即可克隆音色。",
    )


def _obstacle(files: GPTSoVITSFiles) -> Note | None:
    """What keeps cloned voices from speaking, the first thing to mend."""
    if missing := problems(files):
        english, chinese = missing[0].english.removesuffix("."), missing[0].chinese.removesuffix("。")
        if setting := missing[0].setting:
            return (
                f"for a cloned voice {english}: correct {setting}.",
                f"克隆音色还不可用：{chinese}；请修正 {setting}。",
            )
        return f"for a cloned voice {english}: `{GET}`.", f"克隆音色还不可用：{chinese}；可用 `{GET}` 下载。"
    if lacking := [name for name in PACKAGES if find_spec(name) is None]:
        command = "`python3 start.py install --ml`"
        names = ", ".join(lacking)
        return (
            f"GPT-SoVITS weights are here, but not the packages {names}; {command} installs them.",
            f"有 GPT-SoVITS 权重，但缺少依赖 {names}；可用 {command} 安装。",
        )
    return None


def _espeak(reason: Note) -> tuple[Synthesizer | None, Note]:
    """reason: why it is this one."""
    english, chinese = reason
    if find_spec("espeakng_loader") is None:
        command = "`pip install -r requirements-demo.txt`"
        return None, (
            f"No voice: espeak-ng is not installed, so answers are text only; {command} installs it. {english}",
            f"没有声音：未安装 espeak-ng，只回答文字；可用 {command} 安装。{chinese}",
        )
    return Espeak(), (
        f"espeak-ng, a synthetic voice for Mandarin and English ({english.removesuffix('.')}).",
        f"espeak-ng，普通话和英语的合成声音（{chinese.removesuffix('。')}）。",
    )
