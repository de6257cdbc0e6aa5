"""The wake word: models of the openWakeWord family, run by onnxruntime alone.

The package of that name is not used: it imports scipy, scikit-learn and others, and has no models in it either.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from clients.pi.option_file import usual_path
from launch.words import Refusal

STEP = 1280
"""Samples between two scores, 80 ms."""
OVERLAP = 480
"""Samples of the step before that the spectrum's windows reach back to."""
WINDOW = 76
"""Spectrum rows that one embedding sees; eight are new in each step."""
THRESHOLD = 0.5
REFRACTORY_STEPS = 12
"""One word is reported once: about a second passes before the next."""
SPECTRUM, EMBEDDING = "melspectrogram.onnx", "embedding_model.onnx"
WHERE = "https://github.com/dscripka/openWakeWord/releases/tag/v0.5.1"


class WakeWord:
    """Tells whether the word was just said; fed with frames of float32 at 16 kHz, of any length."""

    def __init__(self, model: Path, threshold: float = THRESHOLD, open_model: Callable[[Path], Any] | None = None):
        open_model = open_model or _open_model
        spectrum, embedding = model.with_name(SPECTRUM), model.with_name(EMBEDDING)
        _demand(model, spectrum, embedding)
        self._spectrum, self._embedding, self._word = map(open_model, (spectrum, embedding, model))
        self._memory = self._word.get_inputs()[0].shape[1]
        self._threshold = threshold
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self._samples = np.zeros(OVERLAP, np.float32)
        self._rows = np.ones((WINDOW, 32), np.float32)
        self._features = np.zeros((self._memory, 96), np.float32)
        self._steps = 0
        self._quiet_until = self._memory  # scores of a history that is not yet filled mean nothing

    def __call__(self, frame: np.ndarray) -> bool:
        self._samples = np.concatenate([self._samples, np.rint(frame * 32767)])
        was_said = False
        while len(self._samples) >= OVERLAP + STEP:
            score = self._score(self._samples[: OVERLAP + STEP])
            self._samples = self._samples[STEP:]
            self._steps += 1
            if score >= self._threshold and self._steps > self._quiet_until:
                was_said = True
                self._quiet_until = self._steps + REFRACTORY_STEPS
        return was_said

    def _score(self, samples: np.ndarray) -> float:
        rows = _run(self._spectrum, samples[None].astype(np.float32)).reshape(-1, 32) / 10 + 2
        self._rows = np.concatenate([self._rows, rows])[-WINDOW:].astype(np.float32)
        feature = _run(self._embedding, self._rows[None, :, :, None]).reshape(1, 96)
        self._features = np.concatenate([self._features, feature])[-self._memory :]
        return float(_run(self._word, self._features[None]).reshape(-1)[0])


def usual_models() -> Path:
    """The folder that `--wake` looks into."""
    return usual_path().with_name("wake")


def find_model(folder: Path) -> Path:
    """The only wake word in a folder. Raises Refusal."""
    found = [file for file in sorted(folder.glob("*.onnx")) if file.name not in (SPECTRUM, EMBEDDING)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(file.name for file in found)
        raise Refusal(
            f"There are several wake words in {folder} ({names}): name one with --wake-model.",
            f"{folder} 中有多个唤醒词（{names}）：请用 --wake-model 指定一个。",
        )
    raise _missing(folder / "*.onnx")


def _demand(*files: Path) -> None:
    for file in files:
        if not file.is_file():
            raise _missing(file)


def _missing(file: Path) -> Refusal:
    return Refusal(
        f"{file} is missing. A wake word is three files in one folder: {SPECTRUM}, {EMBEDDING}, and the word's own"
        f" (hey_jarvis_v0.1.onnx, say). Ready ones: {WHERE}",
        f"缺少 {file}。唤醒词由同一文件夹中的三个文件组成：{SPECTRUM}、{EMBEDDING} 和唤醒词模型"
        f"（例如 hey_jarvis_v0.1.onnx）。下载：{WHERE}",
    )


def _open_model(file: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no base class of their own
        raise Refusal(f"{file} is no ONNX model: {error}", f"{file} 不是可用的 ONNX 模型：{error}") from None


def _run(model: Any, content: np.ndarray) -> np.ndarray:
    return model.run(None, {model.get_inputs()[0].name: content})[0]
