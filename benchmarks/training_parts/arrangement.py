"""The same networks and losses in upstream's order of work, to see what ours saves."""

from unittest.mock import patch

from torch import Tensor

from tts.gpt_sovits.training.sovits_losses import Answers, DiscriminatorLoss, discriminator_loss
from tts.gpt_sovits.training.sovits_step import SovitsStep


def as_upstream() -> None:
    """For the rest of this process: recorded and generated sound are judged one after the other, and the second time
    the discriminators' own gradients are made, too, which nobody uses.
    """
    for name, method in (("_teach_discriminators", _teach), ("_judged_without_learning", _judged)):
        patch.object(SovitsStep, name, method).start()


def _teach(step: SovitsStep, sound: Tensor, made: Tensor) -> tuple[DiscriminatorLoss, Tensor]:
    with step._mixed():  # pyright: ignore[reportPrivateUsage]
        real, fake = _judged(step, sound, made)
    loss = discriminator_loss(real, fake)
    return loss, step._learn(step.discriminators_optimiser, loss.total)  # pyright: ignore[reportPrivateUsage]


def _judged(step: SovitsStep, sound: Tensor, made: Tensor) -> tuple[Answers, Answers]:
    judge = step._judge  # pyright: ignore[reportPrivateUsage]
    return judge(sound), judge(made)
