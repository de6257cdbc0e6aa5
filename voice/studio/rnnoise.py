"""RNNoise, a small network trained to tell speech from noise: the library inside the optional package pyrnnoise.

The package itself is never imported, since it asks for much that is not needed here.
"""

import ctypes
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import audio
from voice.studio.refused import Refused

RATE_HZ = 48_000
FRAME = 480
FULL_SCALE = 32768
"""It expects floats of 16-bit size."""
MOST_DELAY_FRAMES = 3
"""Its answers come late, by one frame or two depending on the version."""
_FILES = {"win32": "rnnoise.dll", "darwin": "librnnoise.dylib"}


def find_rnnoise() -> Path:
    """The library's file. Raises Refused with the command that installs it."""
    spec = find_spec("pyrnnoise")
    for place in spec.submodule_search_locations or () if spec else ():
        file = Path(place) / _FILES.get(sys.platform, "librnnoise.so")
        if file.is_file():
            return file
    command = "`pip install --no-deps pyrnnoise`"
    raise Refused(
        f"RNNoise is not installed: {command}, or choose the built-in denoiser wiener.",
        f"没有安装 RNNoise：执行 {command}，或改用内置降噪 wiener。",
    )


class RNNoise:
    """The loaded library."""

    def __init__(self, file: Path):
        """Raises Refused where the file does not fit this machine."""
        try:
            self._library = ctypes.CDLL(str(file))
            create, process = self._library.rnnoise_create, self._library.rnnoise_process_frame
            self._destroy = self._library.rnnoise_destroy
        except (OSError, AttributeError) as error:
            raise Refused(f"RNNoise cannot be loaded ({error}).", f"RNNoise 无法加载（{error}）。") from error
        create.argtypes, create.restype = [ctypes.c_void_p], ctypes.c_void_p
        process.argtypes, process.restype = [ctypes.c_void_p] * 3, ctypes.c_float
        self._destroy.argtypes, self._destroy.restype = [ctypes.c_void_p], None
        self._create, self._process = create, process

    def reduce_noise(self, samples: np.ndarray, rate_hz: int) -> np.ndarray:
        """The same sound with noise of any kind turned down; as many samples."""
        sound = audio.resample(samples, rate_hz, RATE_HZ)
        frames = np.zeros((-(-len(sound) // FRAME) + MOST_DELAY_FRAMES, FRAME), np.float32)
        frames.reshape(-1)[: len(sound)] = sound * FULL_SCALE
        cleaned = np.zeros_like(frames)
        state = self._create(None)
        if not state:
            raise MemoryError
        try:
            for source, target in zip(frames, cleaned, strict=True):
                self._process(state, target.ctypes.data, source.ctypes.data)
        finally:
            self._destroy(state)
        back = audio.resample(_in_time(cleaned.reshape(-1), frames.reshape(-1), len(sound)), RATE_HZ, rate_hz)
        return np.pad(back, (0, max(0, len(samples) - len(back))))[: len(samples)]


def _in_time(late: np.ndarray, original: np.ndarray, length: int) -> np.ndarray:
    """Without the delay: where it is most like the original."""
    moved = [late[frames * FRAME :][:length] / FULL_SCALE for frames in range(MOST_DELAY_FRAMES + 1)]
    return max(moved, key=lambda sound: float(np.dot(sound, original[:length])))
