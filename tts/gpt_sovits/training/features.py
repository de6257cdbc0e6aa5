"""All features that a voice is trained with, in the order in which they depend on each other."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tts.gpt_sovits.features.weights import FeatureModelRefused
from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.text.spelling import RuleSet
from tts.gpt_sovits.training.feature_files import FeatureFolder
from tts.gpt_sovits.training.feature_run import FeatureReport, RecordedClip, extract
from tts.gpt_sovits.training.feature_sound import SoundExtractor, SpeakerExtractor
from tts.gpt_sovits.training.feature_text import TextExtractor
from tts.gpt_sovits.training.feature_tokens import TokenExtractor
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.watching import Watcher


class Features:
    """Of the clips of one experiment; each step uses what an earlier attempt has left.

    All raise OSError, TrainingRefused where a model cannot be used, and what the watcher does.
    """

    def __init__(
        self, experiment: Path, clips: Sequence[RecordedClip], devices: Sequence[str], is_half: bool, watcher: Watcher
    ):
        self._folder = FeatureFolder(experiment)
        self._clips, self._devices = clips, devices
        self._is_half, self._watcher = is_half, watcher

    def texts(self, files: GPTSoVITSFiles, rules: RuleSet = "default") -> FeatureReport:
        """files: of which BERT and g2pW are used, where they are there."""
        return self._extract(partial(TextExtractor, self._folder, files, rules, self._is_half))

    def sounds(self, hubert: Path) -> FeatureReport:
        return self._extract(partial(SoundExtractor, self._folder, hubert, self._is_half))

    def speakers(self, network: Path) -> FeatureReport:
        """Needs the sounds."""
        return self._extract(partial(SpeakerExtractor, self._folder, network, self._is_half))

    def tokens(self, base: Path) -> FeatureReport:
        """Needs the sounds. base: the s2G that is trained from."""
        return self._extract(partial(TokenExtractor, self._folder, base))

    def _extract(self, make: partial) -> FeatureReport:
        try:
            return extract(make, self._folder, self._clips, self._devices, self._watcher)
        except FeatureModelRefused as refusal:
            raise TrainingRefused(refusal.english, refusal.chinese) from refusal
