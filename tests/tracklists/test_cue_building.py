"""A tracklist as a CUE sheet: rows, times, and what is said about both."""

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import NoTimes, NoTracks, StartsBeyondAudio, TimesFall
from api_queue.formats.cue.sheet import File, Remark
from api_queue.formats.cue.times import format_msf, frames_of
from api_queue.tracklists.cue_building import Built, CueOptions, Recording, build
from api_queue.tracklists.models import Entry, Facts, Kind
from api_queue.types import Milliseconds

PLAIN = CueOptions(uncued="refuse")
ESTIMATING = CueOptions(uncued="estimate")


def row(start_s: float | None, title: str = "Title", artist: str = "Artist", kind: Kind = "main", **more: Any) -> Entry:
    start_ms = None if start_s is None else Milliseconds(round(start_s * 1000))
    return Entry(artist=artist, title=title, start_ms=start_ms, kind=kind, **more)


def built(*rows: Entry, options: CueOptions = PLAIN, length_s: float | None = None) -> Built:
    length_ms = None if length_s is None else Milliseconds(round(length_s * 1000))
    recording = None if length_ms is None else Recording(name="set.flac", duration_ms=length_ms)
    return build(Facts(entries=rows), options, recording)


def shown(result: Built) -> list[tuple[str, str | None]]:
    """Where each track begins, and its title."""
    starts = (track.start for track in result.sheet.tracks)
    return [
        (format_msf(start.frames if start else -1), track.title)
        for start, track in zip(starts, result.sheet.tracks, strict=True)
    ]


def codes(result: Built) -> list[tuple[str, tuple[int, ...]]]:
    return [(note.code, note.rows) for note in result.notes]


# -- rows ------------------------------------------------------------------------------------------------------


def test_each_main_row_with_a_time_becomes_a_track() -> None:
    result = built(row(0, "One"), row(61.5, "Two"), row(6000, "Three"))
    assert shown(result) == [("00:00:00", "One"), ("01:01:38", "Two"), ("100:00:00", "Three")]
    assert [track.number for track in result.sheet.tracks] == [1, 2, 3]
    assert result.notes == ()


def test_a_row_played_together_with_the_one_above_stands_in_its_title() -> None:
    result = built(row(0, "One"), row(0, "Other", "B", kind="with", remix="Dub"), row(60, "Two"))
    assert shown(result) == [("00:00:00", "One w/ B - Other (Dub)"), ("01:00:00", "Two")]


def test_or_is_left_out() -> None:
    result = built(row(0, "One"), row(0, "Other", kind="with"), options=CueOptions(with_rows="drop"))
    assert shown(result) == [("00:00:00", "One")]


def test_components_of_a_mashup_stand_in_no_title() -> None:
    assert shown(built(row(0, "A vs. B"), row(0, "A", kind="component"))) == [("00:00:00", "A vs. B")]


def test_a_list_that_begins_with_a_row_played_together_begins_with_a_track() -> None:
    assert shown(built(row(0, "One", kind="with"), row(60, "Two"))) == [("00:00:00", "One"), ("01:00:00", "Two")]


def test_rows_that_begin_in_the_same_frame_are_one_track() -> None:
    # Given two rows 5 ms apart, and with one of them another row
    result = built(row(0), row(60, "A"), row(60.005, "B", "Y"), row(60, "C", "Z", kind="with"), row(90, "D"))
    # Then the starts still rise, and it is said which rows were joined
    assert shown(result)[1:] == [("01:00:00", "A w/ Y - B w/ Z - C"), ("01:30:00", "D")]
    assert codes(result) == [("rows_joined", (2, 3))]


def test_the_version_stands_in_the_title_once() -> None:
    rows = (row(0, "One", remix="Dub Mix"), row(60, "Two (Dub Mix)", remix="dub mix"))
    assert [title for _, title in shown(built(*rows))] == ["One (Dub Mix)", "Two (Dub Mix)"]


def test_a_list_without_rows_is_refused() -> None:
    with pytest.raises(NoTracks):
        built()


# -- times -----------------------------------------------------------------------------------------------------


def test_rows_without_a_time_are_refused_by_their_numbers() -> None:
    with pytest.raises(NoTimes, match="for row 2, 4: set it"):
        built(row(0), row(None), row(60), row(None))


def test_of_many_rows_the_first_ten_are_named() -> None:
    with pytest.raises(NoTimes, match="row 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 90 more: set it"):
        built(*[row(None)] * 100)


def test_or_are_spread_evenly_and_marked() -> None:
    result = built(row(0, "A"), row(None, "B"), row(None, "C"), row(90, "D"), options=ESTIMATING)
    assert shown(result) == [("00:00:00", "A"), ("00:30:00", "B"), ("01:00:00", "C"), ("01:30:00", "D")]
    marked = [Remark("COMMENT", "start estimated") in track.remarks for track in result.sheet.tracks]
    assert marked == [False, True, True, False]
    assert codes(result) == [("times_estimated", (2, 3))]


@pytest.mark.parametrize(
    ("length_s", "starts"),
    [
        (120, ["00:00:00", "00:30:00", "01:00:00", "01:30:00"]),  # up to the end of the recording
        (None, ["00:00:00", "00:30:00", "01:00:00", "01:30:00"]),  # as long as those before
    ],
)
def test_rows_behind_the_last_known_time(length_s: float | None, starts: list[str]) -> None:
    result = built(row(0), row(30), row(None), row(None), options=ESTIMATING, length_s=length_s)
    assert [start for start, _ in shown(result)] == starts


def test_where_no_time_is_known_each_track_gets_as_much_of_the_recording() -> None:
    result = built(row(None), row(None), row(None), options=ESTIMATING, length_s=90)
    assert [start for start, _ in shown(result)] == ["00:00:00", "00:30:00", "01:00:00"]


def test_a_single_row_begins_with_the_recording_and_is_marked() -> None:
    [track] = built(row(None), options=ESTIMATING).sheet.tracks
    assert (track.indexes[0].frames, track.remarks) == (0, (Remark("COMMENT", "start estimated"),))


@pytest.mark.parametrize("rows", [(row(None), row(None)), (row(0), row(None)), (row(60), row(None))])
def test_where_nothing_tells_how_long_tracks_are_nothing_is_estimated(rows: tuple[Entry, ...]) -> None:
    with pytest.raises(NoTimes):
        built(*rows, options=ESTIMATING)


def test_what_was_estimated_before_is_marked_as_well() -> None:
    [track] = built(row(0, is_estimated=True, notes="Opening")).sheet.tracks
    assert track.remarks == (Remark("COMMENT", "Opening; start estimated"),)


def test_times_that_fall_are_reported_and_not_sorted() -> None:
    with pytest.raises(TimesFall, match="row 3, 5 begins before the one above"):
        built(row(0), row(300), row(10), row(400), row(20))


def test_a_row_behind_the_end_of_the_recording_is_refused() -> None:
    with pytest.raises(StartsBeyondAudio, match=r"ends at 60\.00 s, and row 2 begins"):
        built(row(0), row(60), length_s=60)


def test_a_recording_of_unknown_length_has_no_end() -> None:
    recording = Recording(name="set.flac")
    assert len(build(Facts(entries=(row(0), row(9999))), CueOptions(), recording).sheet.tracks) == 2


# -- the beginning, and gaps -----------------------------------------------------------------------------------


def test_what_lies_before_the_first_track_is_an_intro() -> None:
    result = built(row(12, "One"), row(60, "Two"))
    assert shown(result) == [("00:00:00", "Intro"), ("00:12:00", "One"), ("01:00:00", "Two")]
    assert [track.number for track in result.sheet.tracks] == [1, 2, 3]
    assert result.sheet.tracks[0].performer is None
    assert codes(result) == [("intro_added", (1,))]


def test_or_the_pregap_of_the_first_track() -> None:
    result = built(row(12, "One"), row(60, "Two"), options=CueOptions(include_pregap=True))
    assert shown(result) == [("00:12:00", "One"), ("01:00:00", "Two")]
    assert [(index.number, index.frames) for index in result.sheet.tracks[0].indexes] == [(0, 0), (1, 900)]
    assert codes(result) == [("pregap_added", (1,))]


def test_a_gap_between_two_tracks_is_the_pregap_of_the_second() -> None:
    rows = (row(0, end_ms=Milliseconds(50_000)), row(60, end_ms=Milliseconds(120_000)), row(120))
    result = built(*rows, options=CueOptions(include_pregap=True))
    gaps = [[index.frames for index in track.indexes if not index.number] for track in result.sheet.tracks]
    assert gaps == [[], [3750], []]  # the second track ends where the third begins
    assert all(len(track.indexes) == 1 for track in built(*rows).sheet.tracks)


def test_an_end_before_its_own_start_makes_no_gap() -> None:
    rows = (row(0), row(60, end_ms=Milliseconds(10)), row(120))
    result = built(*rows, options=CueOptions(include_pregap=True))
    assert [len(track.indexes) for track in result.sheet.tracks] == [1, 1, 1]


# -- the head --------------------------------------------------------------------------------------------------


def test_the_head_tells_of_the_set() -> None:
    facts = Facts(
        entries=(row(0),),
        dj_name="Carl Cox",
        event_name="Tomorrowland 2024",
        date="2024-07-20",
        genres=("Techno", "Tech House"),
        url="https://www.1001tracklists.com/tracklist/abc/",
    )
    sheet = build(facts, CueOptions(), Recording(name="set.mp3")).sheet
    assert (sheet.title, sheet.performer) == ("Carl Cox @ Tomorrowland 2024", "Carl Cox")
    assert sheet.files == (File("set.mp3", "MP3"),)
    assert sheet.remarks == (
        Remark("GENRE", "Techno, Tech House"),
        Remark("DATE", "2024"),
        Remark("COMMENT", "https://www.1001tracklists.com/tracklist/abc/"),
    )


def test_a_track_tells_what_is_known_of_it() -> None:
    [track] = built(row(0, bpm=128.0, key="Am", genre="Techno", label="Intec", notes="Opening")).sheet.tracks
    remarks = {remark.key: remark.value for remark in track.remarks}
    assert remarks == {"GENRE": "Techno", "BPM": "128", "KEY": "Am", "LABEL": "Intec", "COMMENT": "Opening"}


@pytest.mark.parametrize(("name", "kind"), [("a.flac", "WAVE"), ("a.MP3", "MP3"), ("a.aiff", "AIFF"), ("a", "WAVE")])
def test_the_type_of_the_file_is_one_that_the_format_knows(name: str, kind: str) -> None:
    assert build(Facts(entries=(row(0),)), CueOptions(), Recording(name=name)).sheet.files == (File(name, kind),)


def test_without_a_recording_the_file_is_named_after_the_set() -> None:
    sheet = build(Facts(entries=(row(0),), title="AC/DC live"), CueOptions()).sheet
    assert sheet.files == (File("AC-DC live.wav"),)


# -- laws ------------------------------------------------------------------------------------------------------

ROWS = st.lists(
    st.builds(
        row,
        st.one_of(st.none(), st.integers(0, 7200)),
        kind=st.sampled_from(["main", "main", "with", "component"]),
        end_ms=st.one_of(st.none(), st.integers(0, 7_200_000).map(Milliseconds)),
    ),
    max_size=12,
)


@given(rows=ROWS, pregap=st.booleans(), length_s=st.one_of(st.none(), st.integers(1, 9000)))
def test_whatever_comes_the_sheet_is_sound_or_the_refusal_a_sentence(
    rows: list[Entry], pregap: bool, length_s: float | None
) -> None:
    try:
        options = CueOptions(uncued="estimate", include_pregap=pregap)
        tracks = built(*rows, options=options, length_s=length_s).sheet.tracks
    except (NoTracks, NoTimes, TimesFall, StartsBeyondAudio):
        return
    indexes = [index.frames for track in tracks for index in track.indexes]
    assert indexes[0] == 0
    assert all(before < after for before, after in pairwise(indexes))
    assert [track.number for track in tracks] == list(range(1, len(tracks) + 1))
    assert length_s is None or indexes[-1] <= frames_of(round(length_s * 1000))


def test_a_list_of_a_hundred_thousand_rows_takes_no_quadratic_time() -> None:
    # Given a hundred thousand rows that all begin at once, the worst there is
    began = time.process_time()
    [track] = built(*[row(0)] * 100_000).sheet.tracks
    assert time.process_time() - began < 10  # squared it would take hours
    assert track.title is not None
