"""Vectors of the semantic model's training, with weights that are derived from their names."""

import json
import math
import zlib
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, distributed, nn

from tests.support.gpt_features import Watch
from tests.support.studio_work import training_vectors
from tts.gpt_sovits.config import SemanticConfig
from tts.gpt_sovits.training.gpt_batch import GptBatch, Sentence, together
from tts.gpt_sovits.training.gpt_learner import Learner
from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths
from tts.gpt_sovits.training.gpt_run import train_gpt
from tts.gpt_sovits.training.member import Member
from tts.gpt_sovits.training.text_to_semantic import TextToSemantic

KILLED_OPTIONS = GptOptions("voice", epochs=8, batch_size=16, export_epochs=2, save_epochs=1, save_minutes=0.0)
PAIR = (([0], [1, 2]), ([2], [0, 1]))
"""By process and batch, the sentences of s1_b3_ragged, each of which is a part of its batch."""


def stored(name: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What upstream was given, and what it computed."""
    folder = training_vectors()
    told = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return told, torch.load(folder / f"{name}.pt", weights_only=True)


def stored_model(told: dict[str, Any], is_as_upstream: bool) -> TextToSemantic:
    sizes = told["config"]["model"]
    config = SemanticConfig(
        embedding_dim=sizes["embedding_dim"],
        hidden_dim=sizes["hidden_dim"],
        head_count=sizes["head"],
        layer_count=sizes["n_layer"],
    )
    model = TextToSemantic(config, is_as_upstream, dropout=0.0)
    fill(model, told["weight_fill_seed"])
    return model.train()


def stored_batch(given: dict[str, Tensor]) -> GptBatch:
    return together([sentence(given, row) for row in range(len(given["x"]))], eos=1024)


def sentence(given: dict[str, Tensor], row: int) -> Sentence:
    phones, tokens = int(given["x_lens"][row]), int(given["y_lens"][row])
    return Sentence(given["x"][row, :phones], given["y"][row, :tokens], given["bert"][row, :, :phones])


def derive_in_pair(rank: int, meeting: str, folder: Path) -> None:
    """What one of two processes does: two batches of its own, and its gradients to a file."""
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2)
    told, given = stored("s1_b3_ragged")
    learner = Learner(stored_model(told, False), GptOptions("x"), Member("cpu", rank, 2))
    for number in range(2):
        learner.derive(
            [together([sentence(given, row)], 1024) for row in PAIR[rank][number]], seed=1, is_last=number == 1
        )
    gradients = {name: each.grad for name, each in learner.model.named_parameters() if each.grad is not None}
    torch.save(gradients, folder / f"{rank}.pt")
    distributed.destroy_process_group()


def train_and_write(paths: GptPaths, told: Path) -> None:
    """What a process does that may be killed at any time: it trains, and writes each loss to a file at once."""
    torch.set_num_threads(1)
    with told.open("a", buffering=1) as file:

        class Told(Watch):
            def point(self, step: int, **values: float) -> None:
                file.write(f"{values['loss']!r}\n")

        train_gpt(paths, KILLED_OPTIONS, Told())


def fill(module: nn.Module, seed: int) -> None:
    state = module.state_dict()
    module.load_state_dict({name: _values(name, tensor, seed) for name, tensor in state.items()})


def _values(name: str, like: Tensor, seed: int) -> Tensor:
    source = torch.Generator().manual_seed(zlib.crc32(f"{seed}:{name}".encode()))
    random = torch.randn(like.shape, generator=source)
    if name.endswith("bias"):
        return 0.05 * random
    if like.dim() <= 1:
        return 1 + 0.1 * random
    return random / math.sqrt(like.numel() / like.shape[0])
