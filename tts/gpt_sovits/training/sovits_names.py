"""The names that upstream's files give to the tensors of a training, and ours."""

import re
from collections.abc import Mapping

from torch import Tensor, nn

from tts.gpt_sovits.acoustic.model import our_name
from tts.gpt_sovits.shapes import UNUSED_BY_INFERENCE

STATISTICS = UNUSED_BY_INFERENCE
"""Of the codebook's own training: whether it is filled, how often each entry was met, and the sum of what was."""
_LENGTH, _DIRECTION = ".parametrizations.weight.original0", ".parametrizations.weight.original1"


def training_name(upstream: str) -> str:
    """What `Generator` and `Discriminators` call a tensor of upstream's files."""
    name = f"quantizer.{upstream.rpartition('.')[2]}" if upstream in STATISTICS else our_name(upstream)
    return re.sub(r"\.weight_v$", _DIRECTION, re.sub(r"\.weight_g$", _LENGTH, name))


def load_named(module: nn.Module, weights: Mapping[str, Tensor]) -> list[str]:
    """Load what is there under upstream's names; returns the names of our tensors that were not there.

    Raises RuntimeError for shapes that do not fit and for tensors that the module does not have.
    """
    named = {training_name(name): tensor.float() for name, tensor in weights.items()}
    missing, unexpected = module.load_state_dict(named, strict=False)
    if unexpected:
        raise RuntimeError(f"unexpected tensors: {', '.join(unexpected[:3])}")
    return list(missing)
