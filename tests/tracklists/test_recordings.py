"""Which recordings can be named, and that nobody learns which other files there are."""

import os
from pathlib import Path
from typing import cast

import pytest

from api_queue.errors import BadAudioFile, FileGone, TrackNotFound
from api_queue.tracklists.recordings import LibraryRecordings
from api_queue.tracks.models import Part, Track
from api_queue.tracks.service import TrackService
from api_queue.tracks.walk import is_inside
from api_queue.types import Milliseconds, TrackId
from tests.tracks.flacs import Flac


class Tracks:
    """Of tracks.service.TrackService what recordings ask: one track that lies at `path`, and a part of it."""

    def __init__(self, path: Path) -> None:
        self.path: Path | None = path
        plain = {"title": "Set", "duration_ms": Milliseconds(7_200_000), "sample_rate": 44_100, "channels": 2}
        whole = Track(track_id=TrackId("night"), alias="Night", **plain)  # type: ignore[arg-type]  # by their names
        place = Part(TrackId("night"), Milliseconds(0), Milliseconds(60_000))
        part = Track(track_id=TrackId("part"), alias="Part", part_of=place, **plain)  # type: ignore[arg-type]
        self.known = {"night": whole, "Night": whole, "part": part}

    async def track(self, name: str) -> Track:
        if name not in self.known:
            raise TrackNotFound(track_id=name)
        return self.known[name]

    async def path_of(self, _name: str) -> Path:
        if self.path is None:
            raise FileGone
        return self.path


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    Flac(seconds=95.5).write(folder / "sets" / "night.flac")
    (folder / "notes.txt").write_text("no music")
    (tmp_path / "secret.flac").write_bytes(bytes(Flac()))
    return folder


@pytest.fixture
def tracks(music: Path) -> Tracks:
    return Tracks(music / "sets" / "night.flac")


@pytest.fixture
def recordings(tracks: Tracks, music: Path) -> LibraryRecordings:
    return LibraryRecordings(cast("TrackService", tracks), [music])


@pytest.mark.parametrize("name", ["night", "Night", "part"])
async def test_a_track_is_named_by_its_id_or_alias_and_a_part_is_all_of_it(
    recordings: LibraryRecordings, name: str
) -> None:
    found = await recordings.recording(name)
    assert (found.name, found.duration_ms, found.track_id) == ("night.flac", 7_200_000, "night")


async def test_a_file_is_named_by_its_path(recordings: LibraryRecordings, music: Path) -> None:
    for name in (f"{music}/sets/night.flac", "sets/night.flac", "sets/../sets//night.flac"):
        found = await recordings.recording(name)
        assert (found.name, found.duration_ms, found.track_id) == ("night.flac", 95_500, None)


async def test_a_folder_may_be_named_as_the_operator_wrote_it(tracks: Tracks, music: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(music)
    recordings = LibraryRecordings(cast("TrackService", tracks), [music], [link])
    assert (await recordings.recording(f"{link}/sets/night.flac")).name == "night.flac"


async def test_a_name_that_is_no_text_is_written_as_answers_write_it(
    recordings: LibraryRecordings, music: Path
) -> None:
    Flac(seconds=10).write(music / os.fsdecode(b"caf\xe9.flac"))
    found = await recordings.recording("caf%E9.flac")
    assert (found.name, found.duration_ms) == ("caf%E9.flac", 10_000)


async def test_a_file_that_does_not_say_how_long_it_is_has_no_length(recordings: LibraryRecordings) -> None:
    assert (await recordings.recording("notes.txt")).duration_ms is None


async def test_a_link_within_the_library_is_followed(recordings: LibraryRecordings, music: Path) -> None:
    (music / "tonight.flac").symlink_to(music / "sets" / "night.flac")
    assert (await recordings.recording("tonight.flac")).duration_ms == 95_500


@pytest.mark.parametrize(
    "name",
    [
        "../secret.flac",
        "sets/../../secret.flac",
        "{outside}/secret.flac",
        "{outside}/nothing.flac",
        "/etc/passwd",
        "/etc/nothing",
        "link.flac",
        "folder/secret.flac",
        "nothing.flac",
        "sets",
        "",
        ".",
        "..",
        "sets/night.flac\0",
        "\0",
        "x" * 300 + ".flac",
        "a/" * 3000,
        "~/secret.flac",
        "%2e%2e/secret.flac",
        "pipe.flac",
    ],
)
async def test_whatever_else_is_named_gets_the_same_answer(
    recordings: LibraryRecordings, music: Path, name: str
) -> None:
    # Given links that lead out of the library, to a file and to a folder, and a pipe
    (music / "link.flac").symlink_to(music.parent / "secret.flac")
    (music / "folder").symlink_to(music.parent)
    os.mkfifo(music / "pipe.flac")
    # Then nothing tells whether there is such a file
    with pytest.raises(BadAudioFile) as refused:
        await recordings.recording(name.format(outside=music.parent))
    assert refused.value.facts == {}
    assert "secret" not in refused.value.detail


async def test_a_track_whose_file_is_gone_is_no_recording(recordings: LibraryRecordings, tracks: Tracks) -> None:
    tracks.path = None
    with pytest.raises(BadAudioFile):
        await recordings.recording("night")


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that were looked up on the disk."""
    seen: list[str] = []

    def seeing(path: Path, roots: tuple[Path, ...]) -> bool:
        seen.append(f"{path}")
        return is_inside(path, roots)

    monkeypatch.setattr("api_queue.tracklists.recordings.is_inside", seeing)
    return seen


async def test_outside_of_the_library_nothing_is_looked_up(
    recordings: LibraryRecordings, music: Path, looked_up: list[str]
) -> None:
    for name in ("/etc/passwd", "/etc/nothing", "../secret.flac", f"{music}x/night.flac", "%2e%2e/secret.flac"):
        with pytest.raises(BadAudioFile):
            await recordings.recording(name)
    # A name with dots in its code is one of a file like any other, or leads out
    assert all(Path(path).is_relative_to(music) for path in looked_up)
