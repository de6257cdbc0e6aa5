"""Sound made chunk by chunk is the sound made at once, as far as the look-ahead reaches, and never clicks."""

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from tts.gpt_sovits.acoustic.model import AcousticModel, Conditions
from tts.gpt_sovits.acoustic.stream import WINDOWS, Utterance, window_for
from tts.gpt_sovits.noise import normal
from tts.gpt_sovits.pacing import WHOLE, Pacing

HOP = 640
ENOUGH = 23
"""Tokens of look-ahead beyond which no frame is seen by the flow and the vocoder."""
Narrow = tuple[AcousticModel, Conditions]
NAMES = pytest.mark.parametrize("name", ["s2_v2", "s2_v2Pro"])


class Foreseeing(Utterance):
    """Its encoder knows all tokens from the start, as upstream's does when it is not streaming."""

    all_tokens: Tensor

    def _draw(self, tokens: Tensor, first: int) -> Tensor:
        return super()._draw(self.all_tokens, first)[..., : 2 * len(tokens) - first]


class Hard(Utterance):
    """Joins its chunks without blending."""

    def _blended(self, sound: Tensor) -> Tensor:
        return sound


def chunks(utterance: Utterance, tokens: Tensor, pacing: Pacing) -> list[Tensor]:
    sound = []
    for cut in pacing.cuts():
        is_last = len(tokens) < cut.tokens
        sound.append(utterance.speak(tokens[: cut.tokens], cut.look_ahead, is_last))
        if is_last:
            return sound
    raise AssertionError("there is always another cut")


def made(
    model: AcousticModel, conditions: Conditions, count: int, kind: type[Utterance] = Utterance, seed: int = 5
) -> tuple[Utterance, Tensor]:
    """An utterance of so many random tokens, and the tokens."""
    source = torch.Generator().manual_seed(count)
    tokens = torch.randint(0, model.config.codebook_size, (count,), generator=source)
    utterance = kind(model, conditions, torch.randint(0, 732, (12,), generator=source), seed)
    if isinstance(utterance, Foreseeing):
        utterance.all_tokens = tokens
    return utterance, tokens


def at_once(model: AcousticModel, conditions: Conditions, count: int, seed: int = 5) -> Tensor:
    """The whole by the model's own means."""
    source = torch.Generator().manual_seed(count)
    tokens = torch.randint(0, model.config.codebook_size, (1, count), generator=source)
    phones = torch.randint(0, 732, (1, 12), generator=source)
    return model.speak(tokens, phones, conditions, normal(seed, 0, 2 * count, model.config.inter_channels))[0]


@NAMES
@pytest.mark.parametrize("count", [1, 10, 33])
def test_a_window_filled_up_sounds_as_if_it_ended_there(name: str, count: int, stored_model):
    here = stored_model(name)
    utterance, tokens = made(here.model, here.conditions, count)
    sound = utterance.speak(tokens, 0, is_last=True)
    torch.testing.assert_close(sound, at_once(here.model, here.conditions, count), atol=3e-6, rtol=0)


@pytest.fixture(scope="session")
def narrow(narrow_model: AcousticModel) -> Narrow:
    timbre = torch.randn(1, narrow_model.config.gin_channels, 1, generator=torch.Generator().manual_seed(3))
    return narrow_model, narrow_model.conditions(timbre)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:TF32 acceleration")
def test_every_length_ends_exactly(narrow: Narrow):
    with torch.backends.mkldnn.flags(enabled=False, allow_tf32=False):  # which writes code for every length anew
        for count in range(1, 121):
            utterance, tokens = made(*narrow, count)
            sound = utterance.speak(tokens, 0, is_last=True)
            torch.testing.assert_close(sound, at_once(*narrow, count), atol=1e-5, rtol=0)


@NAMES
def test_with_enough_look_ahead_chunks_are_parts_of_the_whole(name: str, stored_model):
    here = stored_model(name)
    for windows in ((60,), (56, 80, 112)):
        utterance, tokens = made(here.model, here.conditions, 85, Foreseeing)
        sound = chunks(utterance, tokens, Pacing(windows, (ENOUGH,)))
        assert len(sound) > 1
        whole = at_once(here.model, here.conditions, 85)
        torch.testing.assert_close(torch.cat(sound), whole, atol=1e-5, rtol=0)


@settings(max_examples=10)
@given(st.integers(1, 70), st.lists(st.integers(ENOUGH + 1, 50), min_size=1, max_size=4))
def test_any_chunks_with_enough_look_ahead_are_parts_of_the_whole(narrow: Narrow, count: int, windows: list[int]):
    utterance, tokens = made(*narrow, count, Foreseeing)
    sound = torch.cat(chunks(utterance, tokens, Pacing(tuple(2 * window for window in windows), (ENOUGH,))))
    torch.testing.assert_close(sound, at_once(*narrow, count), atol=1e-5, rtol=0)


@NAMES
def test_a_chunk_goes_on_where_the_one_before_left_off(name: str, stored_model):
    """Its first frame begins as the vocoder went on before, and turns within the frame into what is known now."""
    here = stored_model(name)
    (utterance, tokens), (unblended, _) = (made(here.model, here.conditions, 80, kind) for kind in (Utterance, Hard))
    joins = 0
    for cut in Pacing().cuts():
        is_last = len(tokens) < cut.tokens
        held = utterance.held
        sound, new = (each.speak(tokens[: cut.tokens], cut.look_ahead, is_last) for each in (utterance, unblended))
        if held is not None:
            share = (sound[:HOP] - held) / (new[:HOP] - held)
            clear = (new[:HOP] - held).abs() > 1e-3  # elsewhere the quotient says nothing
            assert clear.sum() > HOP / 2
            expected = torch.arange(1, HOP + 1) / (HOP + 1)
            torch.testing.assert_close(share[clear], expected[clear], atol=1e-2, rtol=0)
            joins += 1
        torch.testing.assert_close(sound[HOP:], new[HOP:])
        if is_last:
            break
    assert joins >= 3


@NAMES
def test_joins_are_as_smooth_as_the_sound_made_at_once(name: str, stored_model):
    here = stored_model(name)
    whole = at_once(here.model, here.conditions, 90)
    utterance, tokens = made(here.model, here.conditions, 90)
    sound = chunks(utterance, tokens, Pacing())
    stream, joins = torch.cat(sound), [sum(map(len, sound[: index + 1])) for index in range(len(sound) - 1)]
    bends, usual = stream.diff().diff().abs(), whole.diff().diff().abs()
    for join in joins:
        assert bends[join - 4 : join + 3].max() < usual.quantile(0.9995)


@settings(max_examples=25)
@given(
    count=st.integers(0, 60),
    windows=st.lists(st.integers(2, 40), min_size=1, max_size=4),
    look_aheads=st.lists(st.integers(0, 10), min_size=1, max_size=4),
    speed=st.one_of(st.just(1.0), st.floats(0.25, 4)),
)
@example(count=20, windows=[10], look_aheads=[0], speed=1.0)
@example(count=10, windows=[10], look_aheads=[9], speed=4.0)
@example(count=0, windows=[10], look_aheads=[2], speed=1.0)
def test_any_cuts_give_the_right_length(
    narrow: Narrow, count: int, windows: list[int], look_aheads: list[int], speed: float
):
    pacing = Pacing(tuple(2 * (window + max(look_aheads)) for window in windows), tuple(look_aheads))
    utterance, tokens = made(*narrow, count)
    utterance.speed = speed
    sound = chunks(utterance, tokens, pacing) if count else []
    assert sum(map(len, sound)) == HOP * int(2 * count / speed)
    assert all(len(chunk) % HOP == 0 for chunk in sound)
    assert all(chunk.isfinite().all() for chunk in sound)


def test_the_same_seed_sounds_the_same_and_another_does_not(narrow: Narrow):
    def spoken(seed: int) -> Tensor:
        utterance, tokens = made(*narrow, 60, seed=seed)
        return torch.cat(chunks(utterance, tokens, Pacing()))

    assert torch.equal(spoken(5), spoken(5))
    assert not torch.allclose(spoken(5), spoken(6), atol=1e-3)


def test_what_is_out_does_not_depend_on_what_follows(narrow: Narrow):
    """Two pieces that begin with the same tokens sound the same until one of them goes on differently."""
    (utterance, tokens), (other, _) = made(*narrow, 40), made(*narrow, 40)
    different = tokens.clone()
    different[30:] = tokens[30:].flip(0)
    assert torch.equal(utterance.speak(tokens[:30], 4, False), other.speak(different[:30], 4, False))
    assert not torch.equal(utterance.speak(tokens, 0, True), other.speak(different, 0, True))


def test_whole_is_one_chunk(narrow: Narrow):
    utterance, tokens = made(*narrow, 50)
    sound = chunks(utterance, tokens, WHOLE)
    assert len(sound) == 1
    torch.testing.assert_close(sound[0], at_once(*narrow, 50), atol=1e-5, rtol=0)


@given(st.integers(1, 1000))
def test_windows_have_few_lengths_and_are_long_enough(frames: int):
    window = window_for(frames)
    assert window >= frames
    assert window in WINDOWS or (window % 32 == 0 and window - frames < 32)
