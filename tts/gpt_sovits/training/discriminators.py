"""The discriminators of HiFi-GAN (Kong et al., 2020): one hears the sound itself, the others its periods."""

from collections.abc import Mapping
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.acoustic.vocoder import SLOPE
from tts.gpt_sovits.config import Version
from tts.gpt_sovits.training.sovits_generator import norm_weights

PERIODS = (2, 3, 5, 7, 11)
MORE_PERIODS = (17, 23)
"""v2Pro and v2ProPlus have these as well."""
PERIOD_CHANNELS = (1, 32, 128, 512, 1024, 1024)
SCALE_SIZES = (
    (1, 16, 15, 1, 1),
    (16, 64, 41, 4, 4),
    (64, 256, 41, 4, 16),
    (256, 1024, 41, 4, 64),
    (1024, 1024, 41, 4, 256),
    (1024, 1024, 5, 1, 1),
)
"""Channels in and out, kernel, stride, groups."""


def periods_of(version: Version) -> tuple[int, ...]:
    return PERIODS if version == "v2" else PERIODS + MORE_PERIODS


def narrowing_of(weights: Mapping[str, Tensor]) -> int:
    """How narrow the discriminators are that these weights, by upstream's names, belong to."""
    widest = weights.get("discriminators.1.convs.4.weight_v")
    return 1 if widest is None else max(1, PERIOD_CHANNELS[-1] // len(widest))


class Discriminators(nn.Module):
    """narrowing: all channels but the first divided by so much; 1 for the published weights, more for quick runs."""

    def __init__(self, periods: tuple[int, ...], narrowing: int = 1):
        super().__init__()
        one_by_one = [ScaleDiscriminator(narrowing), *(PeriodDiscriminator(period, narrowing) for period in periods)]
        self.discriminators = nn.ModuleList(one_by_one)
        norm_weights(self)

    def forward(self, sound: Tensor) -> list[list[Tensor]]:
        """[batch, 1, samples] to what each discriminator's layers answer; its verdict is the last."""
        return [judge(sound) for judge in self.discriminators]


class ScaleDiscriminator(nn.Module):
    def __init__(self, narrowing: int):
        super().__init__()
        self.convs = nn.ModuleList()
        for inputs, outputs, kernel, stride, groups in SCALE_SIZES:
            inputs, outputs, groups = (_narrow(count, narrowing) for count in (inputs, outputs, groups))
            self.convs.append(nn.Conv1d(inputs, outputs, kernel, stride, kernel // 2, groups=groups))
        self.conv_post = nn.Conv1d(_narrow(SCALE_SIZES[-1][1], narrowing), 1, 3, 1, 1)

    def forward(self, x: Tensor) -> list[Tensor]:
        return _answers(x, self.convs, self.conv_post)


class PeriodDiscriminator(nn.Module):
    def __init__(self, period: int, narrowing: int):
        super().__init__()
        self.period = period
        channels = [_narrow(count, narrowing) for count in PERIOD_CHANNELS]
        self.convs = nn.ModuleList()
        for layer, (inputs, outputs) in enumerate(pairwise(channels)):
            stride = 1 if layer == len(channels) - 2 else 3
            self.convs.append(nn.Conv2d(inputs, outputs, (5, 1), (stride, 1), (2, 0)))
        self.conv_post = nn.Conv2d(channels[-1], 1, (3, 1), 1, (1, 0))

    def forward(self, x: Tensor) -> list[Tensor]:
        beyond = -x.shape[-1] % self.period
        x = functional.pad(x, (0, beyond), mode="reflect")
        return _answers(x.unflatten(-1, (-1, self.period)), self.convs, self.conv_post)


def _answers(x: Tensor, convs: nn.ModuleList, last: nn.Module) -> list[Tensor]:
    answers = []
    for convolve in convs:
        x = functional.leaky_relu(convolve(x), SLOPE)
        answers.append(x)
    return [*answers, last(x)]


def _narrow(channels: int, narrowing: int) -> int:
    return max(1, channels // narrowing)
