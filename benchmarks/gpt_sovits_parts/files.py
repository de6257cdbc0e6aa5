"""Which files of a folder of random models belong to a version."""

from pathlib import Path

from benchmarks.gpt_sovits_parts.assignment import Assignment
from tts.gpt_sovits.base_models import BASE_MODELS, BERT, HUBERT, SPEAKER
from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.loading import Weights


def files_for(assignment: Assignment) -> GPTSoVITSFiles:
    folder, base = Path(assignment.weights), BASE_MODELS[assignment.version]
    return GPTSoVITSFiles(
        gpt=folder / base.gpt,
        sovits=folder / base.sovits,
        hubert=folder / HUBERT,
        bert=folder / BERT,
        speaker=folder / SPEAKER if base.needs_speaker else None,
        g2pw=None,
    )


def weights_of(assignment: Assignment) -> Weights:
    folder, base = Path(assignment.weights), BASE_MODELS[assignment.version]
    return Weights(folder / base.gpt, folder / base.sovits)
