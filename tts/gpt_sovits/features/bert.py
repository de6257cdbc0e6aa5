"""The Chinese BERT, whose third last hidden states tell the semantic model how a text goes together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tts.gpt_sovits.features.building import Builder
from tts.gpt_sovits.features.encoder import LayerNames, LayerSizes
from tts.gpt_sovits.features.linear import Placement
from tts.gpt_sovits.features.memory import trim
from tts.gpt_sovits.features.tokenizer import CharacterTokenizer, load_tokenizer
from tts.gpt_sovits.features.weights import Fault, expect, read_config, read_folder, refusing, size_of

UNUSED_LAYERS = 2
"""Nobody reads what comes after the third last hidden states."""
TOKENS_AT_ONCE = 512


@dataclass(frozen=True)
class BertSizes:
    """As config.json has them; `layers` are those that are run."""

    tokens: int
    positions: int
    token_types: int
    layers: int
    layer: LayerSizes

    @staticmethod
    def of(config: Mapping[str, Any]) -> "BertSizes":
        """Raises Fault where the configuration is damaged or describes another kind of network."""
        expect(config, model_type="bert", hidden_act="gelu", position_embedding_type="absolute", is_decoder=False)
        layers, positions = size_of(config, "num_hidden_layers"), size_of(config, "max_position_embeddings")
        if layers < UNUSED_LAYERS or positions < 3:
            raise Fault("its config.json describes too small a network", "config.json 描述的网络太小")
        return BertSizes(
            tokens=size_of(config, "vocab_size"),
            positions=positions,
            token_types=size_of(config, "type_vocab_size"),
            layers=layers - UNUSED_LAYERS,
            layer=LayerSizes.of(config),
        )


class Bert(nn.Module):
    """Features of the characters of several texts at once."""

    def __init__(self, sizes: BertSizes, tokenizer: CharacterTokenizer, build: Builder):
        super().__init__()
        self.sizes = sizes
        self.tokenizer = tokenizer
        hidden = sizes.layer.hidden
        tokens = build.weights.take("embeddings.word_embeddings.weight", sizes.tokens, hidden)
        types = build.copied("embeddings.token_type_embeddings.weight", sizes.token_types, hidden)
        positions = build.copied("embeddings.position_embeddings.weight", sizes.positions, hidden)
        self.placement = build.placement
        self.tokens = nn.Parameter(tokens.to(self.placement.device, self.placement.dtype, copy=True), False)
        self.positions = nn.Parameter(positions + types[0], False)  # there is one sentence, so its type is always 0
        self.norm = build.norm("embeddings.LayerNorm", hidden, sizes.layer.epsilon)
        self.layers = nn.ModuleList(
            build.layer(_layer_names(f"encoder.layer.{i}"), sizes.layer) for i in range(sizes.layers)
        )

    def features(self, texts: Sequence[str]) -> list[Tensor]:
        """float32 [characters, hidden] for each text, as if it were alone.

        A text beyond what the network has positions for is read in parts that do not see each other.
        """
        limit = self.sizes.positions - 2
        parts = [(i, part) for i, text in enumerate(texts) for part in _parts(self.tokenizer.ids(text), limit)]
        found: list[list[Tensor]] = [[] for _ in texts]
        for group in _groups(parts):
            for (i, _), rows in zip(group, self._read([ids for _, ids in group]), strict=True):
                found[i].append(rows)
        nothing = self.positions.new_zeros((0, self.sizes.layer.hidden))
        return [torch.cat(rows) if rows else nothing for rows in found]

    def warm_up(self, characters: int = 62) -> None:
        """Read texts of every size up to this one: the first of each size waits for its compilation."""
        for count in range(14, characters + 1, 16):
            self.features(["好" * count])

    @torch.no_grad()
    def forward(self, ids: Tensor, positions: Tensor, time: int, mask: Tensor | None) -> Tensor:
        """[tokens] of one or several texts in a row, and the position of each in its text, to float32 [tokens, hidden].

        time: how many of them count, the others are ballast. mask: [time, time], True where both belong to the same
        text; None where there is only one.
        """
        x = self.norm(self.tokens[ids] + self.positions[positions])
        for layer in self.layers:
            x = layer(x, time, mask)
        return x

    def _read(self, group: list[list[int]]) -> list[Tensor]:
        """Texts behind one another rather than side by side, so that no time goes into padding."""
        device = self.tokens.device
        texts = [[self.tokenizer.start, *ids, self.tokenizer.end] for ids in group]
        lengths = [len(text) for text in texts]
        time = sum(lengths)
        ballast = self.placement.rounded(time, 16 if time <= 64 else 64) - time
        ids = torch.tensor([i for text in texts for i in text] + [0] * ballast, device=device)
        positions = torch.cat([torch.arange(length, device=device) for length in (*lengths, ballast)])
        mask = None
        if len(texts) > 1:
            owner = torch.arange(len(texts)).repeat_interleave(torch.tensor(lengths)).to(device)
            mask = owner[:, None] == owner[None]
        return [rows[1:-1] for rows in self(ids, positions, time, mask)[:time].split(lengths)]


def by_phone(features: Tensor, word2ph: Sequence[int]) -> Tensor:
    """[characters, hidden] to [hidden, phones]: each character's features for each of its `word2ph` phones."""
    if len(features) != len(word2ph):
        raise ValueError(f"features of {len(features)} characters do not fit the phones of {len(word2ph)}")
    return features.repeat_interleave(torch.tensor(word2ph, dtype=torch.long, device=features.device), 0).T


def _parts(ids: list[int], limit: int) -> Iterator[list[int]]:
    return (ids[start : start + limit] for start in range(0, len(ids), limit))


def _groups(parts: list[tuple[int, list[int]]]) -> Iterator[list[tuple[int, list[int]]]]:
    """As many neighbours as fit into TOKENS_AT_ONCE: attention costs the square of a group."""
    group: list[tuple[int, list[int]]] = []
    tokens = 0
    for part in parts:
        if group and tokens + len(part[1]) + 2 > TOKENS_AT_ONCE:
            yield group
            group, tokens = [], 0
        group.append(part)
        tokens += len(part[1]) + 2
    if group:
        yield group


def load_bert(folder: Path, *, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32) -> Bert:
    """From a directory like chinese-roberta-wwm-ext-large; raises FeatureModelRefused. dtype: of the large products.

    The last two layers and the head are neither built nor read.
    """
    with refusing("BERT", folder):
        sizes = BertSizes.of(read_config(folder))
        tokenizer = load_tokenizer(folder)
        if len(tokenizer) > sizes.tokens:
            raise Fault(
                f"its vocabulary needs {len(tokenizer)} embeddings and there are {sizes.tokens}",
                f"词表需要 {len(tokenizer)} 个词向量，模型只有 {sizes.tokens} 个",
            )
        weights = read_folder(folder).renamed(_own_name)
        network = Bert(sizes, tokenizer, Builder(weights, Placement(torch.device(device), dtype)))
    trim()
    return network


def _own_name(name: str) -> str:
    """Without the prefix of models with a head, and the names that checkpoints converted from TensorFlow have."""
    name = name.removeprefix("bert.")
    return name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")


def _layer_names(layer: str) -> LayerNames:
    attention = f"{layer}.attention"
    return LayerNames(
        query=f"{attention}.self.query",
        key=f"{attention}.self.key",
        value=f"{attention}.self.value",
        output=f"{attention}.output.dense",
        attention_norm=f"{attention}.output.LayerNorm",
        widen=f"{layer}.intermediate.dense",
        narrow=f"{layer}.output.dense",
        norm=f"{layer}.output.LayerNorm",
    )
