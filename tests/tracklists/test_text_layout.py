"""Lists as they are copied from the places that people copy them from: each says what a person reads there."""

import pytest

from tests.tracklists.test_text import Names, codes, names

A = "Bicep", "Glue"
B = "Four Tet", "Baby"
C = "Burial", "Archangel"
START, SECOND, THIRD = 0, 252_000, 3_723_000
UNTIMED: list[Names] = [(None, *A), (None, *B)]
TWO: list[Names] = [(START, *A), (SECOND, *B)]
THREE: list[Names] = [*TWO, (THIRD, *C)]

TIMED = {
    "links of Reddit": "* [0:00](https://y.be/a?t=0) Bicep - Glue\n* [4:12](https://y.be/a?t=252) Four Tet - Baby",
    "bold and italic": "**[00:00]** Bicep - Glue\n\n**[04:12]** Four Tet - *Baby*",
    "marked up again": "0:00 Bicep - Glue&nbsp;\n4:12 Four&#32;Tet - Baby",
    "pictures": "\U0001f3b5 0:00 Bicep - Glue\n\u25b6 4:12 Four Tet - Baby",
    "about": "~0:00 Bicep - Glue\n~4:12 Four Tet - Baby",
    "wide": "\uff10\uff10\uff1a\uff10\uff10 Bicep \uff0d Glue\n04\uff1a12 Four Tet \uff0d Baby",
    "points": "0.00 Bicep - Glue\n4.12 Four Tet - Baby",
    "primes": "0'00\" Bicep - Glue\n4'12\" Four Tet - Baby",
    "letters": "00h00m00s Bicep - Glue\n0h04m12s Four Tet - Baby",
    "slashes": "0:00 Bicep / Glue\n4:12 Four Tet / Baby",
    "tildes": "0:00 Bicep ~ Glue\n4:12 Four Tet ~ Baby",
    "times above": "Tracklist\n0:00\nBicep - Glue\n\n4:12\nFour Tet - Baby\n\nthanks",
    "times below": "Bicep - Glue\n0:00\n\nFour Tet - Baby\n4:12",
    "Mixcloud": "0:00\nGlue\nby Bicep\n4:12\nBaby\nby Four Tet",
    "Mixcloud, counted": "1\nBicep - Glue\n0:00\n2\nFour Tet - Baby\n4:12",
}


@pytest.mark.parametrize("where", TIMED)
def test_a_list_with_times_is_read(where: str) -> None:
    assert names(TIMED[where]) == TWO
    assert {code for _, code in codes(TIMED[where])} <= {"not_a_row"}


UNTIMED_TEXTS = {
    "bold": "1. **Bicep** - Glue\n2. **Four Tet** - Baby",
    "MixesDB": "# Bicep - Glue\n# Four Tet - Baby",
    "Mixcloud": "Glue\nby Bicep\nBaby\nby Four Tet",
    "discs": "1-01 Bicep - Glue\n1-02 Four Tet - Baby",
}


@pytest.mark.parametrize("where", UNTIMED_TEXTS)
def test_a_list_without_times_is_read(where: str) -> None:
    assert names(UNTIMED_TEXTS[where]) == UNTIMED
    assert codes(UNTIMED_TEXTS[where]) == [(0, "no_times")]


def test_minutes_in_brackets_are_times_unless_they_count_the_rows() -> None:
    text = "[000] Bicep - Glue\n[004] Four Tet - Baby\n[??] ? - ?\n[062] Burial - Archangel"
    assert [start for start, *_ in names(text)] == [0, 240_000, None, 3_720_000]
    assert [start for start, *_ in names("[01] Bicep - Glue\n[02] Four Tet - Baby")] == [None, None]
    assert [start for start, *_ in names("[01] Bicep - Glue\n[02] Four Tet - Baby\n[05] A - B")] == [None] * 3


def test_several_rows_in_one_line_are_rows() -> None:
    assert names("Tracklist: 0:00 Bicep - Glue 4:12 Four Tet - Baby 1:02:03 Burial - Archangel") == THREE


def test_lengths_of_tracks_are_no_times() -> None:
    text = "A1\tBicep\u2013\tGlue\t4:29\nA2\tFour Tet\u2013\tBaby\t3:55"
    assert names(text) == UNTIMED
    assert codes(text) == [(0, "lengths"), (0, "no_times")]


def test_what_is_played_with_a_row_is_played_with_one_that_has_no_time() -> None:
    """As the site writes the first rows, which few of its users time."""
    text = "Bicep @ Home, Berlin 2024-07-20\n\nBicep - Glue\nw/ Four Tet - Baby\n[1:02:03] Burial - Archangel"
    assert names(text) == [(None, *A), (None, *B), (THIRD, *C)]
    assert names("Bicep - Glue\n[04:12] Four Tet - Baby") == [(None, *A), (SECOND, *B)]


def test_a_title_over_a_list_that_begins_at_its_beginning_is_no_row() -> None:
    assert names("Bicep - Essential Mix\n0:00 Bicep - Glue\n4:12 Four Tet - Baby") == TWO


@pytest.mark.parametrize(
    ("artist", "title"), [("50 Cent", "4.20"), ("*NSYNC", "Bye"), ("AT&T", "R&amp"), ("U2", "A1 / B2"), ("a_b_c", "d*")]
)
def test_names_that_look_like_marks_stay(artist: str, title: str) -> None:
    assert names(f"0:00 {artist} - {title}\n4:12 Four Tet - Baby")[0] == (0, artist, title)
