"""Label files and sheets as lists, and what an unnamed text is."""

import time

import pytest

from api_queue.errors import TooLarge
from api_queue.tracklists.sources import MOST_BYTES, PastedKind, kind_of, parse

SHEET = """\
REM GENRE House
REM DATE 2024-07-20
PERFORMER "Ana"
TITLE "Ana @ Home, Berlin"
FILE "set.flac" WAVE
  TRACK 01 AUDIO
    TITLE "Sun (Kim Remix)"
    PERFORMER "Ben"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Eva - Moon"
    INDEX 00 03:20:00
    INDEX 01 03:30:37
  TRACK 03 AUDIO
    INDEX 01 120:00:00
"""
LABELS = "0.000000\t210.500000\tBen - Sun\n210.500000\t210.500000\tw/ Eva - Moon\n"


def test_a_sheet_becomes_a_list() -> None:
    facts = parse("cue", SHEET).facts
    assert [(row.artist, row.title, row.remix, row.start_ms) for row in facts.entries] == [
        ("Ben", "Sun", "Kim Remix", 0),
        ("Eva", "Moon", None, 210_493),
        ("Ana", "ID", None, 7_200_000),
    ]
    told = (facts.title, facts.dj_name, facts.event_name, facts.venue, facts.date, facts.genres)
    assert told == ("Ana @ Home, Berlin", "Ana", "Home", "Berlin", "2024-07-20", ("House",))


def test_what_is_wrong_with_a_sheet_is_told_with_it() -> None:
    parsed = parse("cue", SHEET.replace("03:30:37", "03:30:99"))
    assert [finding.line for finding in parsed.findings if finding.severity == "error"] == [13]


def test_of_several_files_only_the_first_has_times() -> None:
    other = 'FILE "b.flac" WAVE\n  TRACK 04 AUDIO\n    TITLE "Last"\n    INDEX 01 00:00:00\n'
    parsed = parse("cue", SHEET + other)
    assert parsed.facts.entries[3].start_ms is None
    assert "several_files" in {finding.code for finding in parsed.findings}


def test_labels_become_a_list() -> None:
    entries = parse("labels", LABELS).facts.entries
    assert [(row.artist, row.title, row.kind, row.start_ms, row.end_ms) for row in entries] == [
        ("Ben", "Sun", "main", 0, 210_500),
        ("Eva", "Moon", "with", 210_500, None),
    ]


def test_a_label_without_words_is_an_id() -> None:
    (entry,) = parse("labels", "1\t1\t\n").facts.entries
    assert (entry.title, entry.is_id) == ("ID", True)


def test_a_line_that_is_no_label_is_told() -> None:
    assert [(f.line, f.code) for f in parse("labels", f"{LABELS}hello\n").findings] == [(3, "not_a_label")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (SHEET, "cue"),
        ('\ufefffile "a b.wav" wave\r\n', "cue"),
        (LABELS, "labels"),
        ("<!DOCTYPE html><html>", "html"),
        ("\n <div>", "html"),
        ("0:00 A - B", "text"),
        (f"{LABELS}A - B", "text"),
        ("", "text"),
        ("Track 1 - A", "text"),
        ("File under: house music", "text"),
    ],
)
def test_a_text_is_what_it_looks_like(text: str, kind: PastedKind) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize("kind", ["text", "labels", "cue"])
def test_a_text_has_a_largest_size(kind: PastedKind) -> None:
    with pytest.raises(TooLarge):
        parse(kind, "\u00e9" * (MOST_BYTES[kind] // 2 + 1))


@pytest.mark.parametrize("line", ["FILE{}x", "{}x", 'FILE "{}!', "TRACK{}1 x"])
def test_a_line_of_blanks_is_not_slow(line: str) -> None:
    """Anybody may send one, and whoever looks for a pattern holds up all others. It took minutes."""
    began_s = time.process_time()
    assert kind_of(line.format(" " * 90_000)) == "text"
    assert time.process_time() - began_s < 2
