import asyncio
import os
import shutil
from asyncio.subprocess import Process
from pathlib import Path

import pytest

from api_queue.tracks import readers
from api_queue.tracks.walk import music_roots
from tests.tracks.conftest import Shelf
from tests.tracks.flacs import JPEG, Flac, song

#: A reader that something happens to at `b.flac`.
READING = """
import os, time
from api_queue.tracks import reading
answer = reading.answer
reading.answer = lambda path, *beside: {what} if path.endswith("b.flac") else answer(path, *beside)
reading.main()
"""


async def test_a_scan_finds_music_in_all_folders(shelf: Shelf) -> None:
    song("One").write(shelf.music / "one.flac")
    song("Two").write(shelf.music / "an album" / "disc 1" / "two.FLAC")
    (shelf.music / "notes.txt").write_text("not music")
    song("Junk of a Mac").write(shelf.music / "._one.flac")

    report = await shelf.scan()

    assert (report.files, report.read, report.forgotten, report.tracks, report.faults) == (2, 2, 0, 2, [])
    assert await shelf.titles() == ["One", "Two"]


async def test_an_unchanged_library_is_not_read_again(shelf: Shelf) -> None:
    # Given a library with a good and a bad file
    song("One").write(shelf.music / "one.flac")
    (shelf.music / "bad.flac").write_bytes(b"bad")
    await shelf.scan()
    version = await shelf.library.version()
    # When it is scanned again
    report = await shelf.scan()
    # Then nothing was read and nobody was told, and the fault is still known
    assert (report.read, len(report.faults)) == (0, 1)
    assert await shelf.library.version() == version


async def test_what_redis_forgot_is_announced_again(shelf: Shelf) -> None:
    song("One").write(shelf.music / "one.flac")
    await shelf.scan()
    before = await shelf.library.announced()
    await shelf.library._redis.call("FLUSHALL")

    await shelf.scan()

    after = await shelf.library.announced()
    assert before
    assert after
    assert (after.hash, after.count) == (before.hash, 1)


# -- changes ---------------------------------------------------------------------------------------------------


async def test_a_moved_file_is_the_same_track(shelf: Shelf) -> None:
    path = song("One").write(shelf.music / "one.flac")
    await shelf.scan()
    [before] = await shelf.tracks()

    path.rename(shelf.music / "first.flac")
    report = await shelf.scan()

    assert (report.read, report.forgotten, report.tracks) == (1, 1, 1)
    assert await shelf.tracks() == [before]


async def test_a_retagged_file_is_the_same_track_under_both_aliases(shelf: Shelf) -> None:
    # Given a track
    path = Flac("tune", {"TITLE": "Old", "ARTIST": "A", "GENRE": "rock"}).write(shelf.music / "one.flac")
    await shelf.scan()
    [before] = await shelf.tracks()
    # When it is tagged anew
    Flac("tune", {"TITLE": "Brand new", "ARTIST": "A", "GENRE": "pop"}).write(path)
    await shelf.scan()
    # Then it keeps its id, and its old alias leads to it too
    [after] = await shelf.tracks()
    assert (after.track_id, after.title, after.alias) == (before.track_id, "Brand new", "A_Brand_new")
    assert await shelf.store.track("A_Old") == after
    assert await shelf.titles("old") == []
    assert await shelf.titles("brand") == ["Brand new"]
    assert "genre:rock" not in (await shelf.service.facts(after.track_id)).tags


async def test_two_copies_are_one_track_until_both_are_gone(shelf: Shelf) -> None:
    # Given two copies with different tags
    first = Flac("tune", {"TITLE": "From a"}).write(shelf.music / "a.flac")
    second = Flac("tune", {"TITLE": "From b"}).write(shelf.music / "b.flac")
    await shelf.scan()
    [track] = await shelf.tracks()
    assert track.title == "From a"
    assert await shelf.store.paths(track.track_id) == [first, second]
    # When the first goes, the other one speaks for the track
    first.unlink()
    await shelf.scan()
    assert await shelf.titles("from") == ["From b"]
    # When the second goes, so does the track
    second.unlink()
    report = await shelf.scan()
    assert report.tracks == 0
    assert await shelf.titles("from") == []
    assert await shelf.store.track("From_a") is None


async def test_a_file_with_another_sound_is_another_track(shelf: Shelf) -> None:
    path = song("One").write(shelf.music / "one.flac")
    await shelf.scan()
    song("Another").write(path)
    await shelf.scan()

    assert await shelf.titles() == ["Another"]


@pytest.mark.parametrize("name", ["one.lrc", "cover.jpg"])
async def test_what_stands_beside_a_file_is_part_of_it(shelf: Shelf, name: str) -> None:
    # Given a track without cover and lyrics
    song("One").write(shelf.music / "one.flac")
    await shelf.scan()
    # When one comes, then it is seen
    beside = shelf.music / name
    beside.write_bytes(JPEG if name == "cover.jpg" else b"[00:01.00]la")
    await shelf.scan()
    [track] = await shelf.tracks()
    assert (track.cover is not None, track.lyrics) == (name == "cover.jpg", name == "one.lrc")
    # When it goes, too
    beside.unlink()
    await shelf.scan()
    [track] = await shelf.tracks()
    assert (track.cover, track.lyrics) == (None, False)


async def test_tracks_of_the_same_name_get_aliases_of_their_own(shelf: Shelf) -> None:
    for number in range(3):
        Flac(f"{number}", {"TITLE": "Intro", "ARTIST": "X"}).write(shelf.music / f"{number}.flac")
    await shelf.scan()

    tracks = await shelf.tracks()

    assert len({track.alias for track in tracks}) == 3
    assert "X_Intro" in {track.alias for track in tracks}
    for track in tracks:
        assert await shelf.store.track(track.alias) == track


# -- trouble ---------------------------------------------------------------------------------------------------


async def test_bad_files_are_faults_and_stop_nothing(shelf: Shelf, tmp_path: Path) -> None:
    # Given a good file among all kinds of bad ones
    song("Good").write(shelf.music / "good.flac")
    (shelf.music / "empty.flac").touch()
    (shelf.music / "text.flac").write_text("hello")
    (shelf.music / "cut.flac").write_bytes(bytes(Flac())[:60])
    (shelf.music / "a\nname.flac").write_bytes(b"bad")
    os.mkfifo(shelf.music / "pipe.flac")
    (shelf.music / "out.flac").symlink_to(song("Private").write(tmp_path / "private.flac"))
    (shelf.music / "nowhere.flac").symlink_to(shelf.music / "nowhere.flac")
    # When it is scanned
    report = await shelf.scan()
    # Then each has its reason, and the good one is there
    assert await shelf.titles() == ["Good"]
    reasons = {Path(fault.path).name: fault.reason for fault in report.faults}
    bad = {"empty.flac", "text.flac", "cut.flac", "a\nname.flac", "pipe.flac", "out.flac", "nowhere.flac"}
    assert reasons.keys() == bad
    assert "leads nowhere" in reasons["nowhere.flac"]
    assert "leads out of the library" in reasons["out.flac"]
    assert "plain file" in reasons["pipe.flac"]


async def test_a_repaired_file_is_a_fault_no_more(shelf: Shelf) -> None:
    path = shelf.music / "a.flac"
    path.write_bytes(b"bad")
    assert len((await shelf.scan()).faults) == 1

    song("Good").write(path)

    assert (await shelf.scan()).faults == []


async def test_links_are_not_followed(shelf: Shelf, tmp_path: Path) -> None:
    # Given a circle, a link inside the library, and a folder outside
    inner = shelf.music / "inner"
    song("One").write(inner / "one.flac")
    (inner / "round").symlink_to(shelf.music)
    (shelf.music / "again.flac").symlink_to(inner / "one.flac")
    song("Private").write(tmp_path / "private" / "private.flac")
    (shelf.music / "out").symlink_to(tmp_path / "private")
    # When it is scanned
    report = await shelf.scan()
    # Then there is the one file, once
    [track] = await shelf.tracks()
    assert await shelf.store.paths(track.track_id) == [inner / "one.flac"]
    assert [Path(fault.path).name for fault in report.faults] == ["out"]


async def test_a_name_that_is_no_text(shelf: Shelf) -> None:
    # Given a file as an old system named it
    path = shelf.music / os.fsdecode(b"caf\xe9.flac")
    Flac().write(path)
    (shelf.music / os.fsdecode(b"b\xe4d.flac")).write_bytes(b"bad")
    # When it is scanned, then it can be played, and the bad one's name can be shown
    report = await shelf.scan()
    [track] = await shelf.tracks()
    assert await shelf.service.path_of(track.track_id) == path
    assert [fault.path.encode() for fault in report.faults] == [f"{shelf.music}/b\ufffdd.flac".encode()]


async def test_a_folder_that_cannot_be_read_keeps_its_tracks(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a folder that was scanned once
    song("One").write(shelf.music / "card" / "one.flac")
    await shelf.scan()
    # When its disk answers with errors
    scandir = os.scandir

    def failing(folder: str) -> object:
        if folder.endswith("card"):
            raise OSError(5, "Input/output error")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", failing)
    report = await shelf.scan()
    # Then it is a fault, and what was in it is not forgotten
    assert [fault.reason for fault in report.faults] == ["the folder cannot be read: Input/output error"]
    assert await shelf.titles() == ["One"]
    monkeypatch.undo()
    assert (await shelf.scan()).faults == []


async def test_a_file_that_kills_its_reader_is_a_fault(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a reader that does not survive one of three files
    for name in "abc":
        song(name).write(shelf.music / f"{name}.flac")
    deadly = READING.format(what="os.abort()")
    monkeypatch.setattr(readers, "COMMAND", (readers.COMMAND[0], "-c", deadly))
    # When it is scanned, then the two others are there
    report = await shelf.scan()
    assert await shelf.titles() == ["a", "c"]
    assert [(Path(fault.path).name, fault.reason) for fault in report.faults] == [
        ("b.flac", "the process that read it broke off")
    ]
    # And the next scan, by a reader that is well, reads that one again
    monkeypatch.undo()
    await shelf.readers.aclose()
    assert (await shelf.scan()).read == 1
    assert await shelf.titles() == ["a", "b", "c"]


async def test_a_batch_that_is_cancelled_ends_its_reader_and_is_read_later(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a reader that is stuck in the second file of a batch
    for name in "abc":
        song(name).write(shelf.music / f"{name}.flac")
    stuck = READING.format(what="time.sleep(600)")
    monkeypatch.setattr(readers, "COMMAND", (readers.COMMAND[0], "-c", stuck))
    started, start = asyncio.Queue[Process](), readers._start

    async def noted() -> Process:
        started.put_nowait(process := await start())
        return process

    monkeypatch.setattr(readers, "_start", noted)
    # When its item is cancelled
    running = asyncio.create_task(shelf.steps().read([f"{shelf.music / name}.flac" for name in "abc"]))
    process = await started.get()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    # Then the process has ended, and the next scan reads all of it
    assert process.returncode is not None
    monkeypatch.undo()
    assert (await shelf.scan()).tracks == 3


# -- where it looks --------------------------------------------------------------------------------------------


def test_roots_that_exist_links_resolved_none_twice(tmp_path: Path) -> None:
    (tmp_path / "music" / "inner").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "music")

    roots = music_roots([tmp_path / "link", tmp_path / "music" / "inner", tmp_path / "missing"])

    assert roots == (tmp_path.resolve() / "music",)


async def test_without_any_there_is_the_demo_music(shelf: Shelf, tmp_path: Path) -> None:
    [demo] = music_roots([tmp_path / "missing"])

    report = await shelf.scan(roots=[demo])

    assert (report.tracks, report.faults) == (10, [])
    assert await shelf.store.track("KAT_TUN_Your_side_Instrumental_")


async def test_the_demo_goes_when_there_is_music(shelf: Shelf, tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    song("Demo").write(demo / "demo.flac")
    await shelf.scan(roots=[demo])
    shutil.copytree(demo, shelf.music, dirs_exist_ok=True)
    song("Own").write(shelf.music / "own.flac")

    report = await shelf.scan()

    assert (report.forgotten, await shelf.titles()) == (1, ["Demo", "Own"])
