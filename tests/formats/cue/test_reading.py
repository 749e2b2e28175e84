"""The dialects: what is understood of each."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api_queue.formats.cue.reading import LINES_MAX, SHEET_MAX_BYTES, read
from api_queue.formats.cue.sheet import File, Index, Reading, Remark, Sheet, Statement, Track
from api_queue.formats.cue.times import parse_msf
from api_queue.formats.cue.writing import write
from tests.formats.cue.sheets import sheets

HEAD = 'PERFORMER "DJ"\nTITLE "Night"\nFILE "night.flac" WAVE\n'


def sheet(text: str) -> Sheet:
    return read(text).sheet


def track(text: str) -> Track:
    """Of a sheet whose only track has these lines."""
    (only,) = sheet(f"{HEAD}TRACK 01 AUDIO\n{text}").tracks
    return only


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]


def test_each_command_has_its_place() -> None:
    reading = read(
        'REM GENRE House\nREM made at home\nCATALOG 1234567890123\nCDTEXTFILE "n.cdt"\nPERFORMER "DJ"\nTITLE "Night"\n'
        'SONGWRITER "Me"\nFILE "night.mp3" MP3\n  TRACK 01 AUDIO\n    FLAGS DCP PRE\n    TITLE "A"\n    PERFORMER "B"\n'
        '    SONGWRITER "C"\n    ISRC ABCDE1234567\n    REM BPM 124\n    PREGAP 00:02:00\n    INDEX 00 00:00:00\n'
        "    INDEX 01 00:05:10\n    POSTGAP 00:01:00\n"
    )
    only = Track(
        number=1,
        title="A",
        performer="B",
        songwriter="C",
        isrc="ABCDE1234567",
        flags=("DCP", "PRE"),
        pregap=150,
        postgap=75,
        indexes=(Index(0, 0), Index(1, 385)),
        remarks=(Remark("BPM", "124"),),
    )
    assert reading.findings == ()
    assert reading.sheet == Sheet(
        files=(File("night.mp3", "MP3"),),
        tracks=(only,),
        title="Night",
        performer="DJ",
        songwriter="Me",
        catalog="1234567890123",
        cdtextfile="n.cdt",
        remarks=(Remark("GENRE", "House"), Remark("", "made at home")),
    )


# -- pregaps, four ways --


def test_the_gap_before_a_track_may_end_the_file_before() -> None:
    found = sheet(
        'FILE "1.wav" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 02:05:00\n'
        'FILE "2.wav" WAVE\nINDEX 01 00:00:00\n'
    )
    assert [entry.indexes for entry in found.tracks] == [(Index(1, 0, 0),), (Index(0, 9375, 0), Index(1, 0, 1))]
    assert found.tracks[1].start == Index(1, 0, 1)


def test_a_gap_may_be_in_the_same_file_or_in_none() -> None:
    assert track("INDEX 00 00:00:00\nINDEX 01 00:00:32").start == Index(1, 32)
    assert track("PREGAP 03:22:70\nINDEX 01 00:00:00").pregap == parse_msf("03:22:70")


def test_index_00_is_the_start_only_where_there_is_no_other() -> None:
    assert track("INDEX 00 00:00:00").start == Index(0, 0)


def test_the_same_file_named_again_is_the_same_file() -> None:
    found = sheet(f'{HEAD}TRACK 01 AUDIO\nINDEX 01 00:00:00\nFILE "night.flac" WAVE\nTRACK 02 AUDIO\nINDEX 01 05:00:00')
    assert (len(found.files), found.tracks[1].indexes) == (1, (Index(1, 22500, 0),))


# -- times and numbers --


def test_minutes_and_tracks_go_past_99() -> None:
    lines = "".join(f"TRACK {n:02} AUDIO\nINDEX 01 {2 * n - 2:02}:00:00\n" for n in range(1, 121))
    found = read(HEAD + lines)
    assert found.valid
    assert (len(found.sheet.tracks), found.sheet.tracks[-1].start) == (120, Index(1, parse_msf("238:00:00")))


def test_numbers_may_begin_later_and_have_no_zero_before_them() -> None:
    found = read(f"{HEAD}TRACK 7 AUDIO\nINDEX 1 0:0:0\nTRACK 8 AUDIO\nINDEX 1 1:0:0")
    assert found.valid
    assert [(entry.number, entry.start) for entry in found.sheet.tracks] == [(7, Index(1, 0)), (8, Index(1, 4500))]


def test_a_track_without_a_number_has_the_next_one() -> None:
    found = sheet(f"{HEAD}TRACK 03 AUDIO\nINDEX 01 00:00:00\nTRACK AUDIO\nINDEX 01 00:09:00\nTRACK x AUDIO")
    assert [entry.number for entry in found.tracks] == [3, 4, 5]


# -- how lines are written --


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("indent", ["", " ", "\t", "\t \t"])
def test_line_ends_and_indents_do_not_matter(end: str, indent: str) -> None:
    text = f'{HEAD}\n{indent}TRACK\t01  AUDIO\n{indent}TITLE "A"  \n\n{indent}INDEX  01\t00:00:00'
    assert read(text.replace("\n", end)) == read(text)
    assert read(text).sheet.tracks == (Track(number=1, title="A", indexes=(Index(1, 0),)),)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"One"', "One"),
        ("One Two", "One Two"),
        ('"One', "One"),
        ('"The "Real" One"', 'The "Real" One'),
        (r'"The \"Real\" One"', 'The "Real" One'),
        ("\"The 'Real' One\"", "The 'Real' One"),
        ('"The “Real” One"', "The “Real” One"),
        (r'"AC\DC\"', "AC\\DC\\"),
        ('""', ""),
        ('"One" Two', "One"),
    ],
)
def test_what_is_meant_by_quotes(written: str, meant: str) -> None:
    assert track(f"TITLE {written}").title == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"a b.wav" WAVE', File("a b.wav", "WAVE")),
        ("a.wav WAVE", File("a.wav", "WAVE")),
        ("a b.mp3\tMP3", File("a b.mp3", "MP3")),
        ("a b.wav", File("a b.wav", "WAVE")),
        ('"a.flac" flac', File("a.flac", "FLAC")),
        ('"a.flac" WAVE\tLOUD', File("a.flac", "WAVE")),
        ('"a.flac"', File("a.flac", "WAVE")),
        ('"a "b".wav" WAVE', File('a "b".wav', "WAVE")),
        ('"a.wav WAVE', File("a.wav", "WAVE")),
        (r'"C:\Sets\"a.wav" WAVE', File(r"C:\Sets\"a.wav", "WAVE")),
    ],
)
def test_names_and_types_of_files(written: str, meant: File) -> None:
    assert sheet(f"FILE {written}").files == (meant,)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('COMMENT "by "me""', Remark("COMMENT", 'by "me"')),
        ("DATE 1987", Remark("DATE", "1987")),
        ("genre Trance", Remark("GENRE", "Trance")),
        ("REPLAYGAIN_TRACK_GAIN -3.2 dB", Remark("REPLAYGAIN_TRACK_GAIN", "-3.2 dB")),
        ("FLAC__lead-out 170 1", Remark("FLAC__lead-out", "170 1")),
        ("Made with love", Remark("", "Made with love")),
        ('"quoted"', Remark("", '"quoted"')),
        ("", Remark("", "")),
    ],
)
def test_remarks_have_a_key_or_none(written: str, meant: Remark) -> None:
    assert sheet(f"REM {written}").remarks == (meant,)


def test_lower_case_and_a_quote_without_a_blank_are_understood() -> None:
    found = sheet('title"Night"\nfile "a.wav" wave\ntrack 01 audio\nindex 01 00:00:00')
    assert (found.title, found.files, len(found.tracks)) == ("Night", (File("a.wav"),), 1)
    assert found.tracks[0].mode == "AUDIO"


# -- nothing gets lost --


def test_what_comes_after_index_and_what_nobody_knows_is_kept() -> None:
    found = track('INDEX 01 00:00:00\nTITLE "Late"\nMCN 12 34\nTITLE "Later"\nINDEX 02 noon\nFLAGS PRE\nFLAGS DCP')
    assert found.title == "Late"
    assert found.flags == ("PRE",)
    assert found.others == (
        Statement("MCN", "12 34"),
        Statement("TITLE", '"Later"'),
        Statement("INDEX", "02 noon"),
        Statement("FLAGS", "DCP"),
    )


def test_what_stands_before_any_track_stays_in_the_head() -> None:
    found = read("INDEX 01 00:00:00\nISRC ABC\nFLAGS PRE\nPREGAP 00:01:00")
    assert [code for code in codes(found) if code in {"before_track", "misplaced"}] == ["before_track"] + [
        "misplaced"
    ] * 3
    assert found.sheet.others == (
        Statement("INDEX", "01 00:00:00"),
        Statement("ISRC", "ABC"),
        Statement("FLAGS", "PRE"),
        Statement("PREGAP", "00:01:00"),
    )


def test_a_text_that_ends_too_late_becomes_a_remark() -> None:
    assert track('TITLE "One" // not sure\nINDEX 01 00:00:00 or so').remarks == (
        Remark("", "// not sure"),
        Remark("", "or so"),
    )


# -- FLAC and foobar2000 --


def test_samples_are_not_taken_for_frames_and_stay() -> None:
    exported = "FILE a.flac FLAC\nTRACK 01 AUDIO\nINDEX 01 13230000\nREM FLAC__lead-out 255 99999999\n"
    found = read(exported)
    assert (found.valid, found.sheet.tracks[0].indexes) == (False, ())
    assert found.sheet.tracks[0].others == (Statement("INDEX", "01 13230000"),)
    assert read(write(found.sheet)).sheet == found.sheet


def test_the_least_that_foobar2000_takes_is_a_sheet() -> None:
    found = read("FILE A WAVE\rTRACK 1 AUDIO\rINDEX 1 99")
    assert (found.valid, found.sheet) == (
        True,
        Sheet(files=(File("A"),), tracks=(Track(number=1, indexes=(Index(1, 99),)),)),
    )


# -- rekordbox --

RECORDED = """REM DATE 2023-07-23 02:55 PM
REM RECORDED_BY "rekordbox-dj"
TITLE "Set"
FILE "01 Set.wav" WAVE
\tTRACK 01 AUDIO
\t\tTITLE "A"
\t\tREM PERFORMER "Nobody"
\t\tFILE "/music/a.mp3" WAVE
\t\tINDEX 01 00:00:00
\tTRACK 02 AUDIO
\t\tTITLE "B"
\t\tPERFORMER "Somebody"
\t\tFILE "/music/b.mp3" WAVE
\t\tINDEX 01 01:03:48
"""


def test_a_recording_of_rekordbox_has_one_file_and_counts_hours() -> None:
    found = read(RECORDED)
    assert (found.valid, found.sheet.dialect, found.sheet.files) == (True, "rekordbox", (File("01 Set.wav"),))
    assert [(entry.performer, entry.start) for entry in found.sheet.tracks] == [
        ("Nobody", Index(1, 0)),
        ("Somebody", Index(1, parse_msf("63:48:00"))),
    ]
    assert found.sheet.tracks[1].remarks == (Remark("FILE", "/music/b.mp3"),)
    assert codes(found) == ["hours"]


@pytest.mark.parametrize("time", ["63:48:00", "24:00:01", "01:03:74", "01:03:80"])
def test_times_that_cannot_be_hours_are_not_taken_for_them(time: str) -> None:
    found = sheet(RECORDED.replace("01:03:48", time))
    assert (found.dialect, len(found.files)) == ("cdrwin", 1)


def test_a_mark_that_outlived_its_conversion_says_nothing() -> None:
    converted = RECORDED.replace("01:03:48", "03:48:00").replace('\t\tFILE "/music', '\t\tREM NAME "/music')
    assert sheet(converted).tracks[1].start == Index(1, parse_msf("03:48:00"))


# -- as a whole --


def test_empty_and_blank_sheets_are_read() -> None:
    for source in (b"", "", b"\n\n", b"\x1a", "\ufeff", b"\xff\xfe"):
        assert (read(source).valid, read(source).sheet) == (False, Sheet())


def test_a_sheet_past_the_limit_is_not_read() -> None:
    assert codes(read(b"\n" + b" " * SHEET_MAX_BYTES)) == ["too_large"]
    assert codes(read("é" * (SHEET_MAX_BYTES // 2 + 1))) == ["too_large"]
    assert codes(read(HEAD + "\n" * LINES_MAX)) == ["too_many_lines"]
    assert "too_large" not in codes(read(b" " * SHEET_MAX_BYTES))


@given(sheets())
@settings(max_examples=40)
def test_a_well_formed_sheet_is_read_as_it_was_meant(made: Sheet) -> None:
    found = read(write(made))
    assert found.sheet == made
    assert {"lower_case", "unquoted", "repeated", "time_malformed", "misplaced"}.isdisjoint(codes(found))


LINES = st.sampled_from(
    """
FILE "a.wav" WAVE
FILE a.wav
FILE "b"
TRACK 01 AUDIO
TRACK 2
TRACK
INDEX 01 00:00:00
INDEX 00 1:2
INDEX 1 x
INDEX 01 00:03:04
INDEX 02 01:99:99
PREGAP 00:02:00
PREGAP 1
POSTGAP 0:0:1
FLAGS PRE DCP
ISRC "ABC"
CATALOG 12
CDTEXTFILE "x"
TITLE "a"
TITLE b
title "c" d
TITLE "
PERFORMER "q"
MCN 1
REM A "b"
REM c
REM FILE "y"
REM PERFORMER "p"
REM RECORDED_BY "rekordbox-dj"
""".splitlines()
)


@given(st.text() | st.lists(LINES | st.text(max_size=5), max_size=12).map("\n".join))
@settings(max_examples=150)
@example('REM RECORDED_BY "rekordbox-dj"\nREM PERFORMER\nREM PERFORMER "p"\nREM PERFORMER')
@example("TRACK 01 AUDIO\nPREGAP 00:01:00\nPREGAP 00:02:00\nPOSTGAP 0:0:1\nPOSTGAP 0:0:2")
def test_any_text_is_read_and_what_was_read_once_stays(text: str) -> None:
    once = read(write(read(text).sheet)).sheet
    assert read(write(once)).sheet == once


@given(st.binary())
def test_any_bytes_are_read(data: bytes) -> None:
    assert read(data).findings
