"""Whether a tracklist fits its recording: the rules of source 003, its words, and the changes that mend it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.tracklists.audio_validation import AudioReport, Suggestion, apply, validate
from api_queue.tracklists.models import Entry, Kind
from api_queue.types import Milliseconds


def row(start_s: float | None, end_s: float | None = None, kind: Kind = "main", title: str = "T") -> Entry:
    return Entry(artist="A", title=title, start_ms=_ms(start_s), end_ms=_ms(end_s), kind=kind)


def _ms(seconds: float | None) -> Milliseconds | None:
    return None if seconds is None else Milliseconds(round(seconds * 1000))


def judged(*rows: Entry, audio_s: float | None = 600) -> AudioReport:
    return validate(rows, _ms(audio_s))


FITTING = (row(0, 300), row(300, 600))


def test_a_list_that_ends_with_its_recording_fits() -> None:
    report = judged(*FITTING)
    assert report.valid
    assert (report.errors, report.warnings, report.suggestions) == ((), (), ())
    assert (report.audio_ms, report.tracklist_ms, report.difference_ms, report.track_count) == (600_000, 600_000, 0, 2)


@pytest.mark.parametrize("audio_s", [598, 602])
def test_two_seconds_are_within_the_tolerance(audio_s: float) -> None:
    assert judged(*FITTING, audio_s=audio_s).valid


def test_more_is_a_mismatch_and_both_lengths_are_said() -> None:
    report = judged(*FITTING, audio_s=610.5)
    assert report.errors == ("Duration mismatch: audio=610.50s, tracklist=600.00s, diff=10.50s",)
    assert report.difference_ms == 10_500


def test_a_file_without_a_readable_length_fits_nothing() -> None:
    assert judged(*FITTING, audio_s=None).errors == ("The audio file has no readable duration",)


@pytest.mark.parametrize("rows", [(), (row(None),), (row(0, kind="component"),)])
def test_a_list_without_a_track_that_has_a_time_fits_nothing(rows: tuple[Entry, ...]) -> None:
    assert judged(*rows).errors == ("The tracklist has no tracks with a time",)


def test_a_track_that_begins_behind_the_recording() -> None:
    report = judged(row(0), row(600))
    assert report.errors == ("Track 2 starts at 600.00s, beyond the audio (600.00s)",)


def test_a_track_that_ends_behind_the_recording() -> None:
    errors = judged(row(0, 700), row(300, 600)).errors
    assert errors == ("Track 1 ends at 700.00s, beyond the audio (600.00s)",)


@pytest.mark.parametrize(
    ("rows", "warning"),
    [
        ((row(0, 298.5), row(300, 600)), "Gap of 1.50s between tracks 1 and 2"),
        ((row(0, 300.2), row(300, 600)), "Overlap of 0.20s between tracks 1 and 2"),
        ((row(0, 4), row(4, 600)), "Track 1 is very short: 4.00s"),
        ((row(0, 599), row(599, 600)), "Track 2 is very short: 1.00s"),
        ((row(0), row(300)), "No end times, so that the length of the tracklist is not known"),
        ((row(-1, 300), row(300, 600)), "Track 1 starts before the recording: -1.00s"),
    ],
)
def test_what_is_only_worth_a_warning(rows: tuple[Entry, ...], warning: str) -> None:
    report = judged(*rows)
    assert report.valid
    assert report.warnings == (warning,)


def test_a_quarter_of_an_hour_is_very_long() -> None:
    assert judged(row(0, 901), audio_s=901).warnings == ("Track 1 is very long: 901.00s",)
    assert judged(row(0, 900), audio_s=900).warnings == ()


@pytest.mark.parametrize("rows", [(row(0, 299), row(300, 600)), (row(0, 300.1), row(300, 600))])
def test_a_second_of_silence_and_a_tenth_of_both_is_nothing(rows: tuple[Entry, ...]) -> None:
    assert judged(*rows).warnings == ()


def test_rows_are_counted_over_the_whole_list() -> None:
    # Given a row played together with the first one
    report = judged(row(0, 200), row(0, kind="with"), row(300, 600))
    # Then a track's number is the one that the list shows
    assert report.warnings == ("Gap of 100.00s between tracks 1 and 3",)
    assert report.track_count == 2


# -- what would mend it ----------------------------------------------------------------------------------------


def test_a_suggestion_names_the_row_and_the_time() -> None:
    [suggestion] = judged(*FITTING, audio_s=610).suggestions
    assert suggestion == Suggestion(
        code="duration_mismatch",
        position=2,
        action="set_end",
        time_ms=Milliseconds(610_000),
        message="Let row 2 end at the end of the recording, 610.00s.",
    )


@pytest.mark.parametrize(
    ("rows", "audio_s"),
    [
        (FITTING, 700),
        ((row(0), row(300)), 600),
        ((row(0, 250), row(300, 600)), 600),
        ((row(0, 350), row(300, 600)), 600),
        ((row(-5, 300), row(300, 600)), 600),
        ((row(0, 700), row(300, 600)), 600),
        ((row(0, 600), row(700, 800)), 600),
    ],
)
def test_a_list_with_its_suggestions_fits(rows: tuple[Entry, ...], audio_s: float) -> None:
    report = judged(*rows, audio_s=audio_s)
    # When its suggestions are taken, and those of what comes of it
    rows = apply(rows, report.suggestions)
    again = judged(*rows, audio_s=audio_s)
    rows = apply(rows, again.suggestions)
    # Then nothing is left to say
    last = judged(*rows, audio_s=audio_s)
    assert (last.errors, last.warnings) == ((), ())


def test_a_row_that_goes_takes_along_what_is_played_with_it() -> None:
    rows = (row(0, 600), row(700), row(700, kind="with"), row(700, kind="component"), row(800))
    suggestions = judged(*rows).suggestions
    assert apply(rows, suggestions) == rows[:1]


def test_nothing_is_suggested_where_only_a_person_can_know() -> None:
    # Given two rows whose starts fall
    report = judged(row(300, 400), row(100, 600))
    assert report.warnings == ("Overlap of 300.00s between tracks 1 and 2",)
    assert report.suggestions == ()


SECONDS = st.one_of(st.none(), st.integers(-10, 1000))
ROWS = st.lists(st.builds(row, SECONDS, SECONDS, kind=st.sampled_from(["main", "with", "component"])), max_size=8)


@given(rows=ROWS, audio_s=st.one_of(st.none(), st.integers(1, 1000)))
def test_every_suggestion_can_be_taken(rows: list[Entry], audio_s: float | None) -> None:
    report = judged(*rows, audio_s=audio_s)
    for suggestion in report.suggestions:
        changed = apply(rows, [suggestion])
        assert list(changed) != rows
        assert len(changed) <= len(rows)
