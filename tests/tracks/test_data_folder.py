"""Track data files on the disk: their names, their time, and what a sweep leaves."""

import asyncio
import gzip
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api_queue.errors import UnknownDataFile
from api_queue.tracks import tasks
from api_queue.tracks.data_folder import KEPT_MS, DataFolder
from api_queue.tracks.models import EVERYTHING, Track
from tests.tracks.conftest import Shelf
from tests.tracks.flacs import song
from tests.tracks.test_full_text import track

NOW = 1_700_000_000_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def folder(data: Path) -> DataFolder:
    return DataFolder(data)


async def tracks(*titles: str) -> AsyncIterator[Track]:
    for title in titles:
        yield track(title)


def names(data: Path) -> set[str]:
    return {path.name for path in data.iterdir()}


def age(path: Path, at_ms: int) -> None:
    os.utime(path, ns=(at_ms * 1_000_000,) * 2)


async def test_a_name_is_the_hash_of_what_is_in_it(folder: DataFolder) -> None:
    data_hash = await folder.write(tracks("One", "Two"))
    plain, gzipped = folder.paths(data_hash)
    content = plain.read_bytes()
    assert hashlib.sha256(content).hexdigest().startswith(data_hash)
    assert gzip.decompress(gzipped.read_bytes()) == content


async def test_the_same_tracks_are_the_same_bytes_compressed_too(folder: DataFolder, tmp_path: Path) -> None:
    other = DataFolder(tmp_path / "another server")
    first, second = await folder.write(tracks("One", "Two")), await other.write(tracks("One", "Two"))
    assert [path.read_bytes() for path in folder.paths(first)] == [path.read_bytes() for path in other.paths(second)]


async def test_another_track_or_another_order_is_another_file(folder: DataFolder) -> None:
    hashes = [await folder.write(tracks(*titles)) for titles in (["One", "Two"], ["Two", "One"], ["One"], [])]
    assert len(set(hashes)) == 4


async def test_writers_at_once_leave_whole_files_and_no_drafts(folder: DataFolder, data: Path) -> None:
    hashes = await asyncio.gather(*(folder.write(tracks("One")) for _ in range(8)))
    assert len(set(hashes)) == 1
    assert names(data) == {path.name for path in folder.paths(hashes[0])}


@pytest.mark.parametrize("name", ["", "../secret", "A" * 32, "g" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n", "٣" * 32])
def test_what_cannot_be_a_hash_is_no_path(folder: DataFolder, name: str) -> None:
    with pytest.raises(UnknownDataFile):
        folder.paths(name)


async def test_a_file_of_which_half_is_gone_is_not_there(folder: DataFolder) -> None:
    """Then it is written anew, and both halves with it."""
    data_hash = await folder.write(tracks("One"))
    assert folder.use(data_hash, NOW)
    folder.paths(data_hash)[1].unlink()
    assert not folder.use(data_hash, NOW)
    assert await folder.write(tracks("One")) == data_hash
    assert folder.use(data_hash, NOW)


@pytest.mark.parametrize(("later_ms", "there"), [(KEPT_MS, True), (KEPT_MS + 1, False)])
async def test_it_stays_for_a_day_after_its_last_use(folder: DataFolder, later_ms: int, there: bool) -> None:
    data_hash = await folder.write(tracks("One"))
    folder.use(data_hash, NOW)
    folder.sweep(NOW + later_ms, keep="another")
    assert folder.use(data_hash, NOW) is there


async def test_the_one_of_all_tracks_stays_however_old(folder: DataFolder) -> None:
    data_hash = await folder.write(tracks("One"))
    folder.use(data_hash, NOW)
    folder.sweep(NOW + 100 * KEPT_MS, keep=data_hash)
    assert folder.use(data_hash, NOW)


def test_a_draft_of_a_process_that_was_killed_goes_a_day_later(folder: DataFolder, data: Path) -> None:
    data.mkdir()
    for name, at_ms in (("draft-old", NOW - KEPT_MS - 1), ("draft-under-way", NOW)):
        (data / name).write_bytes(b"half")
        age(data / name, at_ms)
    folder.sweep(NOW, keep="x")
    assert names(data) == {"draft-under-way"}


def test_a_draft_that_gets_its_name_during_a_sweep_stops_nothing(folder: DataFolder, data: Path) -> None:
    # Given a name with nothing behind it, as between the listing and the look
    data.mkdir()
    (data / "draft-renamed").symlink_to(data / "gone")
    (data / "draft-old").write_bytes(b"half")
    age(data / "draft-old", NOW - KEPT_MS - 1)
    # When it is swept, then what is old goes all the same
    folder.sweep(NOW, keep="x")
    assert "draft-old" not in names(data)


# -- what a scan makes of it -----------------------------------------------------------------------------------


async def test_a_library_that_is_built_anew_has_the_same_file(shelf: Shelf) -> None:
    # Given the file of a library
    for title in "abc":
        song(title, "X", GENRE="Rock").write(shelf.music / f"{title}.flac")
    await shelf.scan()
    before = await shelf.files.data_file(EVERYTHING)
    # When every file is gone, and all come back under other names, newest first
    for path in sorted(shelf.music.iterdir()):
        path.rename(shelf.music.parent / path.name)
    await shelf.scan()
    assert await shelf.files.data_file(EVERYTHING) != before
    for title in "cba":
        (shelf.music.parent / f"{title}.flac").rename(shelf.music / f"again-{title}.flac")
        await shelf.scan()
    # Then it is the same to the letter
    assert await shelf.files.data_file(EVERYTHING) == before


@pytest.mark.parametrize("batch", [1, 2, 3, 5, 7])
async def test_the_size_of_a_batch_makes_no_other_library(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(tasks, "BATCH", batch)
    for number in range(5):
        song(f"{number}").write(shelf.music / f"{number}.flac")
    (shelf.music / "bad.flac").write_bytes(b"bad")
    report = await shelf.scan()
    assert (report.files, report.read, report.tracks, len(report.faults)) == (6, 6, 5, 1)
    assert await shelf.titles() == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("stop_at", [1, 2, 3])
async def test_what_a_scan_could_not_store_the_next_one_reads(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    # Given a scan by single files that cannot store more than a few
    monkeypatch.setattr(tasks, "BATCH", 1)
    for title in "abcd":
        song(title).write(shelf.music / f"{title}.flac")
    write, written = shelf.store.write, 0

    async def breaking(readings: object) -> None:
        nonlocal written
        if written == stop_at:
            raise KeyError("the disk is full")
        await write(readings)  # type: ignore[arg-type]  # handed through
        written += 1

    monkeypatch.setattr(shelf.store, "write", breaking)
    assert len((await shelf.scan()).failed) == 4 - stop_at
    assert await shelf.store.count() == stop_at
    # When it is started again
    monkeypatch.setattr(shelf.store, "write", write)
    report = await shelf.scan()
    # Then only the rest is read
    assert (report.read, report.tracks) == (4 - stop_at, 4)
    assert await shelf.titles() == ["a", "b", "c", "d"]
