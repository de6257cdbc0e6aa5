"""Which recogniser this machine listens with, and a sentence that says so."""

from importlib.util import find_spec
from pathlib import Path

from asr.funasr_engine import SenseVoice
from asr.own_process import OwnProcess
from asr.recognizer import GET_MODEL, Recognizer
from asr.sensevoice_files import faults, find_sensevoice
from asr.sphinx_engine import PocketSphinx

ENGINES = ("auto", "sensevoice", "pocketsphinx", "none")
PACKAGES = ("torch", "funasr", "kaldi_native_fbank", "sentencepiece")
"""Without the last two, FunASR breaks at the first recording rather than at its import."""
UPGRADE = f"`{GET_MODEL}` installs SenseVoice for Chinese, English, Cantonese, Japanese and Korean."
UPGRADE_ZH = f"用 `{GET_MODEL}` 安装 SenseVoice，可识别中文、英语、粤语、日语和韩语。"

Sentence = tuple[str, str]
"""The same in English and in Chinese."""


def choose(
    engine: str, models_dir: Path, language: str, device: str, keep_emoji: bool, threads: int
) -> tuple[Recognizer | None, Sentence]:
    """Pick the engine and say why in a sentence for the start-up banner; None means that nothing is recognised.

    language, device, keep_emoji, threads: as SenseVoice takes them; the demonstration needs none. Nothing is loaded.
    """
    if engine not in ENGINES:
        raise ValueError(f"There is no recogniser {engine!r}; the recognisers are {', '.join(ENGINES)}.")
    if engine == "none":
        return None, (
            "No speech recognition: the engine is set to none, so nothing is heard; set it to auto.",
            "没有语音识别：asr.engine 设为 none，什么也听不到；改为 auto 即可。",
        )
    if engine == "pocketsphinx":
        return _demonstration(("it is set", "已这样设置"))
    folder = find_sensevoice(models_dir)
    lacking = _lacking(folder)
    if folder and not lacking:
        reason, reason_zh = (
            ("as set", "按设置") if engine == "sensevoice" else ("because it is installed", "因为已安装")
        )
        recognizer = SenseVoice(folder, language, device, keep_emoji, threads)
        return recognizer, (f"SenseVoice, {reason}, from {folder}.", f"SenseVoice（{reason_zh}），位于 {folder}。")
    assert lacking
    if engine == "sensevoice":
        return None, (
            f"No speech recognition: SenseVoice is set, but {lacking[0]}; {UPGRADE}",
            f"没有语音识别：设置了 SenseVoice，但{lacking[1]}；{UPGRADE_ZH}",
        )
    return _demonstration(lacking)


def _lacking(folder: Path | None) -> Sentence | None:
    """What keeps SenseVoice from being used; None if nothing does."""
    if not folder:
        return "no speech model is installed", "没有安装语音模型"
    if found := faults(folder):
        listed = "; ".join(found)
        return f"the model in {folder} is incomplete ({listed})", f"{folder} 里的模型不完整（{listed}）"
    missing = ", ".join(name for name in PACKAGES if find_spec(name) is None)
    if missing:
        return f"the model in {folder} lacks its packages ({missing})", f"{folder} 里的模型缺少依赖（{missing}）"
    return None


def _demonstration(reason: Sentence) -> tuple[Recognizer | None, Sentence]:
    if find_spec("pocketsphinx") is None:
        command = "`pip install -r requirements-demo.txt`"
        return None, (
            f"No speech recognition: {reason[0]}, and the demonstration is not installed ({command}); {UPGRADE}",
            f"没有语音识别：{reason[1]}，英文演示也没有安装（{command}）；{UPGRADE_ZH}",
        )
    return OwnProcess("pocketsphinx", PocketSphinx), (
        f"pocketsphinx, an English demonstration with low accuracy, because {reason[0]}; {UPGRADE}",
        f"pocketsphinx，准确率较低的英文演示，因为{reason[1]}；{UPGRADE_ZH}",
    )
