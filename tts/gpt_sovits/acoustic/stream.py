"""An utterance vocoded while its tokens are still being made: exact context to the left, a short fade to the right."""

import torch
from torch import Tensor
from torch.nn import functional

from tts.gpt_sovits.acoustic import flow
from tts.gpt_sovits.acoustic.encoder import change_speed_so_far
from tts.gpt_sovits.acoustic.model import NOISE_SCALE, AcousticModel, Conditions
from tts.gpt_sovits.noise import normal
from tts.gpt_sovits.pacing import FRAMES_PER_TOKEN, Pacing

WINDOWS = Pacing().windows
"""Frames that the vocoder takes at a time, besides context. On a processor, the first convolution of each length has
its code generated, which takes longer than the convolution; so there are few lengths."""
BEYOND = 32
"""Longer windows, which only slow speech needs, are multiples of this."""


def window_for(frames: int) -> int:
    """The length of the window that is used for so many frames."""
    return next((window for window in WINDOWS if window >= frames), -(-frames // BEYOND) * BEYOND)


class Utterance:
    """One piece's sound. Every frame has its own noise by its number, so the same seed sounds the same in any chunks.

    Frames whose sound is out are never changed again: what follows sees them exactly as they were. Sound near the end
    of what is known is held back; of it, one frame is blended with what the same frame becomes once more is known.
    """

    def __init__(self, model: AcousticModel, conditions: Conditions, phones: Tensor, seed: int, speed: float = 1.0):
        self.model = model
        self.conditions = conditions
        self.seed = seed
        self.speed = speed
        self.context = flow.REACH_FRAMES + model.dec.reach_frames[0]
        with torch.inference_mode():
            self.text = model.enc_p.encode_phones(phones.unsqueeze(0).to(model.device))
        self.spoken_frames = 0
        self.past: Tensor | None = None
        """The prior's draws for the last frames whose sound is out, [1, inter, at most `context`]."""
        self.held: Tensor | None = None
        """Sound [samples] of the first frame that is not out yet, as it would be if nothing followed."""

    @torch.inference_mode()
    def speak(self, tokens: Tensor, look_ahead: int, is_last: bool) -> Tensor:
        """The sound [samples] that follows what is out, up to `look_ahead` tokens before the end of the tokens so far.

        tokens: all of the piece until now, int64 [tokens].
        """
        first = self.spoken_frames
        drawn = self._draw(tokens, first)
        held_back = 0 if is_last else min(int(look_ahead * FRAMES_PER_TOKEN / self.speed), drawn.shape[-1])
        count = drawn.shape[-1] - held_back
        if count <= 0:
            return drawn.new_zeros(0)
        extra = min(1, held_back)
        sound = self._blended(self._vocoded(drawn)[: (count + extra) * self.model.config.hop_length])
        self._remember(drawn[..., :count])
        samples = count * self.model.config.hop_length
        self.held = sound[samples:] if extra else None
        return sound[:samples]

    def _draw(self, tokens: Tensor, first: int) -> Tensor:
        """The prior's frames from `first` on, as far as the tokens go."""
        quantized = self.model.quantizer.frames(tokens.unsqueeze(0))
        frames = self.model.enc_p.encode_frames(quantized, self.text, self.conditions.mixer)
        frames = change_speed_so_far(frames, self.speed)[..., first:]
        if not frames.shape[-1]:
            return frames.new_zeros(1, self.model.config.inter_channels, 0)
        mean, log_deviation = self.model.enc_p.prior(frames)
        noise = normal(self.seed, first, mean.shape[-1], mean.shape[1], mean.device)
        return mean + noise * log_deviation.exp() * NOISE_SCALE

    def _vocoded(self, drawn: Tensor) -> Tensor:
        """The sound of what was drawn, in a window of one of a few lengths."""
        past = 0 if self.past is None else self.past.shape[-1]
        known = drawn if self.past is None else torch.cat([self.past, drawn], dim=-1)
        frames = self.model.flow.backwards(known, self.conditions.flow)
        # At the edge of a window the flow sees zeros where frames were, unless nothing was there to be seen.
        seen = past - (flow.REACH_FRAMES if self.spoken_frames > past else 0)
        context = self.model.dec.reach_frames[0]
        count = drawn.shape[-1]
        outside = (max(context - seen, 0), window_for(count) - count)
        frames = functional.pad(frames[..., -(count + min(context, seen)) :], outside)
        return self.model.vocode(frames, self.conditions, context, outside)[0]

    def _blended(self, sound: Tensor) -> Tensor:
        if self.held is None:
            return sound
        length = min(len(self.held), len(sound))
        rise = torch.linspace(0, 1, length + 2, device=sound.device)[1:-1]
        start = torch.lerp(self.held[:length], sound[:length], rise)
        return torch.cat([start, sound[length:]])

    def _remember(self, drawn: Tensor) -> None:
        self.spoken_frames += drawn.shape[-1]
        past = drawn if self.past is None else torch.cat([self.past, drawn], dim=-1)
        self.past = past[..., -self.context :]
