"""Which voice engine this machine speaks with, and a sentence that says so."""

from importlib.util import find_spec
from pathlib import Path

from tts.espeak import Espeak
from tts.synthesizer import Synthesizer

ENGINES = ("auto", "espeak", "none")
ONLY_VOICE = "it is the only voice of this version, cloned voices arrive in a later one with the GPT-SoVITS engine"
ONLY_VOICE_ZH = "本版本只有这一种声音，以后的版本会提供 GPT-SoVITS 克隆音色"


def choose(engine: str, models_dir: Path) -> tuple[Synthesizer | None, tuple[str, str]]:
    """Pick the engine and say why in a sentence, in English and Chinese; None means answers without sound.

    models_dir: where engines keep their weights; espeak-ng has none there.
    """
    if engine not in ENGINES:
        raise ValueError(f"There is no voice engine {engine!r}; the engines are {', '.join(ENGINES)}.")
    if engine == "none":
        return None, (
            "No voice: the engine is set to none, so answers are text only; set it to auto to hear them.",
            "没有声音：tts.engine 设为 none，只回答文字；改为 auto 就能听到。",
        )
    if find_spec("espeakng_loader") is None:
        command = "`pip install -r requirements-demo.txt`"
        return None, (
            f"No voice: espeak-ng is not installed, so answers are text only; {command} installs it ({ONLY_VOICE}).",
            f"没有声音：未安装 espeak-ng，只回答文字；可用 {command} 安装（{ONLY_VOICE_ZH}）。",
        )
    is_set = engine == "espeak"
    return Espeak(), (
        f"espeak-ng, {'as set' if is_set else 'because it is installed'}: a synthetic voice for Mandarin and English; "
        f"{ONLY_VOICE}.",
        f"espeak-ng（{'按设置' if is_set else '因为已安装'}）：普通话和英语的合成声音；{ONLY_VOICE_ZH}。",
    )
