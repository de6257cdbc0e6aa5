"""How far apart the spectra of two sounds are, at several resolutions (Yamamoto et al., 2020)."""

import torch
from torch import Tensor

WINDOWS = (512, 1024, 2048)
"""In samples; a quarter of each is the step from one spectrum to the next."""
FLOOR = 1e-3


def spectra_distance(sound: Tensor, made: Tensor) -> Tensor:
    """Of [batch, samples], at least 2048 of them: what is wrong in proportion, and on the scale of loudness."""
    each = [_distance(_spectra(sound, window), _spectra(made, window)) for window in WINDOWS]
    return torch.stack(each).mean()


def _distance(spectra: Tensor, made: Tensor) -> Tensor:
    in_proportion = torch.linalg.norm(spectra - made) / torch.linalg.norm(spectra).clamp_min(FLOOR)
    return in_proportion + (spectra.clamp_min(FLOOR).log() - made.clamp_min(FLOOR).log()).abs().mean()


def _spectra(sound: Tensor, window: int) -> Tensor:
    shape = torch.hann_window(window, dtype=sound.dtype, device=sound.device)
    spectrum = torch.stft(sound, window, window // 4, window=shape, return_complex=True)
    return (spectrum.real.square() + spectrum.imag.square() + 1e-8).sqrt()
