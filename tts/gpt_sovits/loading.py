"""Weights from disk into models that are ready to speak, in the form that is fastest here."""

import hashlib
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import torch

from tts.gpt_sovits.acoustic.model import AcousticModel, load_acoustic
from tts.gpt_sovits.acoustic.packed_vocoder import PackedVocoder, can_pack
from tts.gpt_sovits.acoustic.vocoder import Vocoder
from tts.gpt_sovits.checkpoint import read_acoustic, read_semantic, require_pair
from tts.gpt_sovits.features.linear import fast_dtype
from tts.gpt_sovits.precision import with_half_linears
from tts.gpt_sovits.semantic.decoder import Decoder
from tts.gpt_sovits.semantic.graphed import GraphedDecoder
from tts.gpt_sovits.semantic.model import SemanticModel, load_semantic
from tts.gpt_sovits.semantic.slots import Slots
from tts.synthesizer import VoiceWeights

LOADING_NICENESS = 5
"""A quarter of a core where all are taken."""
PLACES = 3072
"""Phones and tokens of one request together."""


Weights = VoiceWeights


@dataclass(frozen=True)
class VoiceModels:
    """The two models of a pair of weights. fingerprint: tells files of other content, and the precision, apart."""

    decoder: Decoder
    acoustic: AcousticModel
    fingerprint: str


def stand_back() -> None:
    """Let this thread take one core, and on Linux only what those who speak leave of it."""
    torch.set_num_threads(1)
    if sys.platform == "linux":  # elsewhere this would slow down the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOADING_NICENESS)


def load_voice(
    weights: Weights, row_count: int, is_exact: bool = False, device: torch.device | str = "cpu"
) -> VoiceModels:
    """Read and pack both models; raises CheckpointRefused.

    row_count: how many pieces are decoded at once. is_exact: in float32 throughout, as upstream on a processor.
    """
    device = torch.device(device)
    semantic, acoustic = read_semantic(weights.gpt), read_acoustic(weights.sovits)
    require_pair(semantic.config, acoustic.config)
    model = load_acoustic(acoustic.config, acoustic.weights).to(device)
    is_half = not is_exact and fast_dtype(device) == torch.bfloat16
    if is_half:
        make_vocoder_half(model)
    semantic_model = load_semantic(semantic.config, semantic.weights, is_packed_later=is_half).to(device)
    decoder = make_decoder(semantic_model, row_count, is_exact)
    # Exact and rounded models do not hear quite the same in a reference.
    return VoiceModels(decoder, model, fingerprint(weights.sovits) + ("-exact" if is_exact else ""))


def make_vocoder_half(model: AcousticModel) -> None:
    """Let the vocoder compute in bfloat16, which is most of the work and costs 39 dB of signal to noise."""
    if model.device.type == "cpu" and can_pack():
        assert isinstance(model.dec, Vocoder)
        model.dec = PackedVocoder(model.dec)
    else:
        model.dec.bfloat16()


def make_decoder(model: SemanticModel, row_count: int, is_exact: bool) -> Decoder:
    device = model.head.weight.device
    is_half = not is_exact and fast_dtype(device) == torch.bfloat16
    if device.type == "cuda":
        if is_half:
            with_half_linears(model.layers)
        kind = torch.bfloat16 if is_half else torch.float32
        graphed = GraphedDecoder(model, Slots(model.config, row_count, PLACES, kind, device))
        graphed.warm_up()
        return graphed
    if is_exact or not can_compile(model):
        return Decoder(model.float(), Slots(model.config, row_count, PLACES, torch.float32))
    from tts.gpt_sovits.semantic.compiled.decoder import CompiledDecoder
    from tts.gpt_sovits.semantic.compiled.slots import TiledSlots

    decoder = CompiledDecoder(model, TiledSlots(model.config, row_count, PLACES))
    if is_half:
        with_half_linears(model.layers)  # of these, only the prefill is left
    return decoder


def can_compile(model: SemanticModel) -> bool:
    """Whether numba is installed, and its kernels suit this processor and this model."""
    try:
        from tts.gpt_sovits.semantic.compiled import decoder, dot
    except (ImportError, RuntimeError):  # numba raises the latter where it can write its cache nowhere
        return False
    return dot.is_supported() and decoder.fits(model)


def fingerprint(file: Path) -> str:
    """A hash of what is in a file."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
