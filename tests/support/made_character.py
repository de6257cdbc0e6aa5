"""A character of the studio as processing and training leave it, without their taking place."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.support.studio_work import wav_bytes
from voice.studio.characters import CharacterConfig, Characters
from voice.studio.folders import CharacterFolder

RATE_HZ = 32_000


def made_character(work_dir: Path, name: str = "bob") -> CharacterFolder:
    """A character without anything."""
    characters = Characters(work_dir)
    characters.create(CharacterConfig(name))
    return characters.folder(name)


def add_clips(folder: CharacterFolder, *clips: dict[str, Any]) -> None:
    """Clips as the report has them, beside those that are there; `name`, and what differs from a good one of 4 s."""
    whole = [*_report(folder), *({**_good(clip["name"]), **clip} for clip in clips)]
    for place in (folder.sliced, folder.transcripts):
        place.mkdir(exist_ok=True)
    for clip in whole:
        file = folder.sliced / clip["name"]
        if not file.exists():
            file.write_bytes(wav_bytes(_hum(clip["seconds"], len(file.name))))
    kept = [clip for clip in whole if not clip["why"]]
    lines = "".join(f"{folder.sliced / clip['name']}|{folder.name}|ZH|{clip['text']}\n" for clip in kept)
    (folder.transcripts / "sliced_audio.list").write_text(lines, encoding="utf-8")
    report = {"summary": {"clips_kept": len(kept)}, "clips": whole}
    (folder.root / "clips.json").write_text(json.dumps(report), encoding="utf-8")


def add_weights(folder: CharacterFolder, epoch: int, seed: int = 5) -> None:
    """A pair of random weights that speak, by the names that training gives."""
    from tts.gpt_sovits.random_weights import write_acoustic, write_semantic

    folder.models.mkdir(exist_ok=True)
    write_semantic(folder.models / f"{folder.name}-e{epoch}.ckpt", "tiny", seed=seed)
    write_acoustic(folder.models / f"{folder.name}_e{epoch}_s{epoch}.pth", "v2", "tiny", seed=seed)


def _good(name: str) -> dict[str, Any]:
    place = {"source": "a", "start_s": 0.0, "seconds": 4.0, "peak": 0.5, "loudness_db": -20.0}
    return {"name": name, **place, "why": "", "text": "今天天气真不错啊", "language": "zh", "confidence": None}


def _report(folder: CharacterFolder) -> list[dict[str, Any]]:
    file = folder.root / "clips.json"
    return json.loads(file.read_text(encoding="utf-8"))["clips"] if file.exists() else []


def _hum(seconds: float, seed: int) -> np.ndarray:
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    noise = np.random.default_rng(seed).standard_normal(len(times)) * 0.02
    return (0.2 * np.sin(2 * np.pi * 150 * times) + noise).astype(np.float32)
