"""The vocoder as a processor with units for bfloat16 runs it, against the plain one in float32."""

import pytest
import torch

from tts.gpt_sovits.acoustic.packed_vocoder import PackedVocoder, can_pack
from tts.gpt_sovits.acoustic.vocoder import Vocoder
from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.features.linear import fast_dtype

pytestmark = pytest.mark.skipif(
    not can_pack() or fast_dtype(torch.device("cpu")) != torch.bfloat16, reason="this processor has no bfloat16"
)
LEAST_DB = 25
"""Signal to noise that bfloat16 leaves at the least, with weights as wild as random ones are."""


@pytest.fixture(scope="module", params=[512, 768], ids=["v2", "v2ProPlus"])
def vocoders(request: pytest.FixtureRequest) -> tuple[Vocoder, PackedVocoder]:
    """Channels are an eighth of the released ones; in v2ProPlus they are no powers of two."""
    torch.manual_seed(3)
    config = AcousticConfig(inter_channels=32, gin_channels=32, upsample_initial_channel=request.param // 8)
    plain = Vocoder(config).requires_grad_(False)
    other = Vocoder(config).requires_grad_(False)
    other.load_state_dict(plain.state_dict())
    return plain, PackedVocoder(other)


def signal_to_noise_db(wanted: torch.Tensor, found: torch.Tensor) -> float:
    return float(10 * torch.log10(wanted.square().mean() / (wanted - found.float()).square().mean()))


@pytest.mark.parametrize(
    ("frames", "context", "outside"), [(20, 0, (0, 0)), (33, 13, (13, 0)), (49, 13, (0, 5)), (49, 13, (6, 7))]
)
@torch.inference_mode()
def test_it_speaks_like_the_plain_one(
    vocoders: tuple[Vocoder, PackedVocoder], frames: int, context: int, outside: tuple[int, int]
):
    plain, packed = vocoders
    before, after = outside
    latent = torch.randn(1, 32, frames)
    latent[..., :before] = 0
    latent[..., frames - after :] = 0
    condition = plain.cond(torch.randn(1, 32, 1))
    wanted = plain(latent, condition, context, outside)
    found = packed(latent.bfloat16(), condition.bfloat16(), context, outside)
    assert found.shape == wanted.shape
    inside = slice(0, wanted.shape[-1] - after * 640)
    assert signal_to_noise_db(wanted[..., inside], found[..., inside]) > LEAST_DB


@torch.inference_mode()
def test_what_fills_a_window_up_changes_nothing(vocoders: tuple[Vocoder, PackedVocoder]):
    _, packed = vocoders
    latent, condition = torch.randn(1, 32, 18).bfloat16(), torch.randn(1, packed.cond.out_channels, 1).bfloat16()
    alone = packed(latent, condition)
    filled = packed(torch.nn.functional.pad(latent, (13, 5)), condition, 13, (13, 5))
    assert signal_to_noise_db(alone.float(), filled[..., : alone.shape[-1]]) > 2 * LEAST_DB
