"""One fixed sentence, spoken with each of the weights that a training exports, so that its progress can be heard."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from asr.recognizer import language_code
from tts.gpt_sovits.clip_limits import LONGEST_S, SHORTEST_S
from tts.gpt_sovits.files import GPTSoVITSFiles
from voice.studio.base_weights import base_weights
from voice.studio.folders import replacing
from voice.studio.models import epoch_of
from voice.studio.steps import Step
from voice.studio.training_plan import TrainingPlan
from voice.studio.transcripts import Line

HalfName = Literal["sovits", "gpt"]
FOLDER, LIST = "samples", "samples.json"
SENTENCES: Mapping[str, str] = {
    "zh": "今天的天气真好，我们一起去公园散步，好不好？",
    "en": "The weather is lovely today, so let us take a walk in the park.",
    "ja": "今日はとても天気がいいので、一緒に公園を散歩しましょう。",
    "ko": "오늘은 날씨가 정말 좋으니까 함께 공원을 산책해요.",
    "yue": "今日天氣真係好好，不如我哋一齊去公園行下啦。",
}
ROOT = Path(__file__).resolve().parents[2]
LOOKED_AFTER_EVERY_S = 0.2
PATIENCE_S = 600.0
"""A sample is not worth more of the training's time."""


@dataclass(frozen=True)
class Sample:
    """file, weights: names; the first below the experiment's folder of samples."""

    half: HalfName
    epoch: int
    weights: str
    file: str
    text: str
    language: str
    seconds: float


class Samples:
    """Of one half. other: the weights of the other half to speak with. Trouble ends no training: it is logged."""

    def __init__(self, plan: TrainingPlan, half: HalfName, other: Path | None, step: Step):
        self._plan, self._other, self._step = plan, other, step
        self._half: HalfName = half
        self._folder = plan.experiment / FOLDER
        self._clip = _clip_to_speak_like(plan.clips)
        self._is_told = False

    @property
    def made(self) -> list[Sample]:
        """Those of this half whose sound is there, by epoch."""
        found = [sample for sample in read_samples(self._plan.experiment) if sample.half == self._half]
        return sorted(found, key=lambda sample: sample.epoch)

    def make(self, weights: Path) -> None:
        """Speak with these weights, unless that is done. Raises JobCancelled."""
        epoch = epoch_of(weights, self._plan.name)
        if epoch is None or any(sample.weights == weights.name for sample in self.made):
            return
        if self._clip is None:
            self._tell_once(
                f"No samples are spoken: no clip lasts {SHORTEST_S:g} to {LONGEST_S:g} s.",
                f"不合成样音：没有时长在 {SHORTEST_S:g} 到 {LONGEST_S:g} 秒之间的片段。",
            )
            return
        sample = self._task(weights, epoch, self._clip)
        if seconds := self._spoken(sample, weights, self._clip):
            self._keep(replace(sample, seconds=seconds))

    def complete(self, exports: Iterable[Path]) -> list[Sample]:
        """Make what is missing, e.g. since an earlier attempt was cut off; returns all. Raises JobCancelled."""
        for weights in exports:
            self.make(weights)
        return self.made

    def _task(self, weights: Path, epoch: int, clip: Line) -> Sample:
        language = language_code(self._plan.language)
        language = language if language in SENTENCES else clip.language
        text = SENTENCES.get(language, SENTENCES["zh"])
        name = f"{self._half}-e{epoch}.wav"
        return Sample(self._half, epoch, weights.name, name, text, language, 0.0)

    def _spoken(self, sample: Sample, weights: Path, clip: Line) -> float:
        """Seconds of sound, 0 where it could not be made."""
        self._folder.mkdir(exist_ok=True)
        told = {
            "files": {part: str(place) if place else None for part, place in vars(self._files(weights)).items()},
            "text": sample.text,
            "language": sample.language,
            "clip": clip.path,
            "clip_text": clip.text,
            "clip_language": clip.language,
            "output": str((self._folder / sample.file).absolute()),
            "device": self._plan.devices[0],
            "rules": self._plan.rules,
        }
        answer = _asked(told, self._step)
        if "seconds" not in answer:
            english = f"The sample {sample.file} could not be spoken: {answer['error']}"
            chinese = f"样音 {sample.file} 未能合成：{answer.get('chinese', answer['error'])}"
            self._step.log(english, "warning", chinese)
        return answer.get("seconds", 0.0)

    def _files(self, weights: Path) -> GPTSoVITSFiles:
        bases = base_weights(self._plan.models_dir, self._plan.version)
        if self._half == "sovits":
            return replace(bases, sovits=weights, gpt=self._other or bases.gpt)
        return replace(bases, gpt=weights, sovits=self._other or bases.sovits)

    def _keep(self, sample: Sample) -> None:
        others = [one for one in read_samples(self._plan.experiment) if one.file != sample.file]
        with replacing(self._folder / LIST) as out:
            json.dump([asdict(one) for one in (*others, sample)], out, ensure_ascii=False, indent=1)
        self._step.log(
            f"To listen to: {sample.file} ({sample.half}, epoch {sample.epoch}): {sample.text}",
            chinese=f"可以试听：{sample.file}（{sample.half}，第 {sample.epoch} 轮）：{sample.text}",
        )
        self._step.news(f"sample {sample.file}", sample=sample.file, half=sample.half, epoch=sample.epoch)

    def _tell_once(self, english: str, chinese: str) -> None:
        if not self._is_told:
            self._step.log(english, "warning", chinese)
        self._is_told = True


def read_samples(experiment: Path) -> list[Sample]:
    """Those whose sound is there, of both halves."""
    try:
        kept = json.loads((experiment / FOLDER / LIST).read_text(encoding="utf-8"))
        samples = [Sample(**one) for one in kept]
    except (OSError, ValueError, TypeError):
        return []
    return [sample for sample in samples if (experiment / FOLDER / sample.file).is_file()]


def _clip_to_speak_like(clips: Iterable[Line]) -> Line | None:
    """The first that is neither too short nor too long to be spoken like."""
    import soundfile

    for clip in clips:
        try:
            if SHORTEST_S <= soundfile.info(clip.path).duration <= LONGEST_S:
                return clip
        except (soundfile.SoundFileError, OSError):
            continue
    return None


def _asked(told: Mapping[str, Any], step: Step) -> dict[str, Any]:
    """What the child answers: `seconds`, or `error` and perhaps `chinese`. Raises JobCancelled."""
    command = [sys.executable, "-m", "voice.studio.speak_sample"]
    # In this process's group, so that it ends with the job, however that ends.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as child:
        deadline_s = time.monotonic() + PATIENCE_S
        given: str | None = json.dumps(told) + "\n"
        try:
            while True:
                try:
                    said, trouble = child.communicate(given, LOOKED_AFTER_EVERY_S)
                    break
                except subprocess.TimeoutExpired:
                    given = None
                    step.check()
                    if time.monotonic() > deadline_s:
                        return {
                            "error": f"it took longer than {PATIENCE_S:g} s",
                            "chinese": f"用时超过 {PATIENCE_S:g} 秒",
                        }
        finally:
            child.kill()
    try:
        return json.loads(said.strip().splitlines()[-1])
    except (ValueError, IndexError):
        lines = trouble.strip().splitlines()
        if lines:
            return {"error": lines[-1]}
        status = child.returncode
        return {"error": f"its process ended with status {status}", "chinese": f"合成进程异常结束（状态 {status}）"}
