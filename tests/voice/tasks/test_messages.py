"""Bodies and keys as the contract writes them, and what is said when nobody could say how a stage ended."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from voice.jobs.news import News
from voice.tasks.messages import Message, NotAMessage, decode, encode, end_key, messages_of, unusable
from voice.tasks.stages import STAGES
from voice.tasks.types import TYPES

FIELDS = ("session_id", "inp", "tool", "exp_name", "user_id", "denoise_inp_dir", "threshold", "max", "if_dpo")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


STRANGE = st.one_of(JSON, st.text(st.characters(codec=None), max_size=300), st.text("\ud800片x", max_size=300))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(TYPES)), st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, STRANGE)))
def test_whatever_comes_is_a_request_or_is_answered(name: str, given_body: dict[str, Any]):
    task = TYPES[name]
    try:
        request = task.request.model_validate(given_body)
    except ValidationError:
        for message in unusable(task, given_body, "both"):
            assert decode(encode(message.body, True)) == message.body
            assert len(message.key.encode()) <= 255
        return
    assert decode(encode(request.model_dump(), False)) == request.model_dump()
    assert task.request.model_validate(request.model_dump()) == request


def story(*said: tuple[str, dict[str, object]]) -> dict[str, News]:
    return {name: News(number, "job", name, 0.0, {"name": name, **data}) for number, (name, data) in enumerate(said)}


def step(stage: str, status: str, **more: object) -> tuple[str, dict[str, object]]:
    return f"{stage} {status}", {"stage": stage, "status": status, **more}


def ended(state: str) -> tuple[str, dict[str, object]]:
    return "ended", {"state": state}


def said(name: str, *news: tuple[str, dict[str, object]], **request: str) -> list[Message]:
    """About the last of the news."""
    told = story(*news)
    return messages_of(TYPES[name], {"session_id": "12345", **request}, list(told.values())[-1], told, "both")


@given(st.dictionaries(st.text(), JSON), st.booleans())
def test_both_forms_are_read(body: dict[str, object], is_double: bool):
    data = encode(body, is_double)
    assert data.startswith(b'"' if is_double else b"{")
    assert decode(data) == body


@given(st.binary() | st.lists(JSON).map(lambda value: json.dumps(value).encode()))
def test_what_is_no_object_is_refused(data: bytes):
    with pytest.raises(NotAMessage):
        decode(data)


def test_deep_nonsense_is_refused():
    with pytest.raises(NotAMessage):
        decode(b"[" * 200_000)


def test_the_end_of_a_stage():
    assert said("slice", step("slice", "start"), step("slice", "completed", dur=7)) == []
    (message,) = said(
        "slice", step("slice", "start"), step("slice", "completed", dur=7), ended("completed"), tool="slice"
    )
    assert (message.key, message.headers) == ("endslice", {})
    assert json.dumps(message.body, ensure_ascii=False, separators=(",", ":")) == (
        '{"type":"end_message","model":"slice","status":"completed","message":"slice阶段完成","session_id":"12345","dur":7}'
    )
    (failed,) = said("asr", step("asr", "failed", text="path_not_exist"), ended("failed"))
    assert failed.body == {
        "type": "end_message",
        "model": "asr",
        "status": "failed",
        "message": "path_not_exist",
        "session_id": "12345",
    }


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("slice", "slice"),
        ("denoise", "denoise"),
        ("asr", "asr"),
        ("1abc", "format"),
        ("1Ba", "sovitsTrain"),
        ("1Bb", "gptTrain"),
    ],
)
def test_models_and_texts(name: str, model: str):
    (done,) = said(name, step(model, "completed", dur=0), ended("completed"))
    assert (done.body["model"], done.body["message"], done.body["dur"]) == (model, f"{model}阶段完成", 0)
    (broken,) = said(name, ended("failed"))
    assert (broken.body["status"], broken.body["message"]) == ("failed", "error"), "its process died"
    (cancelled,) = said(name, ended("cancelled"))
    assert (cancelled.body["status"], cancelled.body["message"]) == ("failed", f"{model}阶段已取消")


@pytest.mark.parametrize(
    ("name", "tool", "keys", "expected"),
    [
        ("slice", "slice", "both", ("endslice", ())),
        ("slice", "x", "end", ("endx", ())),
        ("slice", "", "both", ("endslice", ("end",))),
        ("denoise", "", "both", ("enddenoise", ("end",))),
        ("asr", "", "end", ("end", ())),
        ("asr", "", "end<exchange>", ("endasr", ())),
        ("1abc", "", "both", ("end", ())),
        ("1Ba", "", "end<exchange>", ("end", ())),
        ("1Bb", "", "both", ("end", ())),
    ],
)
def test_end_keys(name: str, tool: str, keys, expected: tuple):
    assert end_key(TYPES[name], tool, keys) == expected


def chain(*news: tuple[str, dict[str, object]]) -> list[dict[str, object]]:
    """Everything that is said about these news, as bodies."""
    found: list[dict[str, object]] = []
    for number in range(len(news)):
        told = story(*news)
        messages = messages_of(TYPES["one_click"], {"session_id": "s"}, list(told.values())[number], told, "both")
        assert all(message.key == "process" for message in messages)
        found += [dict(message.body) for message in messages]
    return found


def test_all_of_one_click():
    news = [one for model in STAGES for one in (step(model, "start"), step(model, "completed", dur=1))]
    bodies = chain(*news, ended("completed"))
    assert [body["message"] for body in bodies] == [
        "slice阶段开始",
        "slice阶段完成",
        "denoise阶段开始",
        "denoise阶段完成",
        "asr阶段开始",
        "asr阶段完成",
        "1abc格式化阶段开始",
        "1abc格式化阶段已完成",
        "1ba_soVITS_train阶段开始",
        "1ba_soVITS_train阶段已完成",
        "1bb_gpt_train阶段开始",
        "1bb_gpt_train阶段已完成",
        "全部任务已完成",
    ]
    assert bodies[0] == {
        "type": "step_message",
        "model": "slice",
        "status": "start",
        "message": "slice阶段开始",
        "session_id": "s",
    }
    assert bodies[1] == {**bodies[0], "status": "completed", "message": "slice阶段完成", "dur": 1}
    assert bodies[-1] == {
        "type": "end_message",
        "model": "end",
        "status": "completed",
        "message": "全部任务已完成",
        "session_id": "s",
    }


FAIL = {"type": "fail", "session_id": "s", "status": "error"}


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        ([step("slice", "start"), step("slice", "failed", text="error"), ended("failed")], "slice阶段失败"),
        ([step("slice", "start"), ended("failed")], "slice阶段失败"),
        ([step("slice", "start"), ended("cancelled")], "slice阶段失败"),
        ([step("slice", "start"), step("slice", "completed", dur=1), ended("failed")], FAIL),
        ([ended("cancelled")], FAIL),
    ],
)
def test_a_chain_that_breaks_says_so_once_and_ends(news: list, expected: object):
    *_, before, end = chain(*news)
    assert (before if isinstance(expected, dict) else before["message"]) == expected
    assert (end["type"], end["model"], end["status"], end["session_id"]) == ("end_message", "end", "failed", "s")
    assert sum(body["status"] in ("failed", "error") for body in chain(*news)) == 2


def test_a_request_that_is_none_is_answered_where_it_has_a_session():
    assert unusable(TYPES["slice"], {"session_id": 5}, "both") == []
    (message,) = unusable(TYPES["slice"], {"session_id": "s", "tool": "slice"}, "both")
    assert (message.key, message.body["message"], message.body["status"]) == ("endslice", "error", "failed")
    assert [message.body["type"] for message in unusable(TYPES["one_click"], {"session_id": "s"}, "both")] == [
        "fail",
        "end_message",
    ]
