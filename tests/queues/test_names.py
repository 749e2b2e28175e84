"""What may name a queue, a performer and an item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import BadPerformerName, BadQueueName, ReservedQueueName, UnknownGuest, UnknownQueue
from api_queue.formats import crockford
from api_queue.formats.csv_items import decode_line, encode_line, spreadsheet_rows
from api_queue.queues.names import guest_id, new_queue_name, performer_name, queue_name, read_item_id


@pytest.mark.parametrize("name", ["a", "party", "room-2", "x_y", "0", "a" * 32])
def test_good_queue_names(name: str) -> None:
    assert queue_name(name) == name


@pytest.mark.parametrize("name", ["", "A", "-a", "_a", "a b", "a/b", "a" * 33, "é", "a\n"])
def test_bad_queue_names(name: str) -> None:
    with pytest.raises(BadQueueName):  # who chooses one is told the rule
        new_queue_name(name)
    with pytest.raises(UnknownQueue):  # an address of one leads nowhere
        queue_name(name)


@pytest.mark.parametrize("name", ["enqueue", "u_12"])
def test_names_of_the_server_are_not_for_choosing(name: str) -> None:
    with pytest.raises(ReservedQueueName):
        new_queue_name(name)


@pytest.mark.parametrize("name", ["Ana", 'O\'Neil, "Bob"', "🎤👩‍🎤", "عائشة", "x" * 64, "می‌خواهم"])
def test_good_performer_names_stay_as_they_are(name: str) -> None:
    assert performer_name(f"  {name} ") == name


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\r\nb", "a\x00", "\u202eevil", "x" * 65, "\u200d", "a\u2028b"])
def test_bad_performer_names(name: str) -> None:
    with pytest.raises(BadPerformerName):
        performer_name(name)


def test_names_are_composed() -> None:
    assert performer_name("Zoe\u0308") == "Zoë"


@given(st.integers(0, 2**50 - 1))
def test_an_item_id_and_its_integer_are_one(number: int) -> None:
    text = crockford.encode(number, 10)
    assert crockford.decode(text.lower()) == number
    assert read_item_id(number) == read_item_id(text.lower()) == text
    if len(str(number)) != 10:  # else it cannot be told from an id that has only digits
        assert read_item_id(str(number)) == text


@pytest.mark.parametrize("number", [-1, 2**50, "9" * 5000])
def test_an_integer_that_is_no_id_names_nothing(number: int | str) -> None:
    assert read_item_id(number) == str(number)


def test_a_guest_is_named_by_their_public_id() -> None:
    assert guest_id("abcdefghijklmn27") == "abcdefghijklmn27"
    for text in ("", "ana", "abcdefghijklmn2", "ABCDEFGHIJKLMN27", "abcdefghijklmn2|"):
        with pytest.raises(UnknownGuest):
            guest_id(text)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=12, max_size=12))
def test_any_cells_survive_a_line(cells: list[str]) -> None:
    line = encode_line(cells)
    if not any("\n" in cell or "\r" in cell for cell in cells):
        assert decode_line(line) == cells


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x"])
def test_a_spreadsheet_shows_a_formula_and_does_not_run_it(cell: str) -> None:
    assert list(spreadsheet_rows([(cell, 3)])) == [f"'{cell},3"]
