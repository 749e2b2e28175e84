from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Statement, Track
from api_queue.formats.cue.writing import FILE_WITHIN_BYTES, encode, write

ONE = Track(number=1, title="One", indexes=(Index(1, 0),))
SET = Sheet(files=(File("set.flac"),), tracks=(ONE,))


def lines(sheet: Sheet) -> list[str]:
    return write(sheet).split("\r\n")[:-1]


def test_everything_has_its_place() -> None:
    track = Track(
        number=7,
        title="One",
        performer="Band",
        songwriter="Writer",
        isrc="USRC17607839",
        flags=("DCP", "PRE"),
        pregap=150,
        postgap=75,
        indexes=(Index(0, 74), Index(1, 4500), Index(2, 4501)),
        remarks=(Remark("BPM", "127.5"), Remark("KEY", "8A")),
        others=(Statement("MCN", "12 34"),),
    )
    sheet = Sheet(
        files=(File("set.mp3", "MP3"),),
        tracks=(track,),
        title="A Night",
        performer="DJ",
        songwriter="Nobody",
        catalog="1234567890123",
        cdtextfile="night.cdt",
        remarks=(Remark("GENRE", "House"), Remark("DATE", "2024"), Remark("", "recorded at home")),
        others=(Statement("DISC_ID", "x"),),
    )
    assert lines(sheet) == [
        "CATALOG 1234567890123",
        'CDTEXTFILE "night.cdt"',
        'REM GENRE "House"',
        "REM DATE 2024",
        "REM recorded at home",
        'PERFORMER "DJ"',
        'TITLE "A Night"',
        'SONGWRITER "Nobody"',
        "DISC_ID x",
        'FILE "set.mp3" MP3',
        "  TRACK 07 AUDIO",
        "    FLAGS DCP PRE",
        '    TITLE "One"',
        '    PERFORMER "Band"',
        '    SONGWRITER "Writer"',
        "    ISRC USRC17607839",
        "    REM BPM 127.5",
        '    REM KEY "8A"',
        "    PREGAP 00:02:00",
        "    INDEX 00 00:00:74",
        "    INDEX 01 01:00:00",
        "    INDEX 02 01:00:01",
        "    POSTGAP 00:01:00",
        "    MCN 12 34",
    ]


def test_a_track_may_lie_across_two_files() -> None:
    """Its gap at the end of the file before, as EAC leaves it."""
    two = Track(number=2, indexes=(Index(0, 9000), Index(1, 0, file=1)))
    three = Track(number=3, indexes=(Index(1, 0, file=2),))
    sheet = Sheet(files=tuple(File(f"{n}.wav") for n in range(4)), tracks=(ONE, two, three))
    assert [line.strip() for line in lines(sheet)] == [
        'FILE "0.wav" WAVE',
        "TRACK 01 AUDIO",
        'TITLE "One"',
        "INDEX 01 00:00:00",
        "TRACK 02 AUDIO",
        "INDEX 00 02:00:00",
        'FILE "1.wav" WAVE',
        "INDEX 01 00:00:00",
        'FILE "2.wav" WAVE',
        "TRACK 03 AUDIO",
        "INDEX 01 00:00:00",
        'FILE "3.wav" WAVE',
    ]


def test_minutes_have_no_end_and_tracks_past_99_have_three_digits() -> None:
    late = Track(number=100, indexes=(Index(1, 200 * 60 * 75 + 74),))
    assert lines(Sheet(files=(File("x.wav"),), tracks=(late,)))[1:] == ["  TRACK 100 AUDIO", "    INDEX 01 200:00:74"]


def test_a_text_opens_no_line_and_no_quotes() -> None:
    evil = Track(number=1, title='Say "Hi"\r\nFILE "/etc/passwd" WAVE\x00\x1b\u2028x\ty', indexes=(Index(1, 0),))
    sheet = Sheet(files=(File('a"b\n.wav'),), tracks=(evil,), remarks=(Remark("COMMENT", 'x"\ny'),))
    assert lines(sheet) == [
        'REM COMMENT "x\' y"',
        'FILE "a\'b .wav" WAVE',
        "  TRACK 01 AUDIO",
        "    TITLE \"Say 'Hi' FILE '/etc/passwd' WAVE x y\"",
        "    INDEX 01 00:00:00",
    ]


def test_no_text_ends_with_a_backslash() -> None:
    """cuetools and libcue would take the quote after it for a part of the text, and all that follows too."""
    track = Track(number=1, title="AC\\DC\\", performer="\\\\\x00", indexes=(Index(1, 0),))
    assert lines(Sheet(files=(File("x.wav"),), tracks=(track,)))[2:4] == ['    TITLE "AC\\DC/"', '    PERFORMER "/"']


def test_numbers_dates_and_gains_have_no_quotes() -> None:
    """Kodi reads `"1"` as no number, and FLAC no lead-out."""
    values = ["1987", "2022-10-29", "-7.04 dB", "+0.5", "970A2F0B", "170 588", "2 Step", "", "128 bpm"]
    written = lines(Sheet(remarks=tuple(Remark("K", value) for value in values)))
    bare = [line for line in written if '"' not in line]
    assert bare == ["REM K 1987", "REM K 2022-10-29", "REM K -7.04 dB", "REM K +0.5", "REM K 970A2F0B", "REM K 170 588"]


def test_the_file_is_named_within_the_first_2048_bytes_and_nothing_is_lost() -> None:
    remarks = tuple(Remark("COMMENT", f"{n} {'ж' * 100}") for n in range(30))
    sheet = Sheet(files=(File("set.flac"),), tracks=(ONE,), title="Night", remarks=remarks)
    data = encode(sheet, bom=True)
    assert b'FILE "set.flac" WAVE\r\n' in data[:FILE_WITHIN_BYTES]
    assert data.decode().count("REM COMMENT") == 30
    assert data.index(b"29 ") < data.index(b"TITLE") < data.index(b"TRACK 01")


def test_a_byte_order_mark_comes_only_when_it_is_asked_for() -> None:
    assert encode(SET).startswith(b'FILE "set.flac" WAVE\r\n  TRACK 01')
    assert encode(SET, bom=True) == b"\xef\xbb\xbf" + encode(SET)


def test_a_recording_of_rekordbox_keeps_its_hours() -> None:
    """Its mark stands in the sheet, so that frames would be read as seconds."""
    track = Track(number=1, indexes=(Index(1, (3600 + 62) * 75),))
    sheet = Sheet(files=(File("x.wav"),), tracks=(track,), dialect="rekordbox")
    assert lines(sheet)[-1] == "    INDEX 01 01:01:02"
