"""Writes BERT in the form in which gsv-tts-lite wants it on a processor: ONNX with 8-bit weights.

Its author has such a file for download, made from the released BERT; this makes one from any BERT, the same way.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

LAYERS = 22
"""Those behind the third last hidden state, which is used."""
NAME = "cnroberta_int8_dynamic.onnx"


def write(bert: Path, target: Path) -> None:
    import torch

    quantization = import_module("onnxruntime.quantization")
    module = _features(import_module("transformers").BertModel.from_pretrained(bert, add_pooling_layer=False))
    ids = torch.zeros(2, 12, dtype=torch.int64)
    exact, part = target.with_suffix(".exact"), target.with_suffix(".part")
    axes = {name: {0: "texts", 1: "places"} for name in ("input_ids", "attention_mask", "features")}
    with torch.no_grad():
        torch.onnx.export(
            *(module, (ids, torch.ones_like(ids)), str(exact)),
            input_names=["input_ids", "attention_mask"],
            output_names=["features"],
            dynamic_axes=axes,
            dynamo=False,
        )
    quantization.quantize_dynamic(str(exact), str(part), weight_type=quantization.QuantType.QInt8)
    exact.unlink()
    part.replace(target)


def _features(bert: Any) -> Any:
    import torch

    class Features(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embeddings = bert.embeddings
            self.layers = bert.encoder.layer[:LAYERS]

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            parts = self.embeddings
            places = parts.position_embeddings(torch.arange(input_ids.shape[1]))
            x = parts.LayerNorm(parts.word_embeddings(input_ids) + parts.token_type_embeddings.weight[0] + places)
            hidden = (1 - attention_mask[:, None, None, :].float()) * -1e9
            for layer in self.layers:
                found = layer(x, hidden)
                x = found[0] if isinstance(found, tuple) else found
            return x

    return Features().float().eval()


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
