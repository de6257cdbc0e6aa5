"""g2pW's directory: what a whole one answers, and what is said about a broken one. The model is made here."""

import json
from pathlib import Path
from typing import Any

import pytest

from tts.gpt_sovits.refusal import CheckpointRefused
from tts.gpt_sovits.text.spelling import RuleSet
from tts.gpt_sovits.text.zh.chinese import Chinese
from tts.gpt_sovits.text.zh.g2pw import G2pw

onnx = pytest.importorskip("onnx")

POLYPHONIC = "行 ㄒㄧㄥ2|行 ㄏㄤ2|長 ㄔㄤ2|長 ㄓㄤ3|不 ㄅㄨ4|不 ㄈㄡ3"
MONOPHONIC = "銀 ㄧㄣ2|似 ㄙ4"
PINYIN = {"ㄒㄧㄥ": "xing", "ㄏㄤ": "hang", "ㄔㄤ": "chang", "ㄓㄤ": "zhang", "ㄧㄣ": "yin", "ㄙ": "si", "ㄅㄨ": "bu"}
LABELS = sorted({pair.split()[1] for pair in POLYPHONIC.split("|")})


class OneIdEach:
    start, end = 101, 102

    def ids(self, text: str) -> list[int]:
        return [ord(character) % 1000 for character in text]


def write_model(file: Path, preferred: str, labels: int = len(LABELS)) -> None:
    """A network that likes some labels better than others and heeds the mask."""
    from onnx import TensorProto, helper

    def whole_numbers(name: str, *shape: str) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.INT64, shape)

    liking = [2.0 if label in preferred.split() else 1.0 for label in LABELS][:labels]
    graph = helper.make_graph(
        [helper.make_node("Mul", ["phoneme_mask", "liking"], ["chances"])],
        "tiny",
        [
            *(whole_numbers(name, "rows", "tokens") for name in ("input_ids", "token_type_ids", "attention_mask")),
            helper.make_tensor_value_info("phoneme_mask", TensorProto.FLOAT, ("rows", labels)),
            *(whole_numbers(name, "rows") for name in ("char_ids", "position_ids")),
        ],
        [helper.make_tensor_value_info("chances", TensorProto.FLOAT, ("rows", labels))],
        [helper.make_tensor("liking", TensorProto.FLOAT, [labels], liking)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(file))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "POLYPHONIC_CHARS.txt").write_text(POLYPHONIC.replace(" ", "\t").replace("|", "\n"), "utf-8")
    (tmp_path / "MONOPHONIC_CHARS.txt").write_text(MONOPHONIC.replace(" ", "\t").replace("|", "\n"), "utf-8")
    (tmp_path / "bopomofo_to_pinyin_wo_tune_dict.json").write_text(json.dumps(PINYIN), "utf-8")
    write_model(tmp_path / "g2pW.onnx", "ㄏㄤ2 ㄔㄤ2")
    return tmp_path


def test_each_polyphone_is_read_at_its_place(folder: Path):
    assert G2pw(folder, OneIdEach()).readings("银行的长处") == {0: "yin2", 1: "hang2", 3: "chang2"}


def test_only_readings_that_the_character_has_are_chosen(folder: Path):
    write_model(folder / "g2pW.onnx", "ㄏㄤ2 ㄓㄤ3")
    assert G2pw(folder, OneIdEach()).readings("长行") == {0: "zhang3", 1: "hang2"}


def test_some_characters_are_left_to_the_dictionary(folder: Path):
    assert G2pw(folder, OneIdEach()).readings("不似") == {}


def test_a_text_without_polyphones_asks_nothing(folder: Path):
    assert G2pw(folder, OneIdEach()).readings("天气,") == {}


def test_long_texts_are_looked_at_in_parts(folder: Path):
    readings = G2pw(folder, OneIdEach()).readings("行" * 1000)
    assert readings == dict.fromkeys(range(1000), "hang2")


@pytest.mark.parametrize("rules", ["compat", "default"])
def test_its_readings_are_spoken(folder: Path, rules: RuleSet):
    write_model(folder / "g2pW.onnx", "ㄏㄤ2 ㄔㄤ2")
    assert Chinese(rules, G2pw(folder, OneIdEach())).spell("他长").phones[-2:] == ("ch", "ang2")


@pytest.mark.parametrize(
    "name", ["g2pW.onnx", "POLYPHONIC_CHARS.txt", "MONOPHONIC_CHARS.txt", "bopomofo_to_pinyin_wo_tune_dict.json"]
)
def test_a_file_that_is_missing_is_named(folder: Path, name: str):
    (folder / name).unlink()
    with pytest.raises(CheckpointRefused, match=f"lacks {name}") as refused:
        G2pw(folder, OneIdEach())
    assert f"缺少 {name}" in refused.value.chinese


@pytest.mark.parametrize(
    "name", ["g2pW.onnx", "POLYPHONIC_CHARS.txt", "MONOPHONIC_CHARS.txt", "bopomofo_to_pinyin_wo_tune_dict.json"]
)
@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1", b"\xff\xfe\x00", b"[1, 2]"])
def test_a_file_that_is_damaged_is_named(folder: Path, name: str, content: bytes):
    (folder / name).write_bytes(content)
    with pytest.raises(CheckpointRefused, match=name):
        G2pw(folder, OneIdEach())


def test_a_model_of_another_size_is_refused(folder: Path):
    write_model(folder / "g2pW.onnx", "", labels=len(LABELS) - 1)
    with pytest.raises(CheckpointRefused, match="does not fit"):
        G2pw(folder, OneIdEach())
