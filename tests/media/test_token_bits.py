"""Every single bit of an address counts."""

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


def opens(text: str, key: bytes = KEY) -> bool:
    try:
        verify(text, key)
    except BadMediaToken:
        return False
    return True


@pytest.mark.parametrize("bit", range(8))
def test_one_bit_changed_in_any_letter_is_refused(bit: int) -> None:
    changed = [TEXT[:place] + chr(ord(TEXT[place]) ^ 1 << bit) + TEXT[place + 1 :] for place in range(len(TEXT))]
    assert not any(map(opens, changed))


def test_one_letter_left_out_anywhere_is_refused() -> None:
    assert not any(opens(TEXT[:place] + TEXT[place + 1 :]) for place in range(len(TEXT)))


def test_two_neighbours_swapped_are_refused() -> None:
    swaps = [TEXT[:at] + TEXT[at + 1] + TEXT[at] + TEXT[at + 2 :] for at in range(len(TEXT) - 1)]
    assert not any(opens(swap) for swap in swaps if swap != TEXT)


def test_every_beginning_and_every_end_of_it_is_refused() -> None:
    assert not any(opens(TEXT[:length]) or opens(TEXT[length + 1 :]) for length in range(len(TEXT)))


@pytest.mark.parametrize("bit", range(8))
def test_a_key_that_differs_in_one_bit_opens_nothing(bit: int) -> None:
    for place in range(len(KEY)):
        other = bytearray(KEY)
        other[place] ^= 1 << bit
        assert not opens(TEXT, bytes(other))


@pytest.mark.parametrize(
    "changed", [f"{TEXT}=", f" {TEXT}", f"{TEXT}\n", TEXT.replace(".", ".."), f"{TEXT}.{TEXT}", f"{TEXT}%20"]
)
def test_nothing_may_stand_beside_it(changed: str) -> None:
    assert not opens(changed)


def test_the_mac_of_one_token_does_not_sign_another() -> None:
    other = sign(MediaToken("guest", TrackId("u"), TOKEN.expires_at_ms, TOKEN.turn), KEY)
    assert not opens(TEXT.partition(".")[0] + "." + other.partition(".")[2])
    assert not opens(other.partition(".")[0] + "." + TEXT.partition(".")[2])


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
tokens = st.builds(MediaToken, names, names.map(TrackId), st.integers(0, 5))


@given(tokens, tokens)
def test_different_tokens_have_different_texts_and_ids(one: MediaToken, other: MediaToken) -> None:
    texts = sign(one, KEY), sign(other, KEY)
    assert (texts[0] == texts[1]) == (one == other) == (token_id(texts[0]) == token_id(texts[1]))


def test_a_text_that_is_longer_than_any_of_ours_is_not_even_hashed() -> None:
    long = sign(MediaToken("x" * 2000, TrackId("t"), 1), KEY)
    assert not opens(long)
