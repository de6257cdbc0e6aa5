"""Base64 as clients send it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

import audio


@given(st.binary())
def test_what_is_written_can_be_read(data: bytes) -> None:
    assert audio.from_base64(audio.to_base64(data)) == data


def test_the_url_safe_alphabet_is_written_with_padding() -> None:
    assert audio.to_base64(b"\xfb\xff\xfe\xff") == "-__-_w=="


def mixed(data: bytes) -> str:
    """Both alphabets in one text."""
    text = base64.b64encode(data).decode()
    half = len(text) // 2
    return text[:half] + text[half:].translate(str.maketrans("+/", "-_"))


def wrapped(data: bytes) -> str:
    return "\r\n".join(base64.b64encode(data).decode()[i : i + 10] for i in range(0, 2 * len(data), 10))


def on_one_line(data: bytes) -> str:
    return base64.b64encode(data).decode()


WAYS = {
    "standard": on_one_line,
    "mixed": mixed,
    "wrapped": wrapped,
    "unpadded": lambda data: on_one_line(data).rstrip("="),
    "padded-too-much": lambda data: on_one_line(data) + "==",
    "surrounded": lambda data: f" \n\t{on_one_line(data)}\r\n ",
    "data-uri": lambda data: f"data:audio/wav;base64,{on_one_line(data)}",
    "data-uri-with-codec": lambda data: f" data:audio/webm;codecs=opus;base64,{mixed(data)}",
    "data-uri-of-video": lambda data: f"DATA:video/webm;BASE64,{on_one_line(data)}",
    "data-uri-without-type": lambda data: f"data:;base64,\n{on_one_line(data)}",
}


@pytest.mark.parametrize("way", WAYS)
@given(data=st.binary(max_size=100))
def test_every_way_of_sending_is_understood(way: str, data: bytes) -> None:
    assert audio.from_base64(WAYS[way](data)) == data


@pytest.mark.parametrize("text", ["你好", "UklGR\u200b", "*", "abc*", "a", "ab=c", "abcde", "http://x/y.wav", "\ud800"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(audio.AudioError, match="not valid base64"):
        audio.from_base64(text)


@pytest.mark.parametrize("text", ["data:audio/wav,RIFF", "data:", "data:audio/wav;base64"])
def test_a_data_uri_without_base64_is_refused(text: str) -> None:
    with pytest.raises(audio.AudioError, match="must hold base64"):
        audio.from_base64(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        audio.from_base64(text)
    except audio.AudioError as error:
        assert str(error).endswith(".")  # noqa: PT017 - both outcomes are fine
