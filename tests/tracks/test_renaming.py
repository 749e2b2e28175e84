"""Files on a real disk get other names, and their old ones back."""

import asyncio
import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from api_queue.errors import BadTaskItem, FolderOutside, NameTaken
from api_queue.tracks import moving
from api_queue.tracks.move_store import SqlMoves
from api_queue.tracks.renaming import RenameItem, RenameTask
from api_queue.tracks.walk import demo_root
from tests.tasks import Ran, run_task
from tests.tracks.conftest import Shelf
from tests.tracks.flacs import JPEG, song

TEMPLATE = "{artist}/{title}.flac"


def renaming(shelf: Shelf, *roots: Path) -> RenameTask:
    return RenameTask(shelf.steps(*roots), shelf.store, SqlMoves(shelf.store._engine), roots or (shelf.music,))


async def rename(shelf: Shelf, template: str = TEMPLATE, task_id: int = 1, **options: Any) -> Ran:
    return await run_task(renaming(shelf).type(), RenameItem("*", template, **options), task_id=task_id)


async def undo(shelf: Shelf, task_id: int) -> Ran:
    return await run_task(renaming(shelf).type(), RenameItem(undo=task_id), task_id=task_id + 1)


def files(shelf: Shelf) -> set[str]:
    return {f"{path.relative_to(shelf.music)}" for path in shelf.music.rglob("*") if path.is_file()}


async def album(shelf: Shelf) -> None:
    """Two songs with lyrics and a cover in one folder."""
    for title in ("One", "Two"):
        song(title, "Band").write(shelf.music / "new" / f"{title.lower()}.flac")
    (shelf.music / "new" / "two.lrc").write_text("[00:01.00]la")
    (shelf.music / "new" / "cover.jpg").write_bytes(JPEG)
    await shelf.scan()


async def test_files_lyrics_and_cover_move_along_and_the_library_follows(shelf: Shelf) -> None:
    # Given an album that lies somewhere
    await album(shelf)
    before = await shelf.tracks()
    # When it is renamed
    ran = await rename(shelf)
    # Then everything lies under its new name, and the empty folder is gone
    assert ran.failed == []
    assert files(shelf) == {"Band/One.flac", "Band/Two.flac", "Band/Two.lrc", "Band/cover.jpg"}
    assert not (shelf.music / "new").exists()
    # And the tracks are the same, can be played, and the next scan finds nothing new
    assert await shelf.tracks() == before
    assert {(await shelf.service.path_of(track.track_id)).name for track in before} == {"One.flac", "Two.flac"}
    scanned = await shelf.scan()
    assert (scanned.read, scanned.forgotten) == (0, 0)


async def test_videos_and_their_subtitles_move_along(shelf: Shelf) -> None:
    song("One", "Band").write(shelf.music / "one.flac")
    for name in ("one.webm", "one.Off Vocal.webm", "one.Vocal.webm", "two.webm"):
        (shelf.music / name).write_bytes(b"a video")
    await shelf.scan()
    assert (await rename(shelf)).failed == []
    assert files(shelf) == {
        *("Band/One.flac", "Band/One.webm", "Band/One.Vocal.webm"),
        *("one.Off Vocal.webm", "two.webm"),
    }
    assert (await shelf.tracks())[0].sidecars == (".Vocal.webm", ".webm")


async def test_a_dry_run_shows_the_plan_and_does_nothing(shelf: Shelf) -> None:
    await album(shelf)
    before = files(shelf)
    ran = await rename(shelf, dry_run=True)
    assert files(shelf) == before
    planned = [move for _, result in ran.completed for move in (result or {}).get("moves", [])]
    assert {"before": f"{shelf.music}/new/two.lrc", "after": f"{shelf.music}/Band/Two.lrc"} in planned
    assert len(planned) == 3


async def test_it_can_be_undone_and_that_can_be_undone_too(shelf: Shelf) -> None:
    await album(shelf)
    before, tracks = files(shelf), await shelf.tracks()
    await rename(shelf, task_id=1)
    renamed = files(shelf)
    # When it is undone
    assert (await undo(shelf, 1)).failed == []
    # Then all is where it was
    assert files(shelf) == before
    assert await shelf.tracks() == tracks
    assert (await shelf.scan()).read == 0
    # And the other way round
    assert (await undo(shelf, 2)).failed == []
    assert files(shelf) == renamed


async def test_a_file_that_nobody_knows_is_not_overwritten(shelf: Shelf) -> None:
    song("One", "Band").write(shelf.music / "one.flac")
    await shelf.scan()
    (shelf.music / "Band").mkdir()
    (shelf.music / "Band" / "One.flac").write_text("mine")
    ran = await rename(shelf)
    assert f"There is a '{shelf.music}/Band/One.flac' already" in ran.error
    assert (shelf.music / "Band" / "One.flac").read_text() == "mine"
    assert "one.flac" in files(shelf)


async def test_two_tracks_of_one_name(shelf: Shelf) -> None:
    song("Same", "Band").write(shelf.music / "a.flac")
    song("Same", "Another").write(shelf.music / "sub" / "b.flac")
    await shelf.scan()
    ran = await rename(shelf, "{title}.flac")
    assert f"There is a '{shelf.music}/Same.flac' already" in ran.error
    assert len(files(shelf)) == 2


async def test_a_broken_off_move_is_finished_by_the_next_run(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a worker that dies after the file has its second name, and before the library knows
    await album(shelf)
    read = type(renaming(shelf)._scan).read
    calls = []

    async def dying(self: Any, paths: Any) -> Any:
        calls.append(paths)
        if len(calls) == 1:
            raise ConnectionError("the worker was killed")
        return await read(self, paths)

    monkeypatch.setattr(type(renaming(shelf)._scan), "read", dying)
    task = renaming(shelf).type()
    [track] = [found for found in await shelf.tracks() if found.title == "Two"]
    item = RenameItem(track.track_id, TEMPLATE)
    assert len((await run_task(task, item)).failed) == 1
    # When the item is run again
    ran = await run_task(task, item)
    # Then it is done, once
    assert ran.failed == []
    assert files(shelf) == {"new/one.flac", "new/cover.jpg", "Band/Two.flac", "Band/Two.lrc"}
    assert (await shelf.service.path_of(track.track_id)).name == "Two.flac"
    # And can be undone
    await undo(shelf, 1)
    assert files(shelf) == {"new/one.flac", "new/cover.jpg", "new/two.flac", "new/two.lrc"}


def test_a_file_with_both_names_loses_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "old.flac").write_text("music")
    os.link(tmp_path / "old.flac", tmp_path / "new.flac")
    moving.move(tmp_path / "old.flac", tmp_path / "new.flac", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["new.flac"]


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_disks_that_know_one_name_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def no_link(*_: object, **__: object) -> None:
        raise OSError(number, "not here")

    monkeypatch.setattr(os, "link", no_link)
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    moving.move(tmp_path / "a", tmp_path / "c", tmp_path)
    with pytest.raises(NameTaken):
        moving.move(tmp_path / "b", tmp_path / "c", tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b": "b", "c": "a"}


def test_no_link_leads_a_file_out_of_the_library(tmp_path: Path) -> None:
    # Given a folder of the target's name that is a link to somewhere else
    root, elsewhere = tmp_path / "music", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (root / "Band").symlink_to(elsewhere)
    (root / "old.flac").write_text("music")
    # Then nothing is moved through it, and no folder is made behind it
    for after in (root / "Band" / "new.flac", root / "Band" / "Album" / "new.flac"):
        with pytest.raises(FolderOutside):
            moving.move(root / "old.flac", after, root)
    assert (root / "old.flac").read_text() == "music"
    assert list(elsewhere.iterdir()) == []


def test_one_name_in_two_spellings_is_not_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a disk that ignores upper case, and a file that has another name somewhere else
    (tmp_path / "one.flac").write_text("music")
    os.link(tmp_path / "one.flac", tmp_path / "elsewhere.flac")
    real_link = os.link

    def ignoring_case(source: Path, target: Path, **_: object) -> None:
        if target.name.lower() == source.name.lower():
            raise FileExistsError
        real_link(source, target)

    monkeypatch.setattr(os, "link", ignoring_case)
    monkeypatch.setattr(Path, "samefile", lambda self, other: self.name.lower() == Path(other).name.lower())
    # When only the spelling changes
    moving.move(tmp_path / "one.flac", tmp_path / "One.flac", tmp_path)
    # Then the file has the new one, and is not taken for one that was half moved
    assert sorted(path.name for path in tmp_path.iterdir()) == ["One.flac", "elsewhere.flac"]


def test_what_comes_between_is_not_overwritten_where_a_file_has_one_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_link(*_: object, **__: object) -> None:
        (tmp_path / "b").write_text("somebody else's")
        raise OSError(errno.EPERM, "not here")

    monkeypatch.setattr(os, "link", no_link)
    monkeypatch.setattr(os.path, "lexists", lambda _: False)  # asked a moment earlier
    (tmp_path / "a").write_text("mine")
    with pytest.raises(NameTaken):
        moving.move(tmp_path / "a", tmp_path / "b", tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "mine", "b": "somebody else's"}


async def test_nothing_of_a_track_moves_when_one_name_of_it_is_taken(shelf: Shelf) -> None:
    # Given a track whose lyrics cannot move along
    song("One", "Band").write(shelf.music / "one.flac")
    (shelf.music / "one.lrc").write_text("[00:01.00]la")
    (shelf.music / "Band").mkdir()
    (shelf.music / "Band" / "One.lrc").write_text("mine")
    await shelf.scan()
    before = files(shelf)
    # Then the plan says so, and nothing is done by halves
    for dry_run in (True, False):
        assert "/Band/One.lrc' already" in (await rename(shelf, dry_run=dry_run)).error
        assert files(shelf) == before


async def test_a_second_name_that_it_had_before_is_taken(shelf: Shelf) -> None:
    song("One", "Band").write(shelf.music / "0.flac")
    (shelf.music / "Band").mkdir()
    os.link(shelf.music / "0.flac", shelf.music / "Band" / "One.flac")
    await shelf.scan()
    assert "already" in (await rename(shelf)).error
    assert files(shelf) == {"0.flac", "Band/One.flac"}


async def test_lyrics_that_are_a_link_stay(shelf: Shelf) -> None:
    song("One", "Band").write(shelf.music / "new" / "one.flac")
    (shelf.music / "words.lrc").write_text("[00:01.00]la")
    (shelf.music / "new" / "one.lrc").symlink_to("../words.lrc")
    await shelf.scan()
    assert (await rename(shelf)).failed == []
    assert (shelf.music / "new" / "one.lrc").is_symlink()


async def test_a_dry_run_of_an_undo_does_nothing_either(shelf: Shelf) -> None:
    await album(shelf)
    await rename(shelf)
    renamed = files(shelf)
    ran = await run_task(renaming(shelf).type(), RenameItem(undo=1, dry_run=True), task_id=2)
    assert files(shelf) == renamed
    told = [result["moves"] for payload, result in ran.completed if "move" in (payload or {})]
    assert [[move["before"].removeprefix(f"{shelf.music}/") for move in moves] for moves in told] == [
        ["Band/cover.jpg"],
        ["Band/Two.lrc"],
        ["Band/Two.flac"],
        ["Band/One.flac"],
    ]


async def test_a_move_that_is_canceled_is_written_down_whole(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a rename that is canceled while the file gets its name
    await album(shelf)
    begun, go_on = threading.Event(), threading.Event()

    def slow(before: Path, after: Path, root: Path) -> None:
        begun.set()
        go_on.wait(10)
        moving.move(before, after, root)

    monkeypatch.setattr("api_queue.tracks.renaming.move", slow)
    [track] = [found for found in await shelf.tracks() if found.title == "Two"]
    running = asyncio.create_task(run_task(renaming(shelf).type(), RenameItem(track.track_id, TEMPLATE)))
    await asyncio.to_thread(begun.wait, 10)
    running.cancel()
    go_on.set()
    await asyncio.wait([running])
    # Then the library knows where it is, and it can be undone
    assert running.cancelled()
    assert (await shelf.service.path_of(track.track_id)).name == "Two.flac"
    await undo(shelf, 1)
    assert files(shelf) == {"new/one.flac", "new/two.flac", "new/two.lrc", "new/cover.jpg"}


async def test_moves_of_other_roots_are_refused_with_a_sentence(shelf: Shelf, tmp_path: Path) -> None:
    await album(shelf)
    await rename(shelf)
    (tmp_path / "other").mkdir()
    ran = await run_task(renaming(shelf, tmp_path / "other").type(), RenameItem(undo=1), task_id=2)
    assert len(ran.failed) == 4
    assert all("does not lie in a music folder of this server" in error for _, error in ran.failed)


async def test_the_demo_songs_stay(shelf: Shelf) -> None:
    demo = demo_root()
    await shelf.scan(roots=[demo])
    before = sorted(path.name for path in demo.iterdir())
    ran = await run_task(renaming(shelf, demo).type(), RenameItem("*", TEMPLATE))
    assert len(ran.failed) == 10
    assert "The demo songs" in ran.failed[0][1]
    assert sorted(path.name for path in demo.iterdir()) == before


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({}, "needs `track_id` and `template`, or `undo`"),
        ({"track_id": "x"}, "needs `track_id` and `template`"),
        ({"track_id": "x", "template": "../{title}.flac"}, "leads out of the folder"),
        ({"undo": "all"}, "Expected `int | null`, got `str`"),
    ],
)
async def test_items_that_are_refused(shelf: Shelf, item: dict[str, object], said: str) -> None:
    with pytest.raises(BadTaskItem, match=said.replace("|", r"\|")):
        await run_task(renaming(shelf).type(), item)
