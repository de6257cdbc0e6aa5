"""Silero VAD v5 without torch: the model file of the installed package, run by onnxruntime."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from clients.bounds import FRAME, RATE_HZ
from clients.troubles import ClientTrouble

CONTEXT = 64
"""Samples of the frame before, which the network sees again."""
MODEL = Path("data") / "silero_vad_16k_op15.onnx"
INSTALL = "pip install -r requirements-clients.txt; pip install --no-deps -r requirements-vad.txt"


class Silero:
    """The probability of speech in each frame of 512 samples at 16 kHz. Raises ClientTrouble when not installed."""

    def __init__(self) -> None:
        self._session = _session(_model_file())
        self._rate = np.array(RATE_HZ, np.int64)
        self._window = np.zeros((1, CONTEXT + FRAME), np.float32)
        self.reset()

    def __call__(self, frame: np.ndarray) -> float:
        self._window[0, :CONTEXT] = self._window[0, -CONTEXT:]
        self._window[0, CONTEXT:] = frame
        inputs = {"input": self._window, "state": self._state, "sr": self._rate}
        probability, self._state = self._session.run(None, inputs)
        return float(probability[0, 0])

    def reset(self) -> None:
        self._state = np.zeros((2, 1, 128), np.float32)
        self._window[:] = 0


def _model_file() -> Path:
    # Found without importing the package, which would ask for torch.
    spec = importlib.util.find_spec("silero_vad")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        if (Path(folder) / MODEL).is_file():
            return Path(folder) / MODEL
    raise ClientTrouble(f"Silero VAD is not installed: {INSTALL}", f"未安装 Silero VAD：{INSTALL}")


def _session(model: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ClientTrouble(f"onnxruntime is missing ({error}): {INSTALL}", f"缺少 onnxruntime：{INSTALL}") from None
    options = onnxruntime.SessionOptions()
    # A frame takes a fraction of a millisecond: threads would cost more than they save.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
