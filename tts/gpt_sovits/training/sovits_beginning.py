"""What counts otherwise in the first steps of a generator that knows nothing yet."""

from dataclasses import replace

from torch import Tensor

from tts.gpt_sovits.training.sovits_losses import GeneratorLoss
from tts.gpt_sovits.training.sovits_options import Beginning
from tts.gpt_sovits.training.sovits_spectra import spectra_distance


def as_at_the_beginning(
    loss: GeneratorLoss, beginning: Beginning, sound: Tensor, made: Tensor, steps_done: int
) -> GeneratorLoss:
    """sound, made: the segment as recorded and as generated, [batch, 1, samples]."""
    if steps_done < beginning.divergence_steps:
        loss = replace(loss, divergence_weight=steps_done / beginning.divergence_steps)
    if not beginning.spectra_weight:
        return loss
    distance = spectra_distance(sound[:, 0], made[:, 0].float())
    return replace(loss, spectra=beginning.spectra_weight * distance)


def shorten(gradients: list[Tensor], norm: Tensor, beginning: Beginning) -> None:
    """In place, where they are longer than allowed. norm: of all of them together."""
    if beginning.longest_gradient is None:
        return
    share = (beginning.longest_gradient / norm).clamp(max=1.0).item()
    for gradient in gradients:
        gradient.mul_(share)
