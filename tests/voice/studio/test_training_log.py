"""The log of a training by its real steps on tiny models, for Chinese readers as well."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from asr.recognizer import Heard
from tests.support.chinese import is_chinese
from tests.support.studio_work import Job, speech
from tts.gpt_sovits.random_set import write_random_set
from tts.gpt_sovits.training import sovits_run
from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths
from tts.gpt_sovits.training.watching import Watcher
from voice.jobs.work import JobFailed
from voice.studio import training_samples
from voice.studio.folders import CharacterFolder
from voice.studio.refused import Refused
from voice.studio.train import train
from voice.studio.training_plan import TrainingPlan, write_list
from voice.studio.training_steps import FUNCTIONS, GPT
from voice.studio.transcripts import Line, write_transcript
from voice.studio.wav import RATE_HZ

CLIP_S = 2
TEXTS = ("今天天气真不错。", "我们一起去公园。", "好不好？", "？！")
"""The last cannot be pronounced, so that clip is left out."""


class Understands:
    """The beginning of every sentence."""

    name = "sensevoice"

    def load(self) -> None:
        pass

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        return Heard(training_samples.SENTENCES["zh"][:12], "zh")

    def close(self) -> None:
        pass


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Of a character with short clips, and what is trained from."""
    folder = CharacterFolder(tmp_path / "characters" / "bob")
    for place in (folder.raw, folder.converted, folder.sliced, folder.transcripts):
        place.mkdir(parents=True)
    lines, sound = [], speech()
    for number, text in enumerate(TEXTS):
        file = folder.sliced / f"{number}.wav"
        soundfile.write(file, sound[number * RATE_HZ :][: CLIP_S * RATE_HZ], RATE_HZ)
        lines.append(Line(str(file.absolute()), folder.name, "zh", text))
    write_transcript(folder.transcripts / "sliced_audio.list", lines)
    write_list(folder, lines)
    write_random_set(tmp_path / "models", "v2", "tiny")
    told = {"folder": str(folder.root), "name": "bob", "language": "zh", "batch_size": 8, "epochs_s2": 2}
    more = {"epochs_s1": 1, "gpu_id": "0", "version": "v2", "models_dir": str(tmp_path / "models"), "key": "k"}
    return Job({**told, **more})


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """SoVITS in seconds: narrow networks, each clip once, an export of each epoch."""
    train_sovits = sovits_run.train_sovits

    def narrow(paths: SovitsPaths, options: SovitsOptions, watcher: Watcher) -> Any:
        options = replace(options, segment_frames=8, judges_narrowing=64)
        return train_sovits(replace(paths, discriminators=None), options, watcher)

    monkeypatch.setattr(sovits_run, "train_sovits", narrow)
    monkeypatch.setattr(sovits_run, "repeated", list)
    monkeypatch.setattr("voice.studio.train_sovits.SAVE_EVERY_S2", 1)


@pytest.fixture
def _spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples that are heard, but for one; the process that speaks them would take longer than the training."""

    def answer(told: Mapping[str, Any], step: Any) -> dict[str, Any]:
        if "gpt" in told["output"]:
            return {"error": "the disk is full", "chinese": "磁盘空间不足"}
        Path(told["output"]).write_bytes(Path(told["clip"]).read_bytes())
        return {"seconds": 2.0}

    monkeypatch.setattr(training_samples, "_asked", answer)
    monkeypatch.setattr(training_samples, "SHORTEST_S", 1.0)
    monkeypatch.setattr("asr.choose.choose", lambda *_, **__: (Understands(), ("", "")))


@pytest.mark.slow
@pytest.mark.usefixtures("_small", "_spoken")
def test_every_line_is_told_in_chinese(job: Job):
    """Of a training that breaks down behind its last step, and is gone on with."""

    def break_down(plan: TrainingPlan, step: Any) -> None:
        FUNCTIONS[GPT](plan, step)
        raise Refused("The disk is full.", "磁盘空间不足。")

    with pytest.raises(JobFailed):
        train(job.work, {**FUNCTIONS, GPT: break_down})
    train(job.work)
    lines = [line for line in job.lines if line["type"] == "log"]
    assert [line["line"] for line in lines if not is_chinese(line.get("line_zh", ""))] == []
    told = "\n".join(line["line_zh"] for line in lines)
    for part in (
        "语音只有",
        "已跳过 3.wav",
        "没有判别器底模",
        "SoVITS 从底模开始训练",
        "已写入：bob_e2_s",
        "可以试听：sovits-e2.wav",
        "选用 bob_e2_s",
        "GPT 从底模开始训练",
        "GPT 第 1 轮（共 1 轮）：损失 ",
        "样音 gpt-e1.wav 未能合成：磁盘空间不足",
        "本次训练从上次中断处继续",
        "GPT 从第 2 轮第 1 批继续训练",
    ):
        assert part in told, told
