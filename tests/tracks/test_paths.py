"""Names of files as text: every name has one, which leads back to it, and looks like the name wherever that is text."""

import os

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.tracks.paths import from_text, to_text


@given(name=st.binary(max_size=20))
@example(name=b"%%41")
@example(name=b"%\xe9")
@example(name=b"%4\x81")
def test_every_name_comes_back(name: bytes) -> None:
    text = to_text(os.fsdecode(name))
    assert text.encode().decode() == text
    assert os.fsencode(from_text(text)) == name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (b"caf\xc3\xa9.flac", "café.flac"),
        (b"caf\xe9.flac", "caf%E9.flac"),
        (b"100% Jazz", "100% Jazz"),
        (b"100%", "100%"),
        (b"50%25", "50%2525"),
    ],
)
def test_only_what_is_no_text_or_would_be_read_as_such_is_quoted(name: bytes, text: str) -> None:
    assert to_text(os.fsdecode(name)) == text
