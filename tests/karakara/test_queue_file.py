"""KaraKara's `queue.csv`, read by the names of its columns."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import StartRefused
from api_queue.karakara.queue_file import Row, rows
from api_queue.karakara.queue_wire import item_number
from api_queue.queues.variants import Variants

NAMES = "track_id,track_duration,session_id,performer_name,start_time,id,video_variant,subtitle_variant"


def row(line: str, names: str = NAMES) -> Row:
    (found,) = rows(f"{names}\r\n{line}\r\n")
    return found


def test_a_line_is_an_item_with_the_number_that_it_had() -> None:
    found = row('abc,90.5,6ba7b810-9dad,"Ana, Ben",1700000000.25,1073741824,Vocal,Romaji')
    assert (found.line, found.track_id, found.performer_name) == (2, "abc", "Ana, Ben")
    assert found.variants == Variants("Vocal", "Romaji")
    assert item_number(found.item_id) == 2**30
    assert found.end_ms == 1_700_000_090_750


@pytest.mark.parametrize("start", ["", "None", "nan", "inf", "soon"])
def test_what_has_no_time_waits(start: str) -> None:
    assert row(f"abc,90,s,Ana,{start},1,,").end_ms is None


def test_columns_may_stand_anywhere_be_missing_or_be_unknown() -> None:
    found = row("Ana,x,abc", "performer_name,debug_str,track_id")
    assert (found.track_id, found.performer_name, found.variants, found.end_ms) == ("abc", "Ana", Variants(), None)


def test_a_line_may_be_short_and_a_byte_order_mark_stand_before_the_names() -> None:
    (found,) = rows(f"\ufeff{NAMES}\nabc,90\n\n")
    assert (found.track_id, found.performer_name) == ("abc", "")


@pytest.mark.parametrize("text", ["", "\n\n", "track_id;performer_name\n", "abc,90,s,Ana\n", "performer_name\nAna\n"])
def test_what_is_no_queue_is_refused_with_what_it_should_be(text: str) -> None:
    with pytest.raises(StartRefused, match=r"no track_id.*queue\.csv begins with the names of its columns"):
        rows(text)


def test_a_broken_line_is_named() -> None:
    with pytest.raises(StartRefused, match="at line 3"):
        rows(f"{NAMES}\nabc,90,s,Ana,,1,,\n{'x' * 200_000},1,s,Ben,,2,,\n")


@pytest.mark.parametrize("number", ["", "-1", "0.8684541502363635", f"{2**50}", "9" * 5000, "²"])
def test_without_a_number_an_item_is_known_again_by_what_it_is(number: str) -> None:
    # Given the same song of the same performer twice, and one of another's
    songs = [f"abc,90,s,Ana,,{number},,", f"abc,90,s,Ben,,{number},,", f"abc,90,s,Ana,,{number},,"]
    before = rows("\n".join((NAMES, *songs)))
    # When the first is no longer in the file
    after = rows("\n".join((NAMES, songs[1], songs[2])))
    # Then each has one id, and what is still there has it again
    assert len({each.item_id for each in before}) == 3
    assert [each.item_id for each in after] == [before[1].item_id, before[0].item_id]


cells = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20)


@given(st.lists(st.tuples(cells.filter(bool), cells, st.integers(0, 2**50 - 1)), max_size=10))
def test_whatever_was_written_is_read(songs: list[tuple[str, str, int]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([("track_id", "performer_name", "id"), *songs])
    assert [
        (each.track_id, each.performer_name, item_number(each.item_id)) for each in rows(written.getvalue())
    ] == songs
