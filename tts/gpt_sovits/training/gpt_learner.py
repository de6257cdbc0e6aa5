"""A model on its device, and what a batch teaches it."""

import contextlib
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from tts.gpt_sovits.training.gpt_batch import GptBatch
from tts.gpt_sovits.training.gpt_losses import GptLoss, loss_of, spoilt_tokens
from tts.gpt_sovits.training.gpt_options import GptOptions, Precision
from tts.gpt_sovits.training.gpt_schedule import RATE
from tts.gpt_sovits.training.member import Member
from tts.gpt_sovits.training.recovery import NotFinite
from tts.gpt_sovits.training.scaled_adam import ScaledAdam
from tts.gpt_sovits.training.text_to_semantic import TextToSemantic

FIRST_LOSS_SCALE = 64.0
"""In float16. A sum over thousands of tokens is large already, and every halving of the scale costs an update."""
MOST_LOST_UPDATES = 20
"""One after another, in which float16 could not hold the gradients."""


@dataclass(frozen=True)
class Taught:
    """Sums over a batch, of natural units and of tokens; see GptLoss."""

    cross_entropy: float = 0.0
    counted: float = 0.0
    hits: float = 0.0
    spoken: float = 0.0

    def __add__(self, other: "Taught") -> "Taught":
        return Taught(
            self.cross_entropy + other.cross_entropy,
            self.counted + other.counted,
            self.hits + other.hits,
            self.spoken + other.spoken,
        )

    @property
    def loss(self) -> float:
        """Mean over the tokens."""
        return self.cross_entropy / self.counted

    @property
    def accuracy(self) -> float:
        """Share of the tokens that are among the three likeliest."""
        return self.hits / self.spoken


class Learner:
    def __init__(self, model: TextToSemantic, options: GptOptions, member: Member):
        self.device = torch.device(member.device)
        self.model = model.to(self.device).train()
        self.optimiser = ScaledAdam(self.model.parameters(), lr=RATE)
        self._options = options
        self._eos = model.config.eos
        self._dtype = dtype_of(options.precision, self.device)
        self.scaler = torch.amp.GradScaler(
            self.device.type, init_scale=FIRST_LOSS_SCALE, enabled=self._dtype is torch.float16
        )
        loss = _Loss(self.model, self._eos, options.is_as_upstream)
        # The table of positions is the same everywhere; sending it about between two forward passes would disturb both.
        self._loss = DistributedDataParallel(loss, broadcast_buffers=False) if member.team_size > 1 else loss
        self._lost_updates = 0

    def derive(self, parts: list[GptBatch], seed: int, is_last: bool) -> Taught:
        """Add a batch to the gradients; raises NotFinite with a rate of 1.

        is_last: parameters change behind it, so that processes must agree on the gradients.
        """
        # Dropout asks the one generator that torch has. Seeded for each step, a run that is resumed hears the same.
        torch.manual_seed(seed)
        source = torch.Generator().manual_seed(seed)
        sums = torch.zeros(5, dtype=torch.float64, device=self.device)
        for number, part in enumerate(parts):
            is_shared = self._options.is_as_upstream or (is_last and number == len(parts) - 1)
            with self._alone(is_shared):
                sums += self._derive_part(part.to(self.device), source)
        total, *others = sums.tolist()
        if total - total:  # infinite, or no number
            raise NotFinite(1.0)
        return Taught(*others)

    def update(self, rate: float) -> bool:
        """Change the parameters; False where float16 could not hold the gradients. Raises NotFinite."""
        self.optimiser.param_groups[0]["lr"] = rate
        if self.scaler.is_enabled():
            is_done = self._scaled_update()
        else:
            self._require_finite_gradients()
            self.optimiser.step()
            is_done = True
        self.optimiser.zero_grad(set_to_none=True)
        return is_done

    def is_finite(self) -> bool:
        return all(bool(torch.isfinite(parameter).all()) for parameter in self.model.parameters())

    def _derive_part(self, part: GptBatch, source: torch.Generator) -> Tensor:
        spoilt = spoilt_tokens(part, self._options.is_as_upstream, source) if self._options.has_preference else None
        with torch.autocast(self.device.type, self._dtype, enabled=self._dtype is not torch.float32):
            loss: GptLoss = self._loss(part, spoilt)
        self.scaler.scale(loss.total).backward()
        each = (loss.total.detach(), loss.cross_entropy, loss.counted, loss.hits, loss.spoken)
        return torch.stack([number.double() for number in each])

    def _alone(self, is_shared: bool) -> contextlib.AbstractContextManager[None]:
        if is_shared or not isinstance(self._loss, DistributedDataParallel):
            return contextlib.nullcontext()
        return self._loss.no_sync()

    def _scaled_update(self) -> bool:
        before = self.scaler.get_scale()
        self.scaler.step(self.optimiser)
        self.scaler.update()
        is_done = self.scaler.get_scale() >= before
        self._lost_updates = 0 if is_done else self._lost_updates + 1
        if self._lost_updates > MOST_LOST_UPDATES:
            raise NotFinite(1.0)
        return is_done

    def _require_finite_gradients(self) -> None:
        norms = [parameter.grad.norm() for parameter in self.model.parameters() if parameter.grad is not None]
        if not torch.isfinite(torch.stack(norms)).all():
            raise NotFinite(1.0)


class _Loss(nn.Module):
    """What torch's parallel module wraps: it must see both passes of a preference as one."""

    def __init__(self, model: TextToSemantic, eos: int, is_as_upstream: bool):
        super().__init__()
        self.model = model
        self._eos = eos
        self._is_as_upstream = is_as_upstream

    def forward(self, batch: GptBatch, spoilt: list[Tensor] | None) -> GptLoss:
        return loss_of(self.model, batch, self._eos, self._is_as_upstream, spoilt)


def dtype_of(precision: Precision, device: torch.device) -> torch.dtype:
    """What multiplications are done in; the parameters are float32 throughout."""
    if precision != "auto":
        return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[precision]
    if device.type != "cuda":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
