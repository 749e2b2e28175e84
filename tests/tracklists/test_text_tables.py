"""What programs and sites write with names over their columns."""

import pytest

from api_queue.tracklists.text import parse_text
from tests.tracklists.test_text import codes, names

REKORDBOX = (
    "#\tArtwork\tTrack Title\tArtist\tAlbum\tGenre\tBPM\tTime\tKey\n"
    "1\t\tGlue\tBicep\tBicep\tElectronica\t130.00\t04:29\tAm\n"
    "2\t\tBaby (Dub Mix)\tFour Tet\t\tHouse\t0.00\t03:55\t\n"
)
SERATO = (
    "name,artist,start time,end time,playtime,deck,notes\n"
    "21/11/2026,,{0}:59:00,{1}:30:00,01:30:00,,\n"
    "Glue,Bicep,{0}:59:30,{1}:04:00,00:04:30,1,\n"
    '"Baby, Baby",Four Tet,{1}:03:42,{1}:30:00,00:26:18,2,\n'
)
NIGHT = [(0, "Bicep", "Glue"), (252_000, "Four Tet", "Baby, Baby")]


def test_a_history_of_rekordbox_has_lengths_and_no_times() -> None:
    first, second = parse_text(REKORDBOX).facts.entries
    assert (first.artist, first.title, first.genre, first.bpm, first.key) == ("Bicep", "Glue", "Electronica", 130, "Am")
    assert (second.artist, second.title, second.remix) == ("Four Tet", "Baby", "Dub Mix")
    assert (second.bpm, second.key) == (None, None)
    assert (first.label, first.start_ms) == (None, None)
    assert codes(REKORDBOX) == [(0, "lengths"), (0, "no_times"), (1, "columns_left_out")]


@pytest.mark.parametrize(("before", "after"), [("20", "21"), ("23", "00")])
def test_a_history_of_serato_counts_from_its_first_track(before: str, after: str) -> None:
    """Also past midnight."""
    text = SERATO.format(before, after)
    assert names(text) == NIGHT
    assert codes(text) == [(1, "columns_left_out"), (2, "not_a_row")]


def test_the_afternoon_comes_after_the_morning() -> None:
    text = "name;artist;start time\nGlue;Bicep;11:59:30 AM\nBaby, Baby;Four Tet;12:03:42 PM"
    assert names(text) == NIGHT


def test_names_may_stand_in_one_column() -> None:
    assert names("name\tstart time\nBicep - Glue\t0:00\nFour Tet - Baby, Baby\t4:12") == NIGHT


def test_a_table_of_markdown_is_one_with_what_stands_over_it() -> None:
    text = (
        "Bicep @ Home, Berlin 2024-07-20\nhello\n\n| # | Time | Artist | Title | Label |\n|---|:-:|---|---|---|\n"
        "| 1 | 0:00 | Bicep | Glue | Ninja Tune |\n| 2 | 4:12 | Four Tet | Baby, Baby | |"
    )
    facts = parse_text(text).facts
    assert (facts.dj_name, facts.venue, names(text)) == ("Bicep", "Berlin", NIGHT)
    assert [entry.label for entry in facts.entries] == ["Ninja Tune", None]
    assert codes(text) == [(2, "not_a_row")]


def test_a_row_without_a_title_is_told() -> None:
    assert codes("Artist\tTitle\nBicep\t\n\nFour Tet\tBaby\textra")[-1] == (2, "not_a_row")


@pytest.mark.parametrize("text", ["title,artist\n" + '"' * 200_000, "," * 200_000, 'artist,title\n"\n"a'])
def test_a_broken_table_is_one_all_the_same(text: str) -> None:
    assert parse_text(text).facts.entries == () or names(text)
