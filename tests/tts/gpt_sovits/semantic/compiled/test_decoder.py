"""The compiled step against the same arithmetic in torch, and each row as if it were alone."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.support.prompts import random_prompt
from tts.gpt_sovits.loading import can_compile, make_decoder
from tts.gpt_sovits.semantic.decoder import Decoder
from tts.gpt_sovits.semantic.model import SemanticModel
from tts.gpt_sovits.semantic.slots import Prompt, Slots

pytest.importorskip("numba")

from tts.gpt_sovits.semantic.compiled import dot
from tts.gpt_sovits.semantic.compiled.decoder import CompiledDecoder, fits, packed_linears
from tts.gpt_sovits.semantic.compiled.slots import TiledSlots

pytestmark = pytest.mark.skipif(not dot.is_supported(), reason="the processor lacks AVX2")
MakeModel = Callable[..., SemanticModel]


def compiled(model: SemanticModel, prompts: list[Prompt], rows: int = 6) -> CompiledDecoder:
    decoder = CompiledDecoder(model, TiledSlots(model.config, rows, 200))
    for row, prompt in enumerate(prompts):
        decoder.prefill(row, prompt)
    return decoder


class QuantizedLinear(nn.Module):
    """8-bit weights and 14-bit activations, by the book."""

    def __init__(self, linear: nn.Linear):
        super().__init__()
        codes, scales, _ = packed_linears([linear])
        self.codes = torch.from_numpy(codes[0]).double()
        self.scales = torch.from_numpy(scales[0])
        self.bias = linear.bias

    def forward(self, x: Tensor) -> Tensor:
        scale = x.abs().amax(-1, keepdim=True).clamp(min=1e-12) / dot.LARGEST
        sums = (x / scale).round().double() @ self.codes.T
        return sums.float() * (self.scales * scale) + self.bias


def emulated(model: SemanticModel, prompt: Prompt) -> Decoder:
    """The plain decoder with the same numbers of bits, after a prefill that has all of them."""
    decoder = Decoder(model, Slots(model.config, 1, 200, torch.bfloat16))
    decoder.prefill(0, prompt)
    decoder.model = SemanticModel(model.config)
    decoder.model.load_state_dict(model.state_dict())
    decoder.model.position_table = model.position_table
    for layer in decoder.model.layers:
        for name, child in list(layer.named_children()):
            if isinstance(child, nn.Linear):
                setattr(layer, name, QuantizedLinear(child))
    return decoder


@pytest.mark.parametrize(("width", "heads"), [(64, 4), (64, 2), (128, 1), (192, 4), (512, 16)])
def test_a_step_equals_the_same_arithmetic_in_torch(random_model: MakeModel, width: int, heads: int):
    model, prompt = random_model(width, heads), random_prompt(3, phones=30)
    assert fits(model)
    decoder, emulation = compiled(model, [prompt]), emulated(model, prompt)
    for _ in range(25):
        assert decoder.step(1).read() == emulation.step(1).read()
        # An activation that lies between two of its 16383 steps may be rounded to the other one.
        torch.testing.assert_close(decoder.slots.logits[0], emulation.slots.logits[0], atol=5e-3, rtol=0)
    assert decoder.slots.length[0] == decoder.slots.lengths[0] == emulation.slots.lengths[0]


def test_it_stays_near_the_exact_model(random_model: MakeModel):
    model, prompt = random_model(128, 4), random_prompt(0)
    decoder, exact = compiled(model, [prompt]), Decoder(model, Slots(model.config, 1, 200, torch.float32))
    exact.prefill(0, prompt)
    for _ in range(20):
        token = decoder.step(1).read()[0][0]
        exact.slots.logits[0] = -50
        exact.slots.logits[0, token] = 50  # so that both say the same
        exact.step(1)
        difference = (decoder.slots.logits[0] - exact.slots.logits[0]).abs()
        assert difference.mean() < 0.05 * exact.slots.logits[0].std()


@settings(max_examples=25)
@given(st.data())
def test_a_row_is_the_same_to_the_last_bit_whoever_is_beside_it(random_model: MakeModel, data: st.DataObject):
    """Two to six rows of any lengths, some of which are released in the midst of it, and others come in."""
    model = random_model(64, 2)
    numbers = data.draw(st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True))
    prompts = {number: random_prompt(number, phones=5 + number, tokens=number % 7) for number in numbers}
    steps = 14
    alone: dict[int, list[tuple[int, Tensor]]] = {}
    for number, prompt in prompts.items():
        decoder = compiled(model, [prompt], rows=1)
        alone[number] = [(decoder.step(1).read()[0][0], decoder.slots.logits[0].clone()) for _ in range(steps)]
    decoder, rows, taken = compiled(model, []), [], dict.fromkeys(numbers, 0)
    waiting = list(numbers)
    for _ in range(steps):
        while waiting and (not rows or data.draw(st.booleans())):
            decoder.prefill(len(rows), prompts[waiting[0]])
            rows.append(waiting.pop(0))
        if len(rows) > 1 and data.draw(st.booleans()):
            freed = data.draw(st.integers(0, len(rows) - 1))
            if freed < len(rows) - 1:
                decoder.slots.move(len(rows) - 1, freed)
                rows[freed] = rows[-1]
            rows.pop()
        tokens, _ = decoder.step(len(rows)).read()
        for row, number in enumerate(rows):
            token, logits = alone[number][taken[number]]
            assert tokens[row] == token
            assert torch.equal(decoder.slots.logits[row], logits)
            taken[number] += 1


def test_tokens_keep_when_the_next_step_is_taken(random_model: MakeModel):
    decoder, other = (compiled(random_model(), [random_prompt(8)]) for _ in range(2))
    under_way = [decoder.step(1) for _ in range(6)]
    assert [each.read() for each in under_way] == [other.step(1).read() for _ in range(6)]


@pytest.mark.parametrize(
    ("width", "heads"),
    [(64, 8), (128, 16), (192, 8), (96, 3), (32, 2), (48, 3), (16, 1), (576, 12), (768, 16)],
    ids=str,
)
def test_sizes_that_the_kernels_cannot_take_are_left_to_torch(random_model: MakeModel, width: int, heads: int):
    """Heads of 8 or 24 numbers, widths that are no multiple of 64, and sums that 32 bits would not hold."""
    model = random_model(width, heads, layers=1)
    assert not fits(model)
    decoder = make_decoder(model, 2, is_exact=False)
    assert type(decoder) is Decoder
    decoder.prefill(0, random_prompt(0))
    plain = Decoder(model, Slots(model.config, 1, 200, torch.float32))
    plain.prefill(0, random_prompt(0))
    assert [decoder.step(1).read() for _ in range(5)] == [plain.step(1).read() for _ in range(5)]


def test_other_processors_are_left_to_torch(random_model: MakeModel, monkeypatch: pytest.MonkeyPatch):
    model = random_model()
    assert can_compile(model)
    assert isinstance(make_decoder(model, 2, is_exact=False), CompiledDecoder)
    monkeypatch.setattr(dot, "is_supported", lambda: False)
    model = random_model()
    assert not can_compile(model)
    assert type(make_decoder(model, 2, is_exact=False)) is Decoder


def test_exact_is_exact(random_model: MakeModel):
    decoder = make_decoder(random_model(), 2, is_exact=True)
    assert type(decoder) is Decoder
    assert decoder.slots.keys.dtype == torch.float32
