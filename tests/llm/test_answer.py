import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.answer import AnswerReader, message_in, without_surrogates
from llm.replier import LLMError
from tests.support.fake_llm import delta, event

DONE = b"data: [DONE]\n\n"


def read(*packets):
    reader = AnswerReader()
    texts = [text for packet in packets for text in reader.feed(packet)]
    return texts + list(reader.finish())


def said(*packets):
    return "".join(read(*packets))


def escaped(content):
    return b'data: {"choices":[{"delta":{"content":"%b"}}]}\n' % content.encode()


@pytest.mark.parametrize(
    ("packets", "text"),
    [
        ([event(delta(role="assistant")), event(delta("a")), DONE], "a"),
        ([event({"choices": [{"delta": {"content": None}}]}), event(delta("a")), DONE], "a"),
        ([event({"choices": [{"delta": None}]}), event({"choices": None}), event(delta("a")), DONE], "a"),
        ([event(delta(reasoning_content="hm")), event(delta("a", reasoning="hm")), DONE], "a"),
        ([event(delta("a")), event({"choices": [], "usage": {"total_tokens": 3}}), DONE], "a"),
        ([event(delta("a", "stop"))], "a"),
        ([b": comment\r\nevent: x\r\nid: 1\r\nretry: 5\r\n\r\n", event(delta("a")), DONE], "a"),
        ([event(delta("a")).replace(b"\n", b"\r\n"), DONE.replace(b"\n", b"\r\n")], "a"),
        ([event(delta("a")).replace(b"data: ", b"data:"), b"data:[DONE]\n"], "a"),
        ([event(delta("a")).strip() + b"\n" + event(delta("b")).strip() + b"\ndata: [DONE]"], "ab"),
        ([b"\xef\xbb\xbf" + event(delta("a")), DONE], "a"),
        ([event(delta("data: 你好 data:")), DONE], "data: 你好 data:"),
        ([event(delta("长" * 70_000)), DONE], "长" * 70_000),
        ([event(delta("a")), DONE, event(delta("after the end"))], "a"),
        ([event({"choices": [{"index": 1, "delta": {"content": "other"}}]}), event(delta("a")), DONE], "a"),
        ([event(delta([{"type": "thinking"}, {"type": "text", "text": "a"}])), DONE], "a"),
        ([b'data: {"choices":[{"delta":{"content":"a\tb"}}]}\n', DONE], "a\tb"),
        ([b'{\n "choices": [\n  {"message": {"content": "a"}}\n ]\n}\n'], "a"),
        ([DONE], ""),
        ([escaped("\\ud83d"), escaped("\\ude00"), DONE], "😀"),
        ([escaped("a\\ud83d"), DONE], "a\ufffd"),
    ],
)  # fmt: skip
def test_every_liberty_is_read(packets, text):
    assert said(*packets) == text


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        ([event(delta("a"))], "broke off"),
        ([b""], "without a word"),
        ([b"<html></html>"], "web page"),
        ([b"garbage\n" * 5], "nothing that reads"),
        ([event({"error": "short form"})], "short form"),
        ([event({"object": "error", "message": "old form"})], "old form"),
        ([event({"error": {"code": 1}})], "an error without a text"),
        ([event(delta("a", "error"))], "an error without a text"),
        ([b'data: "text"\n\ndata: 3\n\ndata: [1]\n\n'], "nothing that reads"),
        ([b"[" * 100_000 + b"\n"], "nothing that reads"),
    ],
)
def test_what_is_no_answer_is_a_stream_error(packets, expected):
    with pytest.raises(LLMError, match=expected) as caught:
        read(*packets)
    assert caught.value.kind == "llm_stream_error"


def test_an_endless_line_is_given_up():
    with pytest.raises(LLMError, match="nothing that reads"):
        read(*[b"x" * 1024 * 1024] * 20)


def test_thinking_is_life_without_text():
    assert list(AnswerReader().feed(event(delta(reasoning="hm")))) == [""]
    assert list(AnswerReader().feed(event(delta("", role="assistant")))) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=8), max_size=5), st.data())
def test_packets_may_break_anywhere(tokens, data):
    whole = b"".join(event(delta(token)) for token in tokens) + DONE
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=12)))
    packets = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert said(*packets) == "".join(tokens)


@given(st.lists(st.binary(max_size=60) | st.sampled_from([DONE, event(delta("a")), b"data: ", b"\n"]), max_size=8))
def test_any_bytes_end_in_text_or_a_stream_error(packets):
    with contextlib.suppress(LLMError):
        said(*packets).encode()


@given(st.text(st.characters()))
def test_mended_text_can_be_encoded_and_good_text_stays(text):
    without_surrogates(text).encode()
    assert without_surrogates(text) == text or any("\ud800" <= sign <= "\udfff" for sign in text)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"error": {"message": "a"}}, "a"),
        ({"error": "a"}, "a"),
        ({"detail": [{"msg": "a"}]}, "a"),
        ([{"error": {"message": "a"}}], "a"),
        ({"object": "error", "message": "a"}, "a"),
        (None, ""),
        ({"error": {"message": None}, "detail": 3}, ""),
        (json.loads("[]"), ""),
    ],
)
def test_the_servers_sentence_is_found(answer, message):
    assert message_in(answer) == message
