"""Signed tokens: what goes in comes out, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import BadMediaToken
from api_queue.media.models import MediaToken, Turn
from api_queue.media.tokens import sign, token_id, verify
from api_queue.types import DeviceId, QueueName, TrackId

KEY = b"k" * 32
TOKEN = MediaToken("guest", TrackId("t"), 1_700_000_000_000, Turn(QueueName("party"), DeviceId("kitchen"), 7))
TEXT = sign(TOKEN, KEY)


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 1 << 50), st.integers(0, 1 << 40))
def test_a_round_trip(who: str, name: str, expires_at_ms: int, generation: int) -> None:
    turn = Turn(QueueName(name), DeviceId(name), generation)
    for token in (MediaToken(who, TrackId(name), expires_at_ms, turn), MediaToken(who, TrackId(name), expires_at_ms)):
        assert verify(sign(token, KEY), KEY) == token


@given(st.integers(0, len(TEXT) - 1), st.characters())
def test_one_other_character_anywhere_is_refused(place: int, other: str) -> None:
    changed = TEXT[:place] + other + TEXT[place + 1 :]
    if changed != TEXT:
        with pytest.raises(BadMediaToken):
            verify(changed, KEY)


@given(st.text())
def test_garbage_is_refused(text: str) -> None:
    for garbage in (text, f"{text}.{text}", TEXT + text + "=", text + " " + TEXT):
        with pytest.raises(BadMediaToken):
            verify(garbage, KEY)


def test_another_key_is_refused() -> None:
    with pytest.raises(BadMediaToken):
        verify(TEXT, b"x" * 32)


def test_it_fits_an_address_and_its_id_does_not_open_anything() -> None:
    assert set(TEXT) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    with pytest.raises(BadMediaToken):
        verify(token_id(TEXT), KEY)
