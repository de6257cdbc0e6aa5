"""The models before they have learnt anything, in upstream's files: what our trainings start from."""

from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks.from_scratch.codebook import codebook, projection
from benchmarks.from_scratch.plan import AcousticPlan, SemanticPlan
from tts.gpt_sovits.acoustic.attention import ChannelNorm, RelativeAttention
from tts.gpt_sovits.config import AcousticConfig, SemanticConfig
from tts.gpt_sovits.training.gpt_export import export_gpt
from tts.gpt_sovits.training.gpt_options import GptOptions
from tts.gpt_sovits.training.sovits_export import export_sovits
from tts.gpt_sovits.training.sovits_generator import Generator
from tts.gpt_sovits.training.sovits_latent import TrainingCoupling
from tts.gpt_sovits.training.sovits_options import SovitsOptions
from tts.gpt_sovits.training.text_to_semantic import TextToSemantic

DILATIONS = (1, 3, 5)
NAME = "base"


def acoustic_config(plan: AcousticPlan) -> AcousticConfig:
    """v2, but for what the plan makes smaller; all of it can be read by upstream's programs as well."""
    return AcousticConfig(
        filter_channels=plan.filter_channels,
        layer_count=plan.layers,
        upsample_initial_channel=plan.first_channels,
        resblock_kernel_sizes=plan.kernels,
        resblock_dilation_sizes=(DILATIONS,) * len(plan.kernels),
    )


def semantic_config(plan: SemanticPlan) -> SemanticConfig:
    return SemanticConfig(
        embedding_dim=plan.width, hidden_dim=plan.width, head_count=plan.heads, layer_count=plan.layers
    )


def write_semantic_base(file: Path, plan: SemanticPlan) -> None:
    torch.manual_seed(4)
    model = TextToSemantic(semantic_config(plan))
    for words in (model.ar_text_embedding, model.ar_audio_embedding):
        nn.init.normal_(words.word_embeddings.weight, std=plan.width**-0.5)
    export_gpt(file, model.state_dict(), model.config, GptOptions(NAME), 0)


def write_acoustic_base(file: Path, plan: AcousticPlan, found: Tensor) -> None:
    """found: the centres of the tokens. The posterior encoder is left out, as a training makes a new one then."""
    torch.manual_seed(5)
    config = acoustic_config(plan)
    generator = Generator(config, plan.segment_frames)
    for part in generator.modules():
        begin(part)
    entries, (weight, bias) = codebook(found, config.codebook_size), projection(config.ssl_dim)
    generator.quantizer.codebook.data.copy_(entries)
    generator.quantizer.get_buffer("embed_avg").copy_(entries)
    generator.quantizer.ssl_proj.weight.data.copy_(weight)
    generator.quantizer.ssl_proj.bias.data.copy_(bias)  # pyright: ignore[reportOptionalMemberAccess]
    export_sovits(file, generator.state_dict(), config, SovitsOptions(NAME), 0, 0)


def begin(part: nn.Module) -> None:
    """Numbers for what torch does not fill by itself, and none for what should change nothing at first."""
    if isinstance(part, ChannelNorm):
        nn.init.ones_(part.gamma)
        nn.init.zeros_(part.beta)
    if isinstance(part, RelativeAttention):
        for table in (part.emb_rel_k, part.emb_rel_v):
            nn.init.normal_(table, std=table.shape[-1] ** -0.5)
        for layer in (part.conv_q, part.conv_k, part.conv_v):
            nn.init.xavier_uniform_(layer.weight)
    if isinstance(part, TrainingCoupling):
        nn.init.zeros_(part.post.weight)
        assert part.post.bias is not None
        nn.init.zeros_(part.post.bias)
