"""A night in words, and as a CUE sheet."""

from datetime import UTC, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from api_queue.formats.cue.reading import read
from api_queue.formats.cue.times import ms_of
from api_queue.queues.night_sheets import night_cue, setlist_txt
from tests.queues.nights import PLAIN, a_night, sung

NIGHT = a_night(
    sung("Ana"),
    sung("Ben & Cleo", 75, PLAIN, seconds=3_725),
    sung("Dora", 4000, status="skipped"),
    sung("Ali", 4100, None, status="playing", seconds=5),
)


def test_the_setlist_reads_like_the_evening_was() -> None:
    assert setlist_txt(NIGHT, UTC).splitlines() == [
        "Nina’s birthday",
        "Tuesday, 14 November 2023",
        "",
        "22:13     1:00  Ana: Mona Delft - Tide Tables",
        "22:14  1:02:05  Ben & Cleo: Untitled",
        "23:21     0:05  Ali: gone",
        "",
        "3 tracks, 1:03:10",
    ]


def test_its_clock_is_that_of_the_place() -> None:
    words = setlist_txt(a_night(sung("Ana")), timezone(timedelta(hours=2)))
    assert "Wednesday, 15 November 2023\n\n00:13 " in words
    assert words.endswith("\n1 track, 1:00\n")


def test_no_name_makes_a_line_of_its_own() -> None:
    plain, odd = a_night(sung("Ana")), a_night(sung("Ana"), title="One\n23:59  Two")
    assert len(setlist_txt(odd, UTC).splitlines()) == len(setlist_txt(plain, UTC).splitlines())


def test_the_sheet_is_of_one_recording_of_the_whole_night() -> None:
    assert night_cue(NIGHT, UTC).splitlines() == [
        'REM DATE 2023-11-14',
        'TITLE "Nina’s birthday 2023-11-14"',
        'FILE "night.flac" WAVE',
        "  TRACK 01 AUDIO",
        '    TITLE "Tide Tables"',
        '    PERFORMER "Mona Delft"',
        '    REM COMMENT "Ana"',
        "    INDEX 01 00:00:00",
        "  TRACK 02 AUDIO",
        '    TITLE "Untitled"',
        '    REM COMMENT "Ben & Cleo"',
        "    INDEX 01 01:15:00",
        "  TRACK 03 AUDIO",
        '    TITLE "Tide Tables"',
        '    PERFORMER "Mona Delft"',
        '    REM COMMENT "Dora"',
        "    INDEX 01 66:40:00",
        "  TRACK 04 AUDIO",
        '    TITLE "gone"',
        '    REM COMMENT "Ali"',
        "    INDEX 01 68:20:00",
    ]  # fmt: skip


@given(st.lists(st.integers(20, 100_000_000), max_size=120))
def test_each_start_is_found_again_to_the_frame(gaps_ms: list[int]) -> None:
    """A frame is 13.3 ms. Past 99 tracks the sheet goes on."""
    offsets = [0]
    for gap_ms in gaps_ms:
        offsets.append(offsets[-1] + gap_ms)
    night = a_night(*(sung(f"{n}", offset / 1000) for n, offset in enumerate(offsets)))
    starts = [track.start for track in read(night_cue(night, UTC).encode()).sheet.tracks]
    found = [ms_of(start.frames) for start in starts if start]
    assert len(found) == len(offsets)
    assert all(abs(ms - offset) <= 7 for ms, offset in zip(found, offsets, strict=True))


def test_hostile_names_end_no_quote_and_no_line() -> None:
    sheet = read(night_cue(a_night(sung('An"a\nREM EVIL 1'), title='Q" \r\nTRACK'), UTC).encode())
    assert sheet.valid
    assert len(sheet.sheet.tracks) == 1
