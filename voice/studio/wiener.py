"""The built-in noise reduction: a Wiener filter whose estimate of the speech follows its own decisions.

After Ephraim and Malah (1984): a bin's speech-to-noise ratio is a mix of what was let through a frame ago and of what
stands above the noise now, which keeps single bins from ringing ("musical noise").
"""

import numpy as np

FRAME_S = 0.032
MEMORY = 0.98
"""The weight of the frame before; less rings, more smears."""
FLOOR = 0.1
"""What is let through at least, 20 dB down: a voice over a quiet room sounds better than one over nothing."""
NOISE_SHARE = 0.15
"""In so many of the frames each bin is taken to hold nothing but noise."""
SMOOTHING_FRAMES = 5
QUANTILE_OF_MEAN = 0.557
"""Where NOISE_SHARE of the means of SMOOTHING_FRAMES powers lie below, when the noise's power is 1 on average."""


def reduce_noise(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """The same sound with steady noise turned down; as many samples."""
    size = 2 * round(FRAME_S * rate_hz / 2)
    if len(samples) < 4 * size:
        return samples
    spectra = _spectra(samples, size)
    noise = _noise(np.square(np.abs(spectra)))
    return _overlapped(spectra * _gains(np.square(np.abs(spectra)) / noise), size, len(samples))


def _window(size: int) -> np.ndarray:
    """Applied twice, and overlapping by half, it adds up to 1."""
    return np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)


def _spectra(samples: np.ndarray, size: int) -> np.ndarray:
    hop = size // 2
    padded = np.pad(samples.astype(np.float32), (hop, size + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    return np.fft.rfft(frames * _window(size), axis=1)


def _overlapped(spectra: np.ndarray, size: int, length: int) -> np.ndarray:
    frames = np.fft.irfft(spectra, size, axis=1) * _window(size)
    hop = size // 2
    sound = np.zeros((len(frames) + 1) * hop)
    sound[:-hop] += frames[:, :hop].reshape(-1)
    sound[hop:] += frames[:, hop:].reshape(-1)
    return sound[hop : hop + length].astype(np.float32)


def _noise(power: np.ndarray) -> np.ndarray:
    """The mean power of each bin's noise, from its quietest moments.

    The power of Gaussian noise, smoothed over n frames, has a gamma distribution; its quantile tells the mean.
    """
    kernel = SMOOTHING_FRAMES
    sums = np.cumsum(np.pad(power, ((1, 0), (0, 0))), axis=0)
    smooth = (sums[kernel:] - sums[:-kernel]) / kernel
    return np.maximum(np.quantile(smooth, NOISE_SHARE, axis=0) / QUANTILE_OF_MEAN, 1e-12)


def _gains(above_noise: np.ndarray) -> np.ndarray:
    """above_noise: power over the noise's, [frames, bins]."""
    gains = np.empty_like(above_noise)
    let_through = np.ones(above_noise.shape[1])
    for number, ratio in enumerate(above_noise):
        speech = MEMORY * let_through + (1 - MEMORY) * np.maximum(ratio - 1, 0)
        gain = np.maximum(speech / (1 + speech), FLOOR)
        let_through = np.square(gain) * ratio
        gains[number] = gain
    return gains
