"""The acoustic model: its parts, what a voice makes of them, and how upstream names their weights."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tts.gpt_sovits.acoustic.encoder import PriorEncoder, change_speed
from tts.gpt_sovits.acoustic.flow import Flow
from tts.gpt_sovits.acoustic.packed_vocoder import PackedVocoder
from tts.gpt_sovits.acoustic.timbre import Quantizer, SpeakerBlend, StyleEncoder
from tts.gpt_sovits.acoustic.vocoder import Vocoder
from tts.gpt_sovits.config import AcousticConfig

NOISE_SCALE = 0.5
"""How much of the prior's deviation is used; upstream's programs never change it."""

OUR_NAMES = (
    (re.compile(r"^flow\.flows\.(\d+)\."), lambda found: f"flow.couplings.{int(found[1]) // 2}."),
    (re.compile(r"^ref_enc\.spectral\.(\d+)\.fc\."), lambda found: f"style.spectral.{int(found[1]) // 3}."),
    (re.compile(r"^ref_enc\.temporal\.(\d+)\.conv1\.conv\."), r"style.temporal.\1."),
    (re.compile(r"^ref_enc\.slf_attn\.fc\."), "style.attention_out."),
    (re.compile(r"^ref_enc\.slf_attn\."), "style."),
    (re.compile(r"^ref_enc\.fc\.fc\."), "style.fc."),
    (re.compile(r"^ssl_proj\."), "quantizer.ssl_proj."),
    (re.compile(r"^quantizer\.vq\.layers\.0\._codebook\.embed$"), "quantizer.codebook"),
    (re.compile(r"^(sv_emb|ge_to512|prelu)\."), r"speaker.\1."),
)


@dataclass(frozen=True)
class Conditions:
    """A voice's timbre as each part takes it: computed once, used for everything the voice says."""

    mixer: Tensor
    flow: list[Tensor]
    vocoder: Tensor


class AcousticModel(nn.Module):
    def __init__(self, config: AcousticConfig):
        super().__init__()
        self.config = config
        self.enc_p = PriorEncoder(config)
        self.flow = Flow(config)
        self.dec: Vocoder | PackedVocoder = Vocoder(config)
        self.style = StyleEncoder(config.gin_channels)
        self.quantizer = Quantizer(config)
        self.speaker = SpeakerBlend(config) if config.has_speaker_network else None

    @property
    def device(self) -> torch.device:
        return self.quantizer.codebook.device

    def timbre(self, spectrograms: list[Tensor], speakers: list[Tensor] | None = None) -> Tensor:
        """The mean timbre [1, gin, 1] of clips: spectrograms [1, bins, frames], for Pro speaker vectors [1, width]."""
        if self.speaker is None:
            each = [self.style(spectrogram) for spectrogram in spectrograms]
        else:
            pairs = zip(spectrograms, speakers or (), strict=True)
            each = [self.speaker(self.style(spectrogram), speaker) for spectrogram, speaker in pairs]
        return torch.stack(each).mean(0)

    def conditions(self, timbre: Tensor) -> Conditions:
        mixer = timbre if self.speaker is None else self.speaker.for_mixer(timbre)
        vocoder = self.dec.cond(timbre.to(self.dec.cond.weight.dtype))
        return Conditions(mixer, self.flow.conditions(timbre), vocoder)

    def vocode(
        self, frames: Tensor, conditions: Conditions, context: int = 0, outside: tuple[int, int] = (0, 0)
    ) -> Tensor:
        """Sound [batch, samples] in float32, whatever the vocoder's precision; the arguments are as the vocoder's."""
        return self.dec(frames.to(conditions.vocoder.dtype), conditions.vocoder, context, outside).float()

    @torch.inference_mode()
    def warm_up(self, windows: Iterable[int]) -> None:
        """Vocode silence in windows of so many frames, so that the kernels know these lengths."""
        timbre = self.quantizer.codebook.new_zeros(1, self.config.gin_channels, 1)
        conditions, context = self.conditions(timbre), self.dec.reach_frames[0]
        for window in windows:
            self.vocode(timbre.new_zeros(1, self.config.inter_channels, context + window), conditions, context)

    def speak(
        self, tokens: Tensor, phones: Tensor, conditions: Conditions, noise: Tensor, speed: float = 1.0
    ) -> Tensor:
        """A whole utterance at once: tokens [1, tokens], phones [1, phones] -> sound [1, samples].

        noise: [1, inter, frames], standard normal; more frames than needed do no harm.
        """
        text = self.enc_p.encode_phones(phones)
        frames = self.enc_p.encode_frames(self.quantizer.frames(tokens), text, conditions.mixer)
        mean, log_deviation = self.enc_p.prior(change_speed(frames, speed))
        latent = mean + noise[..., : mean.shape[-1]] * log_deviation.exp() * NOISE_SCALE
        return self.vocode(self.flow.backwards(latent, conditions.flow), conditions)


def load_acoustic(config: AcousticConfig, weights: Mapping[str, Tensor]) -> AcousticModel:
    """Build the model from upstream's weights, in float32 on the CPU."""
    with torch.device("meta"):
        model = AcousticModel(config)
    model.load_state_dict({our_name(name): w.float() for name, w in without_weight_norm(weights).items()}, assign=True)
    return model.eval().requires_grad_(False)


def our_name(name: str) -> str:
    for pattern, replacement in OUR_NAMES:
        name = pattern.sub(replacement, name)
    return name


def without_weight_norm(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights whose direction `weight_v` and length `weight_g` are one `weight` (Salimans and Kingma, 2016)."""
    plain = {}
    for name, tensor in weights.items():
        if name.endswith(".weight_v"):
            length = weights[name.removesuffix("v") + "g"].float()
            direction = tensor.float()
            plain[name.removesuffix("_v")] = direction * (length / direction.flatten(1).norm(dim=1).view(-1, 1, 1))
        elif not name.endswith(".weight_g"):
            plain[name] = tensor
    return plain
