"""Ids that a guest reads aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.formats.crockford import ALPHABET, decode, encode


@given(st.integers(0, 2**50 - 1))
def test_an_item_id_reads_back_in_either_case(number: int) -> None:
    text = encode(number, 10)
    assert len(text) == 10
    assert decode(text) == decode(text.lower()) == number


@given(st.integers(0, 2**50 - 1), st.integers(0, 2**50 - 1))
def test_ids_sort_as_their_numbers_do(one: int, other: int) -> None:
    assert (encode(one, 10) < encode(other, 10)) == (one < other)


def test_what_sounds_or_looks_alike_is_no_letter_of_it() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(("heard", "meant"), [("1l0O", "1100"), ("iI", "11"), ("oLd", "01D")])
def test_letters_that_were_misread_mean_the_digit(heard: str, meant: str) -> None:
    assert decode(heard) == decode(meant)


@pytest.mark.parametrize("text", ["U", "u", "-", " ", "A B", "ß", "ı", "ſ", "Ｋ", "٣", "é"])
def test_other_letters_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decode(text)


@pytest.mark.parametrize(("number", "length"), [(32, 1), (2**50, 10), (-1, 10), (1, 0)])
def test_a_number_that_does_not_fit_is_refused(number: int, length: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode(number, length)


def test_the_ends_of_what_fits() -> None:
    assert encode(0, 10) == "0" * 10
    assert encode(2**50 - 1, 10) == "Z" * 10
    assert encode(0, 0) == ""
