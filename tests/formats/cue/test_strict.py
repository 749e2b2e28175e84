import pytest
from msgspec.structs import replace

from api_queue.errors import UnwritableSheet
from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Statement, Track
from api_queue.formats.cue.strict import Changed, strict


def track(number: int, *frames: int, first: int = 1, file: int = 0, **facts: str) -> Track:
    """With indexes at `frames`, numbered from `first`."""
    indexes = tuple(Index(at, moment, file) for at, moment in enumerate(frames, first))
    return Track(number=number, indexes=indexes, title=facts.get("title"), performer=facts.get("performer"))


def made(*tracks: Track, files: tuple[str, ...] = ("set.flac",)) -> Changed:
    return strict(Sheet(files=tuple(map(File, files)), tracks=tracks))


def test_what_is_strict_stays_as_it_is() -> None:
    sheet = Sheet(files=(File("set.flac"),), tracks=(track(1, 0), track(2, 75, 150, first=0)), title="Night")
    assert strict(sheet) == Changed(sheet)


@pytest.mark.parametrize(
    ("name", "kind", "as_written"),
    [
        ("set.flac", "FLAC", File("set.flac", "WAVE")),
        ("set.MP3", "WAVE", File("set.MP3", "MP3")),
        ("set.aif", "WAVE", File("set.aif", "AIFF")),
        ("set.m4a", "MP4", File("set.m4a", "WAVE")),
        (r"C:\Music\set.ogg", "BINARY", File("set.ogg", "WAVE")),
        ("../../etc/set.opus", "WAVE", File("set.opus", "WAVE")),
        ("set", "WAVE", File("set", "WAVE")),
    ],
)
def test_a_file_has_its_name_alone_and_a_type_that_players_know(name: str, kind: str, as_written: File) -> None:
    changed = strict(Sheet(files=(File(name, kind),), tracks=(track(1, 0),)))
    assert changed.sheet.files == (as_written,)
    assert bool(changed.notes) == (File(name, kind) != as_written)


def test_tracks_that_begin_together_are_one() -> None:
    changed = made(
        track(1, 0, title="A", performer="X"), track(2, 75, title="B", performer="X"), track(3, 75, title="C")
    )
    assert [(one.number, one.title, one.performer) for one in changed.sheet.tracks] == [
        (1, "A", "X"),
        (2, "B / C", "X"),
    ]
    assert changed.notes == ("Tracks 2, 3 begin at the same time, and become one track.",)


def test_each_file_begins_at_zero() -> None:
    changed = made(track(1, 750), track(2, 75, file=1), files=("a.wav", "b.wav"))
    assert [one.indexes for one in changed.sheet.tracks] == [
        (Index(0, 0), Index(1, 750)),
        (Index(0, 0, 1), Index(1, 75, 1)),
    ]
    assert changed.notes == ("What lies before the first INDEX becomes a gap, INDEX 00 at 00:00:00: tracks 1, 2.",)


def test_a_gap_that_begins_late_begins_at_zero() -> None:
    assert made(track(1, 75, 750, first=0)).sheet.tracks[0].indexes == (Index(0, 0), Index(1, 750))


def test_tracks_and_indexes_are_numbered_without_holes() -> None:
    changed = made(track(5, 0, first=0), track(9, 75, 80, first=4))
    assert [(one.number, one.indexes) for one in changed.sheet.tracks] == [
        (1, (Index(1, 0),)),
        (2, (Index(1, 75), Index(2, 80))),
    ]
    assert len(changed.notes) == 2


def test_an_index_at_the_time_of_another_is_left_out() -> None:
    changed = made(track(1, 0, 75), track(2, 75, 75, first=0))
    assert [one.indexes for one in changed.sheet.tracks] == [(Index(1, 0),), (Index(1, 75),)]


def test_of_an_index_that_stands_twice_one_is_left() -> None:
    twice = Track(number=1, indexes=(Index(1, 0), Index(1, 0)))
    assert made(twice).sheet.tracks[0].indexes == (Index(1, 0),)


def test_double_quotes_become_single_ones_and_that_is_said() -> None:
    changed = made(track(1, 0, title='12" Mix'))
    assert changed.sheet.tracks[0].title == "12' Mix"
    assert changed.notes == ("Quotes, control characters and a backslash at the end of a text are replaced: track 1.",)


def test_a_remark_has_no_double_quotes_either() -> None:
    remarked = replace(track(1, 0), remarks=(Remark("COMMENT", 'by "me"'), Remark("", 'free "text"')))
    changed = strict(Sheet(files=(File("a.wav"),), tracks=(remarked,)))
    assert changed.sheet.tracks[0].remarks == (Remark("COMMENT", "by 'me'"), Remark("", 'free "text"'))
    assert changed.notes == ("Quotes, control characters and a backslash at the end of a text are replaced: track 1.",)


def test_lines_that_players_do_not_read_are_named() -> None:
    sheet = Sheet(files=(File("a.wav"),), tracks=(track(1, 0),), others=(Statement("MCN", "1"),))
    assert strict(sheet).notes == ("Lines that players do not read are left out: MCN.",)


def test_a_recording_of_rekordbox_loses_its_mark_with_its_hours() -> None:
    mark = (Remark("RECORDED_BY", "rekordbox-dj"), Remark("DATE", "2024"))
    marked = replace(track(1, 0), remarks=mark[:1])
    sheet = Sheet(files=(File("a.wav"),), tracks=(marked,), remarks=mark, dialect="rekordbox")
    assert strict(sheet).sheet == Sheet(
        files=(File("a.wav"),), tracks=(track(1, 0),), remarks=(Remark("DATE", "2024"),)
    )


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        (Sheet(tracks=(track(1, 0),)), "has no FILE"),
        (Sheet(files=(File("a.wav"),)), "has no TRACK"),
        (Sheet(files=(File("1/a.wav"), File("2/a.wav")), tracks=(track(1, 0), track(2, 0, file=1))), "the same name"),
        (Sheet(files=(File("a.wav"),), tracks=(track(1, 0), track(2))), "track 2 has no INDEX"),
        (Sheet(files=(File("a.wav"),), tracks=(track(1, 0), track(2, 75), track(3, 74))), "track 3 has 00:00:74 after"),
    ],
)
def test_what_nobody_can_place_is_refused(sheet: Sheet, reason: str) -> None:
    with pytest.raises(UnwritableSheet, match=reason):
        strict(sheet)
