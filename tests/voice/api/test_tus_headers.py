"""The headers of resumable uploads, whatever a sender writes into them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.api.tus_headers import BadHeader, expires_header, metadata_header, metadata_in, number_in

keys = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=","), min_size=1, max_size=20)
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.dictionaries(keys, values, max_size=6))
def test_metadata_comes_back_as_it_was_written(metadata: dict[str, str]):
    assert metadata_in(metadata_header(metadata)) == metadata


@given(st.text(max_size=200))
def test_any_header_is_read_or_refused(header: str):
    with contextlib.suppress(BadHeader):
        assert all(isinstance(value, str) and key for key, value in metadata_in(header).items())


@pytest.mark.parametrize("header", ["a !!", "a YQ==,a Yg==", ",", "é YQ==", "a /w==", "k" * 9000, "a YQ== b"])
def test_what_is_no_metadata(header: str):
    with pytest.raises(BadHeader, match="Upload-Metadata"):
        metadata_in(header)


@given(st.text(max_size=30) | st.integers().map(str))
def test_numbers_are_digits_and_nothing_else(text: str):
    try:
        number = number_in({"Upload-Length": text}, "Upload-Length")
    except BadHeader:
        assert not (text.isascii() and text.isdigit()) or len(text) > 18
    else:
        assert 0 <= number == int(text)


def test_a_missing_number_is_named():
    with pytest.raises(BadHeader, match="Upload-Offset"):
        number_in({}, "Upload-Offset")


def test_dates_are_those_of_http():
    assert expires_header(0) == "Thu, 01 Jan 1970 00:00:00 GMT"
