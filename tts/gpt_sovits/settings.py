"""What the engine is made with. Light: it is read before anything is loaded."""

from dataclasses import dataclass, field
from pathlib import Path

from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.text.spelling import RuleSet


@dataclass(frozen=True)
class EngineSettings:
    """rows: pieces decoded at once. is_exact: compute in float32 throughout.

    device: torch's name of one, or auto. cache: where prepared voices are kept; None keeps them in memory only.
    voices_loaded: pairs of weights kept in memory, the one of `files` included.
    """

    files: GPTSoVITSFiles
    options: SpeechOptions = field(default_factory=SpeechOptions)
    rules: RuleSet = "default"
    rows: int = 8
    is_exact: bool = False
    device: str = "auto"
    cache: Path | None = None
    voices_loaded: int = 3
