"""What the measurements need on disk: random weights, reference clips, and each rival's own form of them."""

import json
import os
import pickle
import subprocess
import sys
import wave
from array import array
from pathlib import Path

from benchmarks.gpt_sovits_parts.assignment import Assignment, Version
from benchmarks.gpt_sovits_parts.children import measured
from benchmarks.gpt_sovits_parts.environments import GENIE_TTS, GSV_TTS_LITE, NotInstalled, Rival
from benchmarks.processes import REPOSITORY

VERSIONS: tuple[Version, ...] = ("v2", "v2ProPlus")
CLIP = REPOSITORY / "tests" / "assets" / "aishell.wav"
CLIP_S = 5
NEW_CLIPS = 4
BERT_FOLDER, HUBERT_FOLDER, SPEAKER_FOLDER = "chinese-roberta-wwm-ext-large", "chinese-hubert-base", "sv"
CONVERSION_TIMEOUT_S = 900
STAMP = "written.json"
"""Lies in a folder of weights of the benchmark's own."""


def cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yinliu-benchmarks"


class FolderTaken(Exception):
    """Random weights would come in the place of somebody's files; a sentence."""


def write_weights(folder: Path, size: str, versions: tuple[Version, ...]) -> None:
    """Random weights that never end a sentence, where they are missing. Raises FolderTaken."""
    done = folder / STAMP
    wanted = [size, *versions]
    if done.exists() and json.loads(done.read_text(encoding="utf-8")) == wanted:
        return
    if folder.exists() and not done.exists() and any(folder.iterdir()):
        raise FolderTaken(f"{folder} holds files that are not of this benchmark; name an empty or a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    done.write_text("[]", encoding="utf-8")
    print(f"writing random weights into {folder} ...", file=sys.stderr, flush=True)
    for version in versions:
        command = [sys.executable, "-m", "tts.gpt_sovits.random_set", "--endless", "--size", size]
        subprocess.run([*command, "--version", version, str(folder)], cwd=REPOSITORY, check=True, stdout=sys.stderr)
    done.write_text(json.dumps(wanted), encoding="utf-8")


def write_clips(folder: Path) -> tuple[str, ...]:
    """Clips of five seconds: speech, each beginning elsewhere in it, so that none has been met before."""
    folder.mkdir(parents=True, exist_ok=True)
    with wave.open(str(CLIP)) as clip:
        settings, samples = clip.getparams(), array("h", clip.readframes(clip.getnframes()))
    length = CLIP_S * settings.framerate
    clips = []
    for number in range(1 + NEW_CLIPS):
        start = number * settings.framerate // 4
        rolled = (samples[start:] + samples[:start]) * (length // len(samples) + 1)
        clips.append(folder / f"reference{number}.wav")
        with wave.open(str(clips[-1]), "wb") as file:
            file.setparams(settings)
            file.writeframes(rolled[:length].tobytes())
    return tuple(map(str, clips))


def prepare(rival: Rival, python: Path, weights: Path, folder: Path) -> None:
    """Lay out the rival's files below the folder, once for these weights. Raises NotInstalled."""
    stamp, wanted = folder / "prepared.json", [str(weights), (weights / STAMP).stat().st_mtime]
    if stamp.exists() and json.loads(stamp.read_text(encoding="utf-8")) == wanted:
        return
    print(f"bringing the weights into the form of {rival.title} ...", file=sys.stderr, flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    if rival is GSV_TTS_LITE:
        _prepare_gsv(python, weights, folder)
    elif rival is GENIE_TTS:
        _prepare_genie(python, weights, folder)
    stamp.write_text(json.dumps(wanted), encoding="utf-8")


def _prepare_gsv(python: Path, weights: Path, folder: Path) -> None:
    _write_syllables(folder / "g2p" / "zh")
    _link(weights / HUBERT_FOLDER, folder / HUBERT_FOLDER)
    _link(weights / SPEAKER_FOLDER, folder / SPEAKER_FOLDER)
    bert = folder / BERT_FOLDER
    bert.mkdir(exist_ok=True)
    for file in (weights / BERT_FOLDER).iterdir():
        _link(file, bert / file.name)
    module = "benchmarks.gpt_sovits_rivals.bert_onnx"
    target = bert / "cnroberta_int8_dynamic.onnx"
    ended = subprocess.run(
        [str(python), "-m", module, str(weights / BERT_FOLDER), str(target)],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if ended.returncode:
        raise NotInstalled(f"BERT could not be converted: {ended.stderr.strip().splitlines()[-1][:200]}")


def _prepare_genie(python: Path, weights: Path, folder: Path) -> None:
    """What its import looks for: a folder for HuBERT and a speaker network, which are not used."""
    chinese = folder / "G2P" / "ChineseG2P"
    _write_syllables(chinese)
    (chinese / "polyphonic.pickle").write_bytes(pickle.dumps({"银行": ["yin2", "hang2"]}))
    (folder / HUBERT_FOLDER).mkdir(exist_ok=True)
    (folder / "speaker_encoder.onnx").touch()
    for version in VERSIONS:
        assignment = Assignment("convert", version, str(weights), str(folder), (), runs=1)
        failures = measured(python, GENIE_TTS.module, assignment, CONVERSION_TIMEOUT_S).failures
        if failures:
            raise NotInstalled(f"The weights could not be converted: {failures['all']}")


def _write_syllables(folder: Path) -> None:
    """The phones of every Mandarin syllable, as both rivals' readers of Chinese look them up."""
    from pypinyin import Style, lazy_pinyin
    from pypinyin.constants import PINYIN_DICT

    from tts.gpt_sovits.text.zh.syllables import phones_of

    characters = "".join(map(chr, PINYIN_DICT))
    spelled = {each for each in lazy_pinyin(characters, Style.NORMAL, v_to_u=False) if each.isascii()}
    lines = []
    for syllable in sorted(spelled):
        try:
            initial, rime = phones_of(syllable, "")
        except (KeyError, IndexError):  # a syllable of dialects
            continue
        spellings = {syllable, syllable.replace("u", "v", 1) if initial in "jqxy" else syllable}
        lines += [f"{spelling}\t{initial} {rime}\n" for spelling in spellings]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "opencpop-strict.txt").write_text("".join(lines), encoding="utf-8")


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    target.symlink_to(source.resolve(), target_is_directory=source.is_dir())
