"""Decoding on a GPU: whole steps recorded as CUDA graphs, one for each size of batch and reach of attention."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from tts.gpt_sovits.semantic.decoder import Decoder, Drawn, joined, split
from tts.gpt_sovits.semantic.model import Attend, SemanticModel
from tts.gpt_sovits.semantic.slots import Slots

REACHES = (256, 384, 512, 768, 1024, 1536, 2048, 3072)
"""Places a step attends to; what lies beyond a row's own is masked. Few to record, close enough to waste little."""
WARM_UP_STEPS = 2
"""Runs before a recording, in which the libraries choose their kernels and allocate what they need."""

Replay = Callable[[], None]
Record = Callable[[Callable[[], None]], Replay]


class GraphedDecoder(Decoder):
    """Launches a step with one call, and reads its tokens while the next one runs."""

    lag = 1

    def __init__(self, model: SemanticModel, slots: Slots, record: Record | None = None):
        super().__init__(model, slots)
        self._record = record or recorded
        self._steps: dict[tuple[int, int], Replay] = {}
        rows = len(slots.lengths)
        self._counts = [count for count in (1, 2, 4, 8, 16, 32, 64) if count < rows] + [rows]
        self._tokens = torch.zeros(rows, dtype=torch.int64, device=slots.keys.device)
        self._ended = torch.zeros(rows, dtype=torch.bool, device=slots.keys.device)

    def warm_up(self) -> None:
        """Record the steps of a short sentence, before anybody waits for one."""
        for count in self._counts:
            for reach in REACHES[:3]:
                self._step_of(count, min(reach, self.slots.places))

    @torch.inference_mode()
    def step(self, count: int) -> Drawn:
        longest = 0
        for row in range(count):
            self.slots.lengths[row] += 1
            longest = max(longest, self.slots.lengths[row])
        rows = next(size for size in self._counts if size >= count)
        reach = next((reach for reach in REACHES if reach >= longest), self.slots.places)
        self._step_of(rows, min(reach, self.slots.places))()
        return ArrivingDrawn(self._tokens[:count], self._ended[:count])

    def _step_of(self, rows: int, reach: int) -> Replay:
        """Recording draws tokens, too, so it happens on rows that are put back as they were."""
        if (rows, reach) not in self._steps:
            before = self.slots.snapshot()

            def step() -> None:
                tokens, ended = self.advance(rows, lambda count: self._attend_to(reach, count))
                self._tokens[:rows] = tokens
                self._ended[:rows] = ended

            self._steps[rows, reach] = self._record(step)
            self.slots.restore(before)
        return self._steps[rows, reach]

    def _attend_to(self, reach: int, count: int) -> Attend:
        slots = self.slots
        rows = torch.arange(count, device=slots.keys.device)
        # A row that is no longer in use goes on counting until its slot is taken again.
        last = slots.length[:count].clamp(max=slots.places - 1)
        mask = (torch.arange(reach, device=rows.device) <= last.unsqueeze(1))[:, None, None]

        def attend(layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            keys, values = slots.keys[layer], slots.values[layer]
            keys[rows, last] = joined(key)[:, 0].to(keys.dtype)
            values[rows, last] = joined(value)[:, 0].to(values.dtype)
            keys, values = (split(each[:count, :reach], query.shape[1]) for each in (keys, values))
            mixed = functional.scaled_dot_product_attention(query.to(keys.dtype), keys, values, attn_mask=mask)
            return mixed.to(query.dtype)

        return attend


class ArrivingDrawn(Drawn):
    """Tokens that are copied to the host behind the step, while the device goes on."""

    def __init__(self, tokens: Tensor, ended: Tensor):
        super().__init__(tokens.to("cpu", non_blocking=True), ended.to("cpu", non_blocking=True))
        self._arrived = torch.cuda.Event() if tokens.is_cuda else None
        if self._arrived:
            self._arrived.record()
        else:  # on a processor the copy above is none
            self._tokens, self._ended = tokens.clone(), ended.clone()

    def read(self) -> tuple[list[int], list[bool]]:
        if self._arrived:
            self._arrived.synchronize()
        return super().read()


def recorded(step: Callable[[], None]) -> Replay:
    """Run a step a few times, then record it; what it computes must depend on tensors that stay where they are."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UP_STEPS):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    # Other threads go on speaking meanwhile, and may ask the device for memory.
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        step()
    return graph.replay
