"""What may be a name to log in with, and what a password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.accounts.account_models import new_password, new_username, normal_password, username_key
from api_queue.errors import BadNewPassword, BadUsername


@pytest.mark.parametrize("name", ["bob", "Ann Marie", "jürgen", "名前です", "a@b.example", "x" * 32, "O'Neil-3"])
def test_a_name_is_what_people_are_called(name: str) -> None:
    assert new_username(name) == name


@pytest.mark.parametrize(
    "name", ["", "ab", "  ab ", "x" * 33, "a\nbc", "a\u202ebc", "a\u200bbc", "a\x00bc", "abc\ud800"]
)
def test_what_is_short_long_or_cannot_be_seen_is_none(name: str) -> None:
    with pytest.raises(BadUsername):
        new_username(name)


def test_a_name_is_kept_as_it_is_written_and_found_however_it_is() -> None:
    # Given a name in two parts of Unicode, with a blank behind it
    name = new_username("Ju\u0308rgen ")
    assert name == "Jürgen"
    # Then all these are the same one
    assert len({username_key(each) for each in (name, "JÜRGEN", "jürgen", "\uff2aürgen", " jürgen")}) == 1
    assert username_key("jurgen") != username_key(name)


@given(st.text(max_size=40))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert username_key(username_key(text)) == username_key(text)


@pytest.mark.parametrize("password", ["12345678", "all lower case", "ß" * 8, "🎵" * 1024, " " * 8])
def test_a_password_needs_nothing_but_length(password: str) -> None:
    assert new_password(password, "bob")


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025, "Jürgen12", "ju\u0308RGEN12"])
def test_one_that_is_short_endless_or_the_name_is_none(password: str) -> None:
    with pytest.raises(BadNewPassword):
        new_password(password, "jürgen12")


def test_two_keyboards_write_the_same_password() -> None:
    assert normal_password("Ju\u0308rgens") == normal_password("J\u00fcrgens")


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_typed_can_be_hashed(text: str) -> None:
    normal_password(text).encode()
