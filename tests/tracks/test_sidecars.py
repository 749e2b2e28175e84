"""Which files beside a track are shown with it, however they are called, and that they come and go with scans."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from watchfiles import Change

from api_queue.errors import FileGone
from api_queue.tracks.models import Track
from api_queue.tracks.sidecars import SIDECARS_MAX, SidecarsOf, are_subtitles
from api_queue.tracks.watch import is_of_music
from tests.tracks.conftest import Shelf
from tests.tracks.flacs import song

LINES = json.dumps([{"start": 1.0, "end": 2.5, "text": "la", "top": False}])
WEBM = b"\x1aE\xdf\xa3 a video"


async def scanned(shelf: Shelf, *names: str, music: str = "song.flac") -> Track:
    song("Song").write(shelf.music / music)
    for name in names:
        (shelf.music / name).write_bytes(LINES.encode() if name.endswith(".json") else WEBM)
    await shelf.scan()
    [track] = await shelf.tracks()
    return track


# -- names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("song.webm", ".webm"),
        ("song.vtt", ".vtt"),
        ("song.Vocal.webm", ".Vocal.webm"),
        ("song.off-vocal_2.json", ".off-vocal_2.json"),
        (f"song.{'v' * 32}.webm", f".{'v' * 32}.webm"),
    ],
)
def test_it_has_the_name_of_its_track(name: str, ending: str) -> None:
    assert SidecarsOf(["song.flac", name], ".flac")("song.flac") == (ending,)


@pytest.mark.parametrize(
    "name",
    [
        "song.mp4",
        "song.webm.exe",
        "songs.webm",
        "song..webm",
        "song.a b.webm",
        "song.été.webm",
        "song.٣.webm",
        "song.a.b.webm",
        "song.x\n.webm",
        f"song.{'v' * 33}.webm",
    ],
)
def test_any_other_name_is_none_of_its(name: str) -> None:
    assert SidecarsOf(["song.flac", name], ".flac")("song.flac") == ()


def test_what_has_the_whole_name_of_another_track_is_that_ones() -> None:
    sidecars = SidecarsOf(["song.flac", "song.live.FLAC", "song.live.webm", "song.live.Vocal.webm"], ".flac")
    assert (sidecars("song.flac"), sidecars("song.live.FLAC")) == ((), (".Vocal.webm", ".webm"))


def test_of_a_heap_only_so_many() -> None:
    names = [f"song.{number}.webm" for number in range(2 * SIDECARS_MAX)]
    assert len(SidecarsOf(["song.flac", *names], ".flac")("song.flac")) == SIDECARS_MAX


@given(st.lists(st.text(max_size=20)))
def test_of_whatever_names_each_ending_makes_one_of_them(names: list[str]) -> None:
    folder = [*names, *(f"{name}.flac" for name in names), *(f"{name}.Vocal.webm" for name in names)]
    sidecars = SidecarsOf(folder, ".flac")
    for name in names:
        assert {f"{name}{ending}" for ending in sidecars(f"{name}.flac")} <= set(folder)


# -- subtitles or something else -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "are"),
    [
        (LINES, True),
        ("[]", False),
        ("{}", False),
        ('[{"start": "1", "end": 2, "text": "la"}]', False),
        ('[{"start": 1, "end": 2}]', False),
        ('{"uploader": "somebody", "webpage_url": "..."}', False),
        ("[" * 100_000, False),
        ("no JSON", False),
        ("\udcff", False),
    ],
)
def test_a_json_of_another_kind_is_not_taken_for_subtitles(content: str, are: bool) -> None:
    assert are_subtitles(content.encode(errors="surrogateescape")) is are


# -- scans -----------------------------------------------------------------------------------------------------


async def test_a_scan_finds_them(shelf: Shelf) -> None:
    track = await scanned(shelf, "song.webm", "song.Vocal.webm", "song.vtt", "song.json")
    assert track.sidecars == (".Vocal.webm", ".json", ".vtt", ".webm")


@pytest.mark.parametrize("file", ["歌 🎤.flac", "a.b.c.flac", "-x 50% #1?.FLAC", "caf\udce9.flac"])
async def test_of_tracks_with_any_name(shelf: Shelf, file: str) -> None:
    name = f"{file[:-5]}.Vocal.webm"
    track = await scanned(shelf, name, music=file)
    assert track.sidecars == (".Vocal.webm",)
    assert await shelf.service.beside(track.track_id, ".Vocal.webm") == shelf.music / name


async def test_a_new_one_is_a_change_and_so_is_one_that_goes(shelf: Shelf) -> None:
    # Given a track that was scanned
    await scanned(shelf)
    before = await shelf.library.version()
    # When a video comes, and goes
    told = []
    for change in (lambda path: path.write_bytes(WEBM), Path.unlink):
        change(shelf.music / "song.webm")
        await shelf.scan()
        told.append(((await shelf.tracks())[0].sidecars, await shelf.library.version()))
    # Then each is a version of its own
    assert told == [((".webm",), before + 1), ((), before + 2)]


@pytest.mark.parametrize("name", ["song.webm", "song.Vocal.vtt", "song.json"])
def test_the_watch_looks_at_them(shelf: Shelf, name: str) -> None:
    assert is_of_music(Change.modified, f"{shelf.music / name}")


async def test_a_json_of_a_downloader_stays_shut(shelf: Shelf) -> None:
    (shelf.music / "song.info.json").write_text('{"uploader": "somebody"}')
    assert (await scanned(shelf)).sidecars == ()


async def test_a_link_is_none(shelf: Shelf) -> None:
    """However it is called: what it leads to may be somebody's letters."""
    (shelf.music.parent / "letters").write_text(LINES)
    for name in ("song.webm", "song.json"):
        (shelf.music / name).symlink_to(shelf.music.parent / "letters")
    assert (await scanned(shelf)).sidecars == ()


async def test_a_file_that_became_a_link_or_a_folder_is_gone(shelf: Shelf) -> None:
    track = await scanned(shelf, "song.webm", "song.vtt")
    for name in ("song.webm", "song.vtt"):
        (shelf.music / name).unlink()
    (shelf.music / "song.webm").symlink_to("song.flac")
    (shelf.music / "song.vtt").mkdir()
    for ending in track.sidecars:
        with pytest.raises(FileGone):
            await shelf.service.beside(track.track_id, ending)


async def test_a_pipe_keeps_no_scan_waiting(shelf: Shelf) -> None:
    os.mkfifo(shelf.music / "song.json")
    assert (await scanned(shelf)).sidecars == ()
