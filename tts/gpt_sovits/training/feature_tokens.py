"""Semantic tokens of what HuBERT heard, as the base model numbers them (upstream's step 1c)."""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import torch

from tts.gpt_sovits.acoustic.timbre import Quantizer
from tts.gpt_sovits.refusal import Fault
from tts.gpt_sovits.shapes import CODEBOOK
from tts.gpt_sovits.training.feature_files import FeatureFolder
from tts.gpt_sovits.training.feature_ledger import key_of
from tts.gpt_sovits.training.feature_run import RecordedClip, Unfit, content_of
from tts.gpt_sovits.training.sovits_base import read_base
from tts.gpt_sovits.training.sovits_clips import read_features

FORMAT = 1


class TokenExtractor:
    """base: upstream's s2G; of it only the codebook and what comes before that matter, which its fine-tunes share."""

    kind, header = "tokens", "item_name\tsemantic_audio"

    def __init__(self, folder: FeatureFolder, base: Path, device: str):
        self._folder, self._path, self._device = folder, base, device
        self.table: Path | None = folder.tokens

    def key(self, clip: RecordedClip) -> str:
        content = content_of(self._folder.features(clip.name), "features of HuBERT", "HuBERT 特征")
        return key_of(FORMAT, content, self._codebook_digest)

    def make(self, clip: RecordedClip) -> tuple[str, Sequence[Path]]:
        try:
            features = read_features(self._folder.features(clip.name), self._base.config)
        except (Fault, OSError) as fault:
            raise Unfit(f"Its features of HuBERT cannot be used ({fault}).", "HuBERT 特征无法使用。") from fault
        if features.shape[1] < 2:
            raise Unfit("It is too short for a single token.", "太短，没有语义 token。")
        with torch.inference_mode():
            tokens = self._quantizer.tokens(features[None].to(self._device))[0].tolist()
        return f"{clip.name}\t{' '.join(map(str, tokens))}", ()

    @cached_property
    def _base(self):
        return read_base(self._path)

    @cached_property
    def _codebook_digest(self) -> str:
        digest = hashlib.sha256()
        for name in ("ssl_proj.weight", "ssl_proj.bias", CODEBOOK):
            digest.update(self._base.weights[name].float().contiguous().numpy().tobytes())
        return digest.hexdigest()

    @cached_property
    def _quantizer(self) -> Quantizer:
        base = self._base
        quantizer = Quantizer(base.config)
        names = {"ssl_proj.weight": "ssl_proj.weight", "ssl_proj.bias": "ssl_proj.bias", "codebook": CODEBOOK}
        quantizer.load_state_dict({ours: base.weights[name].float() for ours, name in names.items()})
        return quantizer.to(self._device).eval()
