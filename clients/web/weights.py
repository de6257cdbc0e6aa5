"""Writes static/silero_vad_16k.safetensors: Silero VAD's weights as the page reads them.

    .venv/bin/python clients/web/weights.py

They come out of the ONNX file of the wheel silero-vad (MIT), which the Python clients run. That wheel has a safetensors
file as well, but of an older training: it says 0.018 of silence where the ONNX file says 0.002. Whoever listens to a
browser and to a Raspberry Pi should find the same bounds.
"""

import importlib.util
import json
import struct
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).with_name("static") / "silero_vad_16k.safetensors"
GRAPH, INITIALIZER = 7, 5
DIMENSION, DATA_TYPE, NAME, RAW_DATA = 1, 2, 8, 9
"""Fields of ONNX's ModelProto, GraphProto and TensorProto."""
FLOAT = 1
NAMES = {
    "model.encoder.0.reparam_conv": "conv1",
    "model.encoder.1.reparam_conv": "conv2",
    "model.encoder.2.reparam_conv": "conv3",
    "model.encoder.3.reparam_conv": "conv4",
    "model.decoder.rnn": "lstm",
    "model.decoder.decoder.2": "output",
}
"""Without the spectrum's, which are a window and sines: the page computes them."""


def onnx_file() -> Path:
    spec = importlib.util.find_spec("silero_vad")
    if not spec or not spec.submodule_search_locations:
        raise SystemExit("silero-vad is not installed.")
    return Path(spec.submodule_search_locations[0]) / "data" / "silero_vad_16k_op15.onnx"


def safetensors(model: bytes) -> bytes:
    """The file of tensors for an ONNX model."""
    tensors = dict(sorted(_tensors(model)))
    head, end = {}, 0
    for name, (shape, data) in tensors.items():
        head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + len(data)]}
        end += len(data)
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the format asks for numbers at multiples of eight
    return struct.pack("<Q", len(text)) + text + b"".join(data for _, data in tensors.values())


def _tensors(model: bytes) -> Iterator[tuple[str, tuple[list[int], bytes]]]:
    for message in _parts(next(_parts(model, GRAPH)), INITIALIZER):
        name = next(_parts(message, NAME)).decode()
        layer, _, kind = name.rpartition(".")
        if layer in NAMES:
            yield f"{NAMES[layer]}.{kind}", _tensor(message)


def _tensor(message: bytes) -> tuple[list[int], bytes]:
    numbers = [(number, value) for number, value in _fields(message) if isinstance(value, int)]
    if (DATA_TYPE, FLOAT) not in numbers:
        raise ValueError("the weights are no 32-bit floats")
    return [value for number, value in numbers if number == DIMENSION], next(_parts(message, RAW_DATA))


def _parts(message: bytes, wanted: int) -> Iterator[bytes]:
    for number, value in _fields(message):
        if number == wanted and isinstance(value, bytes):
            yield value


def _fields(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    """A protobuf message's fields: numbers as they are, everything else as bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
        else:
            length, at = _varint(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            value, at = message[at : at + length], at + length
        yield key >> 3, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at


if __name__ == "__main__":
    TARGET.write_bytes(safetensors(onnx_file().read_bytes()))
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
