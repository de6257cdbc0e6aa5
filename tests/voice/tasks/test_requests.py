"""The seven requests: every default as documented, null as the default, and what is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from voice.tasks.requests import BERT, HUBERT, S1, S2D, S2G
from voice.tasks.types import TYPES

SLICE = {
    "threshold": -34,
    "min_length": 4000,
    "min_interval": 300,
    "hop_size": 10,
    "max_sil_kept": 500,
    "max": 0.9,
    "alpha": 0.25,
    "n_parts": 4,
}
ASR = {"asr_model": "达摩 ASR (中文)", "asr_model_size": "large", "asr_lang": "zh", "asr_precision": "float32"}
FORMAT: dict[str, Any] = {
    "gpu_numbers1a": "0-0",
    "gpu_numbers1Ba": "0-0",
    "gpu_numbers1c": "0-0",
    "bert_pretrained_dir": BERT,
    "ssl_pretrained_dir": HUBERT,
    "pretrained_s2G_path": S2G,
}
SAVING = {"inp_path": "", "if_save_latest": True, "if_save_every_weights": True}
SOVITS = {"batch_size": 3, "total_epoch": 8, "text_low_lr_rate": 0.4, "save_every_epoch": 4}
WEIGHTS = {"pretrained_s2G": S2G, "pretrained_s2D": S2D}
OWNER: dict[str, Any] = {"exp_name": "e", "user_id": "u"}
REQUIRED: dict[str, dict[str, Any]] = {
    "slice": {"inp": "a/b"},
    "denoise": {"denoise_inp_dir": "a"},
    "asr": {"asr_inp_dir": "a"},
    "1abc": {"inp_text": "a.list", "inp_wav_dir": "a", **OWNER},
    "1Ba": OWNER,
    "1Bb": OWNER,
    "one_click": {"inp": "a/b", **OWNER},
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "slice": {**SLICE, "tool": ""},
    "denoise": {"tool": ""},
    "asr": {**ASR, "tool": ""},
    "1abc": FORMAT,
    "1Ba": {**SAVING, **SOVITS, **WEIGHTS, "gpu_numbers1Ba": "0"},
    "1Bb": {
        **SAVING,
        "batch_size": 3,
        "total_epoch": 15,
        "if_dpo": True,
        "save_every_epoch": 5,
        "gpu_numbers": "0",
        "pretrained_s1": S1,
    },
    "one_click": {
        **SLICE,
        **ASR,
        **FORMAT,
        **SAVING,
        **SOVITS,
        **WEIGHTS,
        "gpu_numbers1Ba_Ba": "0",
        "batch_size_Bb": 3,
        "total_epoch_Bb": 15,
        "if_dpo": True,
        "save_every_epoch_Bb": 5,
        "gpu_numbers": "0",
        "pretrained_s1": S1,
    },
}


def least(name: str) -> dict[str, Any]:
    return {**REQUIRED[name], "session_id": "12345"}


@pytest.mark.parametrize("name", TYPES)
def test_defaults_are_the_documented_ones(name: str):
    assert TYPES[name].request(**least(name)).model_dump() == {**least(name), **DEFAULTS[name]}


@pytest.mark.parametrize("name", TYPES)
def test_null_is_the_default_and_strangers_are_left_out(name: str):
    nulls = dict.fromkeys(DEFAULTS[name])
    request = TYPES[name].request.model_validate_json(json.dumps({**least(name), **nulls, "nobody": 1}))
    assert request.model_dump() == {**least(name), **DEFAULTS[name]}


@pytest.mark.parametrize("name", TYPES)
def test_each_required_field_is_required(name: str):
    for field in least(name):
        for wrong in ({}, {field: None}, {field: 3}):
            rest = {key: value for key, value in least(name).items() if key != field}
            with pytest.raises(ValidationError) as refused:
                TYPES[name].request.model_validate({**rest, **wrong})
            assert refused.value.errors()[0]["loc"] == (field,)


@pytest.mark.parametrize(
    ("name", "field", "wrong"),
    [
        ("slice", "n_parts", 0),
        ("slice", "n_parts", 10_000),
        ("slice", "threshold", "loud"),
        ("slice", "hop_size", 400),
        ("slice", "alpha", float("nan")),
        ("slice", "session_id", "x" * 257),
        ("slice", "inp", ""),
        ("slice", "inp", "x" * 1001),
        ("slice", "tool", "x" * 253),
        ("slice", "tool", "片" * 84 + "x"),
        ("1abc", "exp_name", "../e"),
        ("1abc", "exp_name", "a/b"),
        ("1abc", "exp_name", ".."),
        ("1abc", "user_id", "a\\b"),
        ("1abc", "user_id", "a\nb"),
        ("1abc", "gpu_numbers1a", "0; rm -rf /"),
        ("1Ba", "total_epoch", 0),
        ("1Bb", "if_dpo", "perhaps"),
    ],
)
def test_what_is_refused(name: str, field: str, wrong: object):
    with pytest.raises(ValidationError):
        TYPES[name].request.model_validate({**least(name), field: wrong})


@given(st.text(max_size=70))
def test_an_experiment_is_one_folder(name: str):
    try:
        TYPES["1Ba"].request.model_validate({**least("1Ba"), "exp_name": name})
    except ValidationError:
        return
    assert name not in ("", ".", "..")
    assert not set("/\\\0\n") & set(name)


def test_one_click_hands_each_stage_its_own():
    from voice.tasks.requests import OneClickRequest

    one = OneClickRequest.model_validate(
        {**least("one_click"), "batch_size": 5, "batch_size_Bb": 7, "total_epoch_Bb": 2, "gpu_numbers1Ba_Ba": "1"}
    )
    assert (one.sovits().batch_size, one.sovits().total_epoch, one.sovits().gpu_numbers1Ba) == (5, 8, "1")
    assert (one.gpt().batch_size, one.gpt().total_epoch, one.gpt().session_id) == (7, 2, "12345")
    assert (one.format("l", "d").inp_text, one.format("l", "d").gpu_numbers1Ba) == ("l", "0-0")
