"""Writes silero.json: what Silero VAD v5 says of every frame of recordings, noise and silence, by onnxruntime.

    .venv/bin/python tests/vectors/clients/make_silero.py

Noise is made by x = (1664525 x + 1013904223) mod 2^32, starting with x = 1, each sample 0.1 (x / 2^31 - 1), so that
every language can make the same.
"""

import importlib.util
import json
import wave
from pathlib import Path

import numpy as np
import onnxruntime

ROOT = Path(__file__).resolve().parents[3]
TARGET = Path(__file__).with_name("silero.json")
FRAME, CONTEXT, RATE_HZ = 512, 64, 16_000


def probabilities(samples: np.ndarray) -> list[float]:
    """Of each whole frame, from a fresh state; an implementation apart from the one that is tested."""
    spec = importlib.util.find_spec("silero_vad")
    assert spec
    assert spec.submodule_search_locations
    model = Path(spec.submodule_search_locations[0]) / "data" / "silero_vad_16k_op15.onnx"
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    padded, state, found = np.concatenate([np.zeros(CONTEXT, np.float32), samples]), np.zeros((2, 1, 128), "f4"), []
    for start in range(0, len(samples) - FRAME + 1, FRAME):
        window = padded[None, start : start + CONTEXT + FRAME]
        result = session.run(None, {"input": window, "state": state, "sr": np.array(RATE_HZ, np.int64)})
        state = np.asarray(result[1])
        found.append(round(float(np.asarray(result[0]).item()), 5))
    return found


def recording(name: str) -> np.ndarray:
    with wave.open(str(ROOT / "tests" / "assets" / name)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def noise(count: int) -> np.ndarray:
    x, made = 1, np.empty(count)
    for at in range(count):
        x = (1664525 * x + 1013904223) % 2**32
        made[at] = 0.1 * (x / 2**31 - 1)
    return made.astype(np.float32)


def main() -> None:
    cases = [
        {"name": "English speech", "file": "tests/assets/jfk.wav", "want": probabilities(recording("jfk.wav"))},
        {
            "name": "Mandarin speech",
            "file": "tests/assets/aishell.wav",
            "want": probabilities(recording("aishell.wav")),
        },
        {"name": "noise", "noise_samples": 32000, "want": probabilities(noise(32000))},
        {"name": "silence", "zero_samples": 32000, "want": probabilities(np.zeros(32000, np.float32))},
    ]
    lines = ",\n".join(json.dumps(case) for case in cases)
    TARGET.write_text(f'{{"tolerance": 0.001, "cases": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
