"""Characters that have clips, and base weights that were never trained, for tests of training and of its routes."""

from pathlib import Path

from tests.support.training_jobs import SPOKEN
from tts.gpt_sovits.base_models import BASE_MODELS, BERT, HUBERT
from voice.studio.folders import CharacterFolder
from voice.studio.training_plan import write_list
from voice.studio.transcripts import Line, write_transcript

CLIP = Path(__file__).parents[1] / "assets" / "aishell.wav"


def processed(folder: CharacterFolder, clips: int = 3) -> list[Line]:
    """Leave what processing would: recordings, clips and their transcript."""
    places = (folder.raw, folder.converted, folder.sliced, folder.transcripts)
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
    lines = []
    for number in range(clips):
        for place in places[:3]:
            (place / f"{number}.wav").write_bytes(CLIP.read_bytes())
        lines.append(Line(str((folder.sliced / f"{number}.wav").absolute()), folder.name, "zh", SPOKEN))
    write_transcript(folder.transcripts / "sliced_audio.list", lines)
    return lines


def listed(folder: CharacterFolder, clips: int = 3) -> list[Line]:
    """The same, and the list that a started training has."""
    lines = processed(folder, clips)
    write_list(folder, lines)
    return lines


def plausible_weights(models_dir: Path) -> Path:
    """What passes for whole base weights of v2 as long as nobody reads them."""
    base = BASE_MODELS["v2"]
    for name in base.files:
        _plausible(models_dir / name)
    for folder in (HUBERT, BERT):
        _plausible(models_dir / folder / "pytorch_model.bin")
        for name in ("config.json", "tokenizer.json"):
            (models_dir / folder / name).write_text("{}")
    return models_dir


def _plausible(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"PK\x03\x04 begins a checkpoint")
