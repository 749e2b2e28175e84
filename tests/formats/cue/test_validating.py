"""Each finding: a sheet that has it, and where it is told."""

import pytest

from api_queue.formats.cue.findings import KINDS, OF_A_KIND_MAX, OF_SHEET
from api_queue.formats.cue.reading import LINES_MAX, SHEET_MAX_BYTES, read
from api_queue.formats.cue.sheet import File, Finding, Index, Sheet, Track
from api_queue.formats.cue.validating import judge
from api_queue.formats.cue.writing import write

#: Six lines, of which the last is INDEX 01; nothing is wrong with them.
GOOD = """PERFORMER "DJ"
TITLE "Night"
FILE "night.wav" WAVE
  TRACK 01 AUDIO
    TITLE "One"
    INDEX 01 00:00:00
"""
#: Three more.
SECOND = '  TRACK 02 AUDIO\n    TITLE "Two"\n    INDEX 01 05:00:00\n'


def having(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def track(number: int, time: str) -> str:
    return f'TRACK {number:02} AUDIO\nTITLE "Next"\nINDEX 01 {time}\n'


NAME = '"night.wav" WAVE'
AT_ZERO = "INDEX 01 00:00:00"
TRACK = "TRACK 01 AUDIO"
MANY = "".join(track(number, f"{number}:00:00") for number in range(2, 101))
INDEXES = "".join(f"INDEX {number:02} 01:{number // 60:02}:{number % 60:02}\n" for number in range(2, 101))
RUNNING = having(AT_ZERO, "INDEX 01 0:0:0") + track(2, "00:03:48") + track(3, "00:07:14")

#: Code -> sheet, line, column.
TOLD: dict[str, tuple[str | bytes, int, int | None]] = {
    "too_large": (" " * (SHEET_MAX_BYTES + 1), 0, None),
    "too_many_lines": ("\n" * (LINES_MAX + 1), 0, None),
    "undecodable": (b"\xef\xbb\xbf" + GOOD.replace("One", "\xff").encode("cp1252"), 5, 12),
    "byte_order_mark": ("\ufeff" + GOOD, 1, 1),
    "not_utf_8": (GOOD.replace("One", "Été").encode("cp1252"), 0, None),
    "control_characters": (having("One", "O\0ne\x1b"), 5, 13),
    "mixed_line_ends": (GOOD + "\r\n", 0, None),
    "number_malformed": (having("TRACK 01", "TRACK #1"), 4, 9),
    "time_malformed": (having(AT_ZERO, "INDEX 01 00:00"), 6, 14),
    "time_unreadable": (having(AT_ZERO, "INDEX 01 noon"), 6, 14),
    "seconds_over_59": (GOOD + track(2, "04:60:00"), 9, 10),
    "frames_over_74": (GOOD + track(2, "04:00:75"), 9, 10),
    "before_track": (having("  TRACK", f"{AT_ZERO}\n  TRACK"), 4, 1),
    "track_before_file": (having(f"FILE {NAME}\n", "") + f"FILE {NAME}", 3, None),
    "unknown_command": (having(AT_ZERO, f"MCN 12\n    {AT_ZERO}"), 6, 5),
    "lower_case": (having("TITLE", "title"), 2, 1),
    "unquoted": (having('"One"', "One"), 5, 11),
    "quote_open": (having('"One"', '"One'), 5, 12),
    "text_after": (having('"One"', '"One" (live)'), 5, 17),
    "repeated": (having('"One"', '"One"\n    TITLE "Two"'), 6, 5),
    "misplaced": (GOOD + "CATALOG 1234567890123", 7, 1),
    "flags_after_index": (GOOD + "FLAGS PRE", 7, 1),
    "file_type_missing": (having(NAME, '"night.wav"'), 3, 1),
    "mode_missing": (having("01 AUDIO", "01"), 4, 3),
    "no_file": (having(f"FILE {NAME}\n", ""), 0, None),
    "no_track": (f"FILE {NAME}", 0, None),
    "no_index": (having(AT_ZERO, ""), 4, None),
    "track_number": (GOOD + track(1, "05:00:00"), 7, None),
    "track_gap": (GOOD + track(3, "05:00:00"), 7, None),
    "index_number": (GOOD + "INDEX 01 01:00:00", 7, None),
    "index_gap": (having(AT_ZERO, "INDEX 02 00:00:00"), 6, None),
    "time_not_rising": (GOOD + SECOND + track(3, "04:59:74"), 12, None),
    "only_index_00": (having("INDEX 01", "INDEX 00"), 4, None),
    "over_99_tracks": (GOOD + MANY, 6 + 3 * 98 + 1, None),
    "over_99_indexes": (GOOD + INDEXES, 6 + 99, None),
    "over_99_minutes": (GOOD + track(2, "99:59:74") + track(3, "100:00:00"), 12, None),
    "catalog_malformed": (f"CATALOG 123\n{GOOD}", 1, None),
    "isrc_malformed": (having("    INDEX", "    ISRC 123\n    INDEX"), 6, None),
    "flag_unknown": (having("    INDEX", "    FLAGS PRE LOUD\n    INDEX"), 6, None),
    "not_audio": (having("AUDIO", "MODE1/2352"), 4, None),
    "file_type_unknown": (having(NAME, '"night.flac" FLAC'), 3, None),
    "file_type_mismatch": (having(NAME, '"night.mp3" WAVE'), 3, None),
    "first_index_not_zero": (having("00:00:00", "00:10:00"), 6, None),
    "title_missing": (having('    TITLE "One"\n', ""), 4, None),
    "performer_missing": (having('PERFORMER "DJ"\n', ""), 3, None),
    "track_short": (GOOD + track(2, "00:03:74"), 6, None),
    "duplicate_start": (GOOD + SECOND + track(3, "05:00:00"), 12, None),
    "hours": (f'REM RECORDED_BY "rekordbox-dj"\n{RUNNING}', 0, None),
    "hours_suspected": (RUNNING, 9, None),
    "flac_malformed": (having("  TRACK", "REM FLAC__lead-in soon\n  TRACK"), 0, None),
}
#: What depends on more than the sheet.
ASKED = {"beyond_audio", "unsafe_file_name"}


def test_nothing_is_wrong_with_a_good_sheet() -> None:
    assert read(GOOD + SECOND).findings == ()


def test_each_finding_is_tried() -> None:
    assert TOLD.keys() | ASKED == KINDS.keys()


@pytest.mark.parametrize("code", TOLD)
def test_it_is_told_where_it_stands(code: str) -> None:
    source, line, column = TOLD[code]
    told = [finding for finding in read(source).findings if finding.code == code]
    assert [(finding.line, finding.column) for finding in told] == [(line, column)]
    assert told[0].severity == KINDS[code].severity


@pytest.mark.parametrize("code", sorted(OF_SHEET.keys() & TOLD.keys()))
def test_what_concerns_the_sheet_is_found_without_its_text(code: str) -> None:
    told = judge(read(TOLD[code][0]).sheet)
    assert code in {finding.code for finding in told}
    assert {finding.line for finding in told} == {0}


@pytest.mark.parametrize("code", sorted(OF_SHEET.keys() & TOLD.keys() - {"no_file", "hours"}))
def test_what_concerns_the_sheet_survives_writing_and_reading(code: str) -> None:
    assert code in {finding.code for finding in read(write(read(TOLD[code][0]).sheet)).findings}


@pytest.mark.parametrize("code", TOLD)
def test_only_errors_make_a_sheet_invalid(code: str) -> None:
    reading = read(TOLD[code][0])
    assert reading.valid == all(finding.severity == "warning" for finding in reading.findings)


def told(text: str, *codes: str, audio_ms: int | None = None, served: bool = False) -> list[tuple[str, int]]:
    found = read(text, audio_ms=audio_ms, served=served).findings
    return [(finding.code, finding.line) for finding in found if finding.code in codes]


# -- with the audio --


@pytest.mark.parametrize(
    ("audio_ms", "expected"),
    [
        (600_000, []),
        (303_980, [("track_short", 9)]),
        (300_000, [("beyond_audio", 9)]),
        (0, [("beyond_audio", 6), ("beyond_audio", 9)]),
    ],
)
def test_tracks_begin_within_the_audio(audio_ms: int, expected: list[tuple[str, int]]) -> None:
    assert told(GOOD + SECOND, "beyond_audio", "track_short", audio_ms=audio_ms) == expected


def test_the_length_of_one_of_several_files_is_nobodys() -> None:
    assert told(GOOD + 'FILE "b.wav" WAVE\n' + SECOND, "beyond_audio", audio_ms=1) == []


# -- to be served --


@pytest.mark.parametrize(
    "name", ["../x.wav", "/etc/x", r"\\host\x.wav", r"sub\x.wav", "C:x.wav", "..", ".", "", "a/b.wav"]
)
def test_what_is_served_names_no_other_place(name: str) -> None:
    text = having("night.wav", name)
    assert told(text, "unsafe_file_name", served=True) == [("unsafe_file_name", 3)]
    assert told(text, "unsafe_file_name") == []


@pytest.mark.parametrize("name", ["x.wav", "...wav", "AC: DC.wav", "a b.flac", "é.mp3"])
def test_a_plain_name_is_served(name: str) -> None:
    assert told(having("night.wav", name), "unsafe_file_name", served=True) == []


# -- numbers --


NUMBERS = {"track_number", "track_gap", "index_number", "index_gap", "over_99_indexes"}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((7, 8), []),
        ((0, 1), ["track_number"]),
        ((1, 1), ["track_number"]),
        ((2, 1, 3), ["track_number", "track_gap"]),
        ((1, 3, 4), ["track_gap"]),
    ],
)
def test_tracks_rise_and_a_hole_is_less_bad(numbers: tuple[int, ...], expected: list[str]) -> None:
    tracks = tuple(Track(number=number, indexes=(Index(1, place * 9999),)) for place, number in enumerate(numbers))
    found = codes(judge(Sheet(files=(File("a.wav"),), tracks=tracks)))
    assert [code for code in found if code in NUMBERS] == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((0, 1, 2), []),
        ((1, 1), ["index_number"]),
        ((1, 0), ["index_number"]),
        ((2, 3), ["index_gap"]),
        ((1, 3, 4), ["index_gap"]),
        ((0, 2), ["index_gap"]),
        (tuple(range(102)), ["over_99_indexes", "over_99_indexes"]),
        ((1, 100), ["index_gap", "over_99_indexes"]),
    ],
)
def test_indexes_rise_from_00_or_01_to_99(numbers: tuple[int, ...], expected: list[str]) -> None:
    assert [code for code in codes(judge(indexed(*numbers))) if code in NUMBERS] == expected


def indexed(*numbers: int) -> Sheet:
    indexes = tuple(Index(number, place * 400) for place, number in enumerate(numbers))
    return Sheet(files=(File("a.wav"),), tracks=(Track(number=1, indexes=indexes),))


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def test_what_has_no_file_at_all_is_not_said_to_have_it_too_late() -> None:
    assert told(having(f"FILE {NAME}\n", "") + SECOND, "no_file", "track_before_file") == [("no_file", 0)]


# -- times --


def test_each_file_counts_from_its_own_beginning() -> None:
    text = GOOD + 'FILE "b.wav" WAVE\n' + track(2, "00:00:00") + 'FILE "c.wav" WAVE\n' + track(3, "00:00:00")
    assert told(text, "time_not_rising", "duplicate_start", "track_short", "first_index_not_zero") == []


def test_two_indexes_of_a_track_are_never_at_once() -> None:
    text = having(AT_ZERO, "INDEX 00 00:00:00\n    INDEX 01 00:00:00")
    assert told(text, "time_not_rising", "duplicate_start") == [("time_not_rising", 7)]


def test_a_performer_of_the_sheet_is_that_of_its_tracks() -> None:
    nameless = having('PERFORMER "DJ"\n', "")
    assert told(nameless.replace('"One"', '"One"\n    PERFORMER "A"'), "performer_missing") == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("FLAC__lead-in 88200", []),
        ("FLAC__lead-out 170 211680000", []),
        ("FLAC__lead-out 255 1234567", []),
        ("FLAC__lead-in 88201", [("flac_malformed", 7)]),
        ("FLAC__lead-out 170 211680001", [("flac_malformed", 7)]),
        ("FLAC__lead-out 99 211680000", [("flac_malformed", 7)]),
        ("FLAC__lead-out 170", [("flac_malformed", 7)]),
    ],
)
def test_what_flac_writes_is_right_in_frames_of_588_samples(written: str, expected: list[tuple[str, int]]) -> None:
    assert told(f"{GOOD}{SECOND}REM {written}\n", "flac_malformed") == expected


@pytest.mark.parametrize("isrc", ["ABCDE1234567", '"AB-CDE-12-34567"', "000000000000"])
def test_isrc_is_written_in_several_ways(isrc: str) -> None:
    assert told(having("    INDEX", f"    ISRC {isrc}\n    INDEX"), "isrc_malformed") == []


# -- how it is told --


def test_a_kind_is_told_so_many_times_and_no_more() -> None:
    found = read("NONSENSE\n" * (OF_A_KIND_MAX * 3) + "INDEX 01 00:00:00").findings
    assert (codes(found).count("unknown_command"), codes(found).count("before_track")) == (OF_A_KIND_MAX, 1)


def test_a_sentence_shows_a_beginning_of_what_is_long() -> None:
    assert all(len(finding.message) < 250 for finding in read('TITLE "' + "x" * 10_000 + "\n" + "y" * 10_000).findings)


def test_a_column_is_that_of_the_value_and_not_of_a_command_that_has_the_same_letters() -> None:
    found = read(f"{GOOD}  index x 00:10:00\n  title again").findings
    assert [(each.code, each.column) for each in found if each.line > 6] == [
        ("lower_case", 3),
        ("number_malformed", 9),
        ("repeated", 3),
    ]


def test_findings_go_down_the_sheet() -> None:
    found = read(having("TITLE", "title") + track(7, "0:0") + "MCN 1\nFLAGS X").findings
    assert [finding.line for finding in found] == sorted(finding.line for finding in found)


def test_a_word_of_another_tool_is_told_what_it_is_here() -> None:
    (message,) = [finding.message for finding in read(GOOD + "UPC_EAN 1").findings]
    assert message == "“UPC_EAN” is no command of CUE sheets, CATALOG is; it was passed over."
