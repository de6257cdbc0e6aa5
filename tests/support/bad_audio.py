"""Give a recogniser every bad recording: `python -m tests.support.bad_audio [FOLDER]`, so that a crash shows.

With the folder of a SenseVoiceSmall that is the engine, otherwise pocketsphinx. Prints one JSON object, nothing else.
"""

import json
import logging
import sys
from pathlib import Path

import numpy as np

from asr.funasr_engine import SenseVoice
from asr.recognizer import RATE_HZ, RecognitionFailed, Recognizer, SpeechModelMissing
from asr.sphinx_engine import PocketSphinx


def bad_recordings() -> dict[str, np.ndarray]:
    noise = (np.random.default_rng(1).standard_normal(RATE_HZ) * 0.1).astype(np.float32)
    lengths = {f"{length} samples": noise[:length] for length in (0, 1, 100, 399, 400, 1599, 1600)}
    return lengths | {
        "silence": np.zeros(RATE_HZ, np.float32),
        "dither": np.resize(np.array([0, 1 / 32768], np.float32), RATE_HZ),
        "NaN": np.full(RATE_HZ, np.nan, np.float32),
        "one NaN": np.where(np.arange(RATE_HZ) == 5000, np.nan, noise).astype(np.float32),
        "inf": np.full(RATE_HZ, np.inf, np.float32),
        "int16": (noise * 32767).astype(np.int16),
        "stereo": np.stack([noise, noise], 1),
        "(1, n)": noise[None],
        "no dimension": np.array(0.5, np.float32),
        "float64": noise.astype(np.float64),
        "float16": noise.astype(np.float16),
        "not contiguous": np.repeat(noise, 2)[::2],
        "backwards": noise[::-1],
        "read-only": np.frombuffer(noise.tobytes(), np.float32),
        "huge": noise * np.float32(1e30),
        "huge float64": noise.astype(np.float64) * 1e300,
        "faint": noise * np.float32(0.01),
        "good": noise,
    }


def main(folder: Path | None) -> None:
    heard: dict[str, str] = {}
    reached: list[str] = []
    sys.addaudithook(
        lambda event, _: reached.append(event) if event in ("socket.connect", "socket.getaddrinfo") else None
    )
    recognizer: Recognizer = SenseVoice(folder, threads=1) if folder else PocketSphinx()
    recognizer.load()
    for name, samples in bad_recordings().items():
        try:
            heard[name] = recognizer.transcribe(samples).text
        except (RecognitionFailed, SpeechModelMissing) as error:
            heard[name] = f"{type(error).__name__}: {error}"
    recognizer.close()
    root = logging.getLogger()
    report = {
        "heard": heard,
        "reached": reached,
        "root": [root.level, len(root.handlers), len(root.filters)],
        "realtime": "funasr.bin" in sys.modules,
    }
    print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
