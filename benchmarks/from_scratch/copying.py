"""The acoustic model alone, given the tokens of espeak-ng's own rendering: which half is to blame for a failure."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from benchmarks.from_scratch.sounds import NETWORK_HZ, RATE_HZ, read
from benchmarks.from_scratch.speech import Spoken
from tts.gpt_sovits.acoustic.model import load_acoustic
from tts.gpt_sovits.checkpoint import read_acoustic
from tts.gpt_sovits.features.hubert import load_hubert
from tts.gpt_sovits.features.resample import resample_soxr
from tts.gpt_sovits.features.spectrogram import linear_spectrogram
from tts.gpt_sovits.text.frontend import Frontend
from tts.gpt_sovits.text.symbols import SYMBOL_IDS
from tts.gpt_sovits.training.loudness import hubert_samples


@torch.inference_mode()
def copied(sovits: Path, hubert: Path, reference: Spoken, sentences: Sequence[Spoken]) -> list[np.ndarray]:
    """Float samples at 32 kHz."""
    checkpoint = read_acoustic(sovits)
    model, listens = load_acoustic(checkpoint.config, checkpoint.weights), load_hubert(hubert)
    timbre = model.timbre([linear_spectrogram(torch.from_numpy(read(reference.sound)))[None]])
    conditions, frontend = model.conditions(timbre), Frontend("default")
    sounds = []
    for number, sentence in enumerate(sentences):
        heard = resample_soxr(hubert_samples(read(sentence.sound)), RATE_HZ, NETWORK_HZ)
        tokens = model.quantizer.tokens(listens(torch.from_numpy(heard)[None]).mT)
        phones = torch.tensor([[SYMBOL_IDS[phone] for phone in frontend.spell(sentence.text, "en").phones]])
        source = torch.Generator().manual_seed(number)
        noise = torch.randn(1, checkpoint.config.inter_channels, 2 * tokens.shape[1], generator=source)
        sounds.append(model.speak(tokens, phones, conditions, noise)[0].numpy())
    return sounds
