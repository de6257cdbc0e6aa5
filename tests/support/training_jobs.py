"""The command line of a worker that trains with small steps of its own, and hears with a stand-in.

The steps do on small data what real ones do: they read the clips, write the tables, go on from their state, and export.
Environment variables say how: TEST_STEP_S, TEST_FAIL (a step's name), TEST_WEIGHTS (real: such as the engine loads).
"""

import json
import os
import sys
import time
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.support.studio_jobs import NotingRecognizer
from voice.jobs.entry import run
from voice.jobs.work import Work
from voice.studio.infer import infer
from voice.studio.inference import KIND as INFER
from voice.studio.process import process
from voice.studio.processing import KIND as PROCESS
from voice.studio.refused import Refused
from voice.studio.steps import Step
from voice.studio.train import train
from voice.studio.training import KIND as TRAIN
from voice.studio.training_plan import TrainingPlan
from voice.studio.training_steps import AUDIO, GPT, SEMANTIC, SOVITS, SPEAKER, TEXT, StepFunction

STORY = "story.txt"
"""In the experiment's folder: a line for everything that was done."""
SPOKEN = "广州市房地产中介协会分析，今天天气真不错，我们一起去。"


def story(experiment: Path) -> list[str]:
    file = experiment / STORY
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _tell(plan: TrainingPlan, line: str) -> None:
    with (plan.experiment / STORY).open("a", encoding="utf-8") as out:
        out.write(f"{line}\n")
    time.sleep(float(os.environ.get("TEST_STEP_S", "0")))


def _fail_if_wanted(step: str) -> None:
    if os.environ.get("TEST_FAIL") == step:
        raise Refused(f"{step} cannot be done.", f"{step} 无法完成。")


def extract_text(plan: TrainingPlan, step: Step) -> None:
    _fail_if_wanted(TEXT)
    rows = []
    for number, clip in enumerate(plan.clips):
        step.progress(number / len(plan.clips))
        rows.append(f"{clip.name}\t{' '.join(clip.text)}\tNone\t{clip.text}\n")
        _tell(plan, f"{TEXT} {clip.name}")
    (plan.experiment / "2-name2text.txt").write_text("".join(rows), encoding="utf-8")


def extract_audio(plan: TrainingPlan, step: Step) -> None:
    _fail_if_wanted(AUDIO)
    place = plan.experiment / "5-wav32k"
    place.mkdir(exist_ok=True)
    for number, clip in enumerate(plan.clips):
        step.progress(number / len(plan.clips))
        if not (place / clip.name).exists():
            (place / clip.name).write_bytes(Path(clip.path).read_bytes())
            _tell(plan, f"{AUDIO} {clip.name}")


def extract_speaker(plan: TrainingPlan, step: Step) -> None:
    lengths = {}
    for clip in plan.clips:
        with wave.open(clip.path) as sound:
            lengths[clip.name] = sound.getnframes()
    (plan.experiment / "7-sv_cn.json").write_text(json.dumps(lengths))
    _tell(plan, SPEAKER)


def extract_semantic(plan: TrainingPlan, step: Step) -> None:
    lengths = json.loads((plan.experiment / "7-sv_cn.json").read_text())
    rows = [f"{name}\t{' '.join(['7'] * (frames // 1280))}\n" for name, frames in lengths.items()]
    (plan.experiment / "6-name2semantic.tsv").write_text("item_name\tsemantic_audio\n" + "".join(rows))
    _tell(plan, SEMANTIC)


def train_sovits(plan: TrainingPlan, step: Step) -> None:
    _fail_if_wanted(SOVITS)
    _train(plan, step, SOVITS, plan.state_s2, plan.epochs_s2)
    file = plan.exports / f"{plan.name}_e{plan.epochs_s2}_s{plan.epochs_s2 * 3}.pth"
    if os.environ.get("TEST_WEIGHTS") == "real":
        from tts.gpt_sovits.random_weights import write_acoustic

        write_acoustic(file, plan.version, "tiny", 3)
    else:
        file.write_bytes(b"sovits")


def train_gpt(plan: TrainingPlan, step: Step) -> None:
    _fail_if_wanted(GPT)
    _train(plan, step, GPT, plan.state_s1, plan.epochs_s1)
    file = plan.exports / f"{plan.name}-e{plan.epochs_s1}.ckpt"
    if os.environ.get("TEST_WEIGHTS") == "real":
        from tts.gpt_sovits.random_weights import write_semantic

        write_semantic(file, "tiny", 4)
    else:
        file.write_bytes(b"gpt")


def _train(plan: TrainingPlan, step: Step, name: str, state: Path, epochs: int) -> None:
    """An epoch is done when its number is in the state."""
    kept = state / "epoch"
    done = int(kept.read_text()) if kept.exists() else 0
    for epoch in range(done + 1, epochs + 1):
        step.progress((epoch - 1) / epochs)
        step.check()
        step.point(epoch, loss=1 / epoch)
        _tell(plan, f"{name} {epoch}")
        kept.with_suffix(".new").write_text(str(epoch))
        kept.with_suffix(".new").replace(kept)


FUNCTIONS: Mapping[str, StepFunction] = {
    TEXT: extract_text,
    AUDIO: extract_audio,
    SPEAKER: extract_speaker,
    SEMANTIC: extract_semantic,
    SOVITS: train_sovits,
    GPT: train_gpt,
}


class SameWords(NotingRecognizer):
    """Hears the same in every clip."""

    def transcribe(self, samples: Any, language: str = "") -> Any:
        from asr.recognizer import Heard

        time.sleep(float(os.environ.get("TEST_STEP_S", "0")))
        return Heard(SPOKEN, "zh")


def process_here(work: Work) -> Mapping[str, Any]:
    with patch("asr.choose.choose", lambda *_, **__: (SameWords(Path(os.devnull), 0), ("a stand-in", "替身"))):
        return process(work)


def train_here(work: Work) -> Mapping[str, Any]:
    return train(work, FUNCTIONS)


KINDS = {PROCESS: process_here, TRAIN: train_here, INFER: infer}

if __name__ == "__main__":
    sys.exit(run(KINDS, "tests.support.training_jobs", sys.argv[1:]))
