"""Join codes, names of tables and addresses, as what they are."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import BadTableName
from api_queue.formats.crockford import ALPHABET
from api_queue.queues.joining import CODE_TTL_MS, JoinCode, join_address, table_name
from api_queue.types import QueueName
from tests.queues.builders import NOW

CODE = JoinCode("1A0XYZ", NOW + CODE_TTL_MS)
CODES = st.builds(JoinCode, st.text(ALPHABET, min_size=6, max_size=6), st.just(CODE.expires_at_ms))


@given(st.integers(0, 10**13))
def test_a_new_code_has_six_characters_and_is_good_for_a_night(now_ms: int) -> None:
    new = JoinCode.new(now_ms)
    assert len(new.code) == 6
    assert set(new.code) <= set(ALPHABET)
    assert new.is_it(new.code, now_ms + 24 * 3_600_000 - 1)
    assert not new.is_it(new.code, now_ms + 24 * 3_600_000)


@given(CODES)
def test_a_code_is_stored_as_what_it_is(code: JoinCode) -> None:
    assert JoinCode.from_text(code.as_text()) == code


@given(CODES, st.lists(st.sampled_from(["", " ", "-", "\u2013", "\u00a0"]), min_size=7, max_size=7))
def test_a_code_may_be_typed_in_either_case_and_in_groups(code: JoinCode, gaps: list[str]) -> None:
    typed = gaps[6] + "".join(gap + letter for gap, letter in zip(gaps, code.code, strict=False))
    assert code.is_it(typed, NOW)
    assert code.is_it(typed.lower(), NOW)


@pytest.mark.parametrize("typed", ["IAOXYZ", "ia0xyz", "la-oxyz"])
def test_letters_that_look_like_digits_are_those(typed: str) -> None:
    assert CODE.is_it(typed, NOW)


@given(CODES, st.text(max_size=8) | st.text(ALPHABET, min_size=6, max_size=6))
def test_nothing_else_is_the_code(code: JoinCode, typed: str) -> None:
    read = "".join(letter for letter in typed.upper() if letter.isalnum()).translate(str.maketrans("ILO", "110"))
    assert code.is_it(typed, NOW) is (typed.isascii() and read == code.code)


@pytest.mark.parametrize("typed", ["", "1A0XY", "1A0XYZ0", "01A0XYZ", "1A0XYU", "１A0XYZ"])
def test_what_is_no_code_at_all_is_not_it(typed: str) -> None:
    assert not CODE.is_it(typed, NOW)


# -- tables ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"), [("7", "7"), (" Théo's ", "Théo's"), ("x" * 32, "x" * 32), ("", ""), ("  ", "")]
)
def test_a_table_is_called_as_performers_are_or_is_none(text: str, name: str) -> None:
    assert table_name(text) == name


@pytest.mark.parametrize(("text", "why"), [("x" * 33, "32 fit"), ("a\nb", "one line"), ("\u200b", "can be seen")])
def test_a_name_that_cannot_be_shown_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(BadTableName, match=why):
        table_name(text)


# -- addresses -------------------------------------------------------------------------------------------------


def test_an_address_without_secrets_is_plain() -> None:
    assert join_address("http://h:8000", QueueName("x")) == "http://h:8000/queue/x/"


@given(CODES, st.text(min_size=1, max_size=32).filter(lambda name: name.isprintable()))
def test_code_and_table_stand_in_the_fragment_which_no_server_gets(code: JoinCode, table: str) -> None:
    parts = urlsplit(join_address("http://h", QueueName("x"), code, table))
    assert (parts.path, parts.query) == ("/queue/x/", "")
    assert parse_qs(parts.fragment) == {"join": [code.code], "table": [table]}
