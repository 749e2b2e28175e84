"""One sheet that has everything, as each variant has it, line by line."""

import pytest

from api_queue.formats.cue.conversion import convert
from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Track
from api_queue.formats.cue.variants import VARIANTS, VariantName
from api_queue.formats.cue.writing import write

RICH = Sheet(
    files=(File("/music/set.flac", "FLAC"),),
    tracks=(
        Track(
            number=1,
            title='One "Live"',
            isrc="USRC17607839",
            flags=("DCP", "SCMS"),
            pregap=150,
            indexes=(Index(1, 0),),
            remarks=(Remark("BPM", "128"), Remark("ENERGY", "7"), Remark("LABEL", "Own")),
        ),
        Track(number=2, title="Two", performer="Band", indexes=(Index(0, 4400), Index(1, 4500)), postgap=75),
    ),
    title="Night",
    performer="DJ",
    remarks=(Remark("GENRE", "House"), Remark("COMMENT", "at home"), Remark("", "free")),
)
#: Every variant says these of it.
ALWAYS = (
    "Quotes, control characters and a backslash at the end of a text are replaced: track 1.",
    "A FILE is written by its name alone, without its folder.",
    "The type of a FILE FLAC is written as players know it: WAVE, MP3 or AIFF.",
)
GOLDEN: dict[VariantName, str] = {
    "standard": """\
REM GENRE "House"
REM COMMENT "at home"
REM free
PERFORMER "DJ"
TITLE "Night"
FILE "set.flac" WAVE
  TRACK 01 AUDIO
    FLAGS DCP SCMS
    TITLE "One 'Live'"
    ISRC USRC17607839
    REM BPM 128
    REM ENERGY 7
    REM LABEL "Own"
    PREGAP 00:02:00
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Two"
    PERFORMER "Band"
    INDEX 00 00:58:50
    INDEX 01 01:00:00
    POSTGAP 00:01:00
""",
    "cdj": """\
REM GENRE "House"
PERFORMER "DJ"
TITLE "Night"
FILE "set.flac" WAVE
  TRACK 01 AUDIO
    FLAGS DCP
    TITLE "One 'Live'"
    ISRC USRC17607839
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Two"
    PERFORMER "Band"
    INDEX 00 00:58:50
    INDEX 01 01:00:00
""",
    "traktor": """\
REM GENRE "House"
REM COMMENT "at home"
REM free
PERFORMER "DJ"
TITLE "Night"
FILE "set.flac" WAVE
  TRACK 01 AUDIO
    TITLE "One 'Live'"
    REM BPM 128
    REM ENERGY 7
    REM LABEL "Own"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Two"
    PERFORMER "Band"
    INDEX 00 00:58:50
    INDEX 01 01:00:00
""",
    "serato": """\
REM GENRE "House"
REM COMMENT "at home"
PERFORMER "DJ"
TITLE "Night"
FILE "set.flac" WAVE
  TRACK 01 AUDIO
    TITLE "One 'Live'"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Two"
    PERFORMER "Band"
    INDEX 00 00:58:50
    INDEX 01 01:00:00
""",
    "rekordbox": """\
REM GENRE "House"
REM COMMENT "at home"
PERFORMER "DJ"
TITLE "Night"
FILE "set.flac" WAVE
  TRACK 01 AUDIO
    TITLE "One 'Live'"
    ISRC USRC17607839
    REM BPM 128
    REM LABEL "Own"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Two"
    PERFORMER "Band"
    INDEX 00 00:58:50
    INDEX 01 01:00:00
""",
    "kodi": """\
REM GENRE "House"
REM COMMENT "at home"
REM DISCNUMBER 1
PERFORMER "DJ"
TITLE "Night"
FILE "set.flac" WAVE
  TRACK 01 AUDIO
    FLAGS DCP
    TITLE "One 'Live'"
    ISRC USRC17607839
    PREGAP 00:02:00
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Two"
    PERFORMER "Band"
    INDEX 00 00:58:50
    INDEX 01 01:00:00
    POSTGAP 00:01:00
""",
}
NOTES: dict[VariantName, tuple[str, ...]] = {
    "standard": (),
    "cdj": (
        "PREGAP and POSTGAP are left out: tracks 1, 2.",
        "FLAGS are left out but DCP, PRE: track 1.",
        "REM lines are left out but GENRE, DATE: COMMENT, free text, BPM, ENERGY, LABEL.",
    ),
    "traktor": (
        "PREGAP and POSTGAP are left out: tracks 1, 2.",
        "ISRC is left out: track 1.",
        "FLAGS are left out: track 1.",
    ),
    "serato": (
        "PREGAP and POSTGAP are left out: tracks 1, 2.",
        "ISRC is left out: track 1.",
        "FLAGS are left out: track 1.",
        "REM lines are left out but COMMENT, GENRE, DATE, DISCID: free text, BPM, ENERGY, LABEL.",
    ),
    "rekordbox": (
        "PREGAP and POSTGAP are left out: tracks 1, 2.",
        "FLAGS are left out: track 1.",
        "REM lines are left out but GENRE, DATE, BPM, KEY, LABEL, YEAR, COMMENT: free text, ENERGY.",
    ),
    "kodi": (
        "FLAGS are left out but DCP, PRE: track 1.",
        "REM lines are left out but DISCNUMBER, TOTALDISCS, GENRE, DATE, DISCID, COMMENT, ALBUMARTIST, "
        "COMPILATION, REPLAYGAIN_ALBUM_GAIN, REPLAYGAIN_ALBUM_PEAK, REPLAYGAIN_TRACK_GAIN, "
        "REPLAYGAIN_TRACK_PEAK: free text, BPM, ENERGY, LABEL.",
    ),
}


@pytest.mark.parametrize("name", list(VARIANTS))
def test_a_variant_line_by_line(name: VariantName) -> None:
    changed = convert(RICH, VARIANTS[name])
    assert write(changed.sheet) == GOLDEN[name].replace("\n", "\r\n")
    assert changed.notes == (*ALWAYS, *NOTES[name])
