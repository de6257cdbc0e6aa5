"""How much speech there is in a recording: Silero VAD's model file, run by onnxruntime without torch."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from asr.recognizer import RATE_HZ

FRAME, CONTEXT = 512, 64
"""Samples: a step of the network, and what it sees again of the step before."""
SPEECH = 0.5
"""The probability from which a frame counts as speech."""
MODEL = Path("data") / "silero_vad_16k_op15.onnx"


def find_vad() -> Path | None:
    """The model file of the package silero-vad; None where it, or onnxruntime, is not installed."""
    if importlib.util.find_spec("onnxruntime") is None:
        return None
    spec = importlib.util.find_spec("silero_vad")  # found without importing it, which would ask for torch
    folders = (spec.submodule_search_locations if spec else None) or ()
    return next((Path(folder) / MODEL for folder in folders if (Path(folder) / MODEL).is_file()), None)


class SpeechDetector:
    """Judges whole recordings, one after the other. model: as find_vad() says."""

    def __init__(self, model: Path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # A frame takes a tenth of a millisecond: threads would cost more than they save.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._rate = np.array(RATE_HZ, np.int64)

    def speech_s(self, samples: np.ndarray) -> float:
        """Seconds of speech in mono samples at RATE_HZ, -1 to 1."""
        return float(np.count_nonzero(self.probabilities(samples) >= SPEECH)) * FRAME / RATE_HZ

    def probabilities(self, samples: np.ndarray) -> np.ndarray:
        """Of speech, for each frame; the last one is filled up with silence."""
        frames = -(-len(samples) // FRAME)
        padded = np.zeros((1, CONTEXT + frames * FRAME), np.float32)
        padded[0, CONTEXT : CONTEXT + len(samples)] = samples
        state: Any = np.zeros((2, 1, 128), np.float32)
        found = np.zeros(frames, np.float32)
        for number in range(frames):
            window = padded[:, number * FRAME : number * FRAME + CONTEXT + FRAME]
            probability, state = self._session.run(None, {"input": window, "state": state, "sr": self._rate})
            found[number] = probability[0, 0]
        return found
