"""What we write, opened by programs that others wrote: same count of tracks, same titles, same starts.

The set is over two hours long, and its texts hold what breaks readers. docs/decisions/0017 has what they do not read.
"""

import ctypes
import ctypes.util
import json
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from api_queue.formats.cue.conversion import convert
from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Track
from api_queue.formats.cue.times import format_msf
from api_queue.formats.cue.variants import VARIANTS, Variant, VariantName
from api_queue.formats.cue.writing import encode
from tests.tools import needs

TITLES = ['Say "Hi" & <go>', "Ночь – 夜", "שלום", "AC\\DC, back\\", "INDEX 01 00:00:00", "it's 100% #1", "", "🎧 عربي"]
STEP = 15 * 60 * 75 + 37


def track(number: int) -> Track:
    """A quarter of an hour, with a gap before it that is in the file."""
    start = (number - 1) * STEP
    gap = (Index(0, start - 150),) if number > 1 else ()
    title = TITLES[(number - 1) % len(TITLES)] + f" {number}"
    remarks = (Remark("BPM", "128"), Remark("KEY", "8A"), Remark("COMMENT", "ж\\"))
    return Track(
        number=number,
        title=title,
        performer="Ünïcode / 曲",
        isrc="USRC17607839",
        flags=("DCP", "PRE"),
        indexes=(*gap, Index(1, start)),
        remarks=remarks,
    )


HEAD = (
    Remark("GENRE", "Deep House"),
    Remark("DATE", "2024"),
    Remark("COMMENT", "longer than VLC looks " * 120),
    Remark("", "free: 'x'"),
)
SHEET = Sheet(
    files=(File("set.flac", "FLAC"),),
    tracks=tuple(map(track, range(1, 10))),
    title='A "Night"',
    performer="DJ Ω",
    songwriter="W",
    catalog="1234567890123",
    remarks=HEAD,
)
MANY = replace(SHEET, tracks=tuple(Track(number=n, title=f"T{n}", indexes=(Index(1, n * 4500),)) for n in range(121)))
BIG: dict[str, Sheet] = {
    **{name: convert(SHEET, variant).sheet for name, variant in VARIANTS.items()},
    "many": convert(MANY, VARIANTS["traktor"]).sheet,
}


def said_by(*command: str | Path) -> str:
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=60).stdout.decode()


def titles(sheet: Sheet) -> list[str | None]:
    return [track.title for track in sheet.tracks]


def starts(sheet: Sheet) -> list[int]:
    return [track.start.frames for track in sheet.tracks if track.start]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each sheet beside 140 minutes of silence, so few samples a second that they are made at once."""
    place = tmp_path_factory.mktemp("cue")
    silence = ("-f", "lavfi", "-i", "anullsrc=r=1500:cl=mono", "-t", str(140 * 60))
    said_by(needs("ffmpeg"), "-v", "error", *silence, place / "set.flac")
    for name, sheet in BIG.items():
        (place / f"{name}.cue").write_bytes(encode(sheet))
    return place


@pytest.mark.parametrize("variant", list(VARIANTS.values()), ids=lambda v: v.name)
def test_cuetools_read_it(folder: Path, variant: Variant) -> None:
    sheet, file = BIG[variant.name], folder / f"{variant.name}.cue"
    printed = said_by(needs("cueprint", "cuetools"), "-d", "%N|%T|%P\\n", "-t", "%n|%t|%p\\n", file)
    rows = [f"{track.number}|{track.title}|{track.performer}" for track in sheet.tracks]
    assert printed.splitlines() == [f"{len(rows)}|{sheet.title}|{sheet.performer}", *rows]
    points = said_by(needs("cuebreakpoints", "cuetools"), file).split()
    assert points == [_point(frames) for frames in starts(sheet)[1:]]


def _point(frames: int) -> str:
    """cuebreakpoints writes `m:ss.ff`."""
    minutes, seconds, rest = format_msf(frames).split(":")
    return f"{int(minutes)}:{seconds}.{rest}"


@pytest.fixture(scope="module")
def in_mpv(folder: Path) -> dict[str, list[tuple[str, float]]]:
    """Title and start of each chapter, as one mpv tells them of one sheet after the other."""
    told = "--term-playing-msg=${filename/no-ext} ${=chapter-list}"
    quiet = ("--no-config", "--ao=null", "--vo=null", "--end=0.01", "--msg-level=all=error,term-msg=info")
    printed = said_by(needs("mpv"), *quiet, told, *(folder / f"{name}.cue" for name in BIG))
    lines = [line.split(" ", 1) for line in printed.splitlines() if "[{" in line]
    return {name: [(one["title"], one["time"]) for one in json.loads(chapters)] for name, chapters in lines}


@pytest.mark.parametrize("name", list(BIG))
def test_mpv_reads_it_with_more_than_99_tracks_too(in_mpv: dict[str, list[tuple[str, float]]], name: str) -> None:
    sheet, chapters = BIG[name], in_mpv[name]
    assert [title for title, _ in chapters] == titles(sheet)
    assert [time for _, time in chapters] == pytest.approx([frames / 75 for frames in starts(sheet)], abs=1e-5)


@pytest.mark.parametrize("name", list(BIG))
def test_flac_takes_it_in_and_ffprobe_finds_each_track(folder: Path, tmp_path: Path, name: str) -> None:
    """ffmpeg reads no sheet, but the block that metaflac makes of one; a chapter begins at the first INDEX."""
    flac = tmp_path / "set.flac"
    flac.write_bytes((folder / "set.flac").read_bytes())
    said_by(needs("metaflac", "flac"), f"--import-cuesheet-from={folder / name}.cue", flac)
    printed = said_by(needs("ffprobe", "ffmpeg"), "-v", "error", "-show_chapters", "-of", "json", flac)
    begun = [float(chapter["start_time"]) for chapter in json.loads(printed)["chapters"]]
    assert begun == pytest.approx([track.indexes[0].frames / 75 for track in BIG[name].tracks], abs=1e-5)


@pytest.mark.parametrize("name", list(VARIANTS))
def test_libcue_reads_it(libcue: ctypes.CDLL, folder: Path, name: VariantName) -> None:
    sheet = BIG[name]
    disc = libcue.cue_parse_string((folder / f"{name}.cue").read_bytes())
    tracks = [libcue.cd_get_track(disc, n) for n in range(1, libcue.cd_get_ntrack(disc) + 1)]
    assert [libcue.track_get_start(one) for one in tracks] == starts(sheet)
    assert [libcue.cdtext_get(0, libcue.track_get_cdtext(one)).decode() for one in tracks] == titles(sheet)
    libcue.cd_delete(disc)


@pytest.fixture(scope="module")
def libcue() -> ctypes.CDLL:
    library = ctypes.CDLL(ctypes.util.find_library("cue") or needs("libcue.so.2", "libcue2"))
    handle, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    library.cue_parse_string.restype, library.cue_parse_string.argtypes = handle, [text]
    library.cd_get_ntrack.argtypes = library.cd_delete.argtypes = [handle]
    library.cd_get_track.restype, library.cd_get_track.argtypes = handle, [handle, number]
    library.track_get_start.restype, library.track_get_start.argtypes = ctypes.c_long, [handle]
    library.track_get_cdtext.restype, library.track_get_cdtext.argtypes = handle, [handle]
    library.cdtext_get.restype, library.cdtext_get.argtypes = text, [number, handle]
    return library
