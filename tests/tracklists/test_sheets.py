"""CUE sheets in a library, read by real scans: what becomes tracks, what a change changes, what is told as a fault."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from unittest.mock import Mock

import pytest
from msgspec.structs import replace

from api_queue.drivers.redis import Redis
from api_queue.drivers.sql import url_of
from api_queue.jobs.models import TaskFilter
from api_queue.migrations import upgrade
from api_queue.parts import Parts
from api_queue.tracklists.drafts import change
from api_queue.tracklists.models import Facts
from api_queue.types import Milliseconds
from tests.house import house_settings
from tests.tasks import run_task
from tests.tracklists.shelves import MINUTE_MS, ReadersHere, Shelf, cuesheet_block, sheet
from tests.tracks.flacs import RATE


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sql")
    upgrade(url_of("", folder))
    return folder


@pytest.fixture
async def shelf(redis: Redis, redis_url: str, empty: Path, tmp_path: Path) -> AsyncIterator[Shelf]:
    data, music = tmp_path / "data", (tmp_path / "music").resolve()
    shutil.copytree(empty, data)
    music.mkdir()
    parts = Parts(house_settings(redis_url, data, library_roots=(music,)))
    parts.__dict__["readers"] = ReadersHere()
    shelf = Shelf(parts, music)
    shelf.put()
    yield shelf
    await parts.close()


async def test_a_sheet_beside_a_recording_makes_tracks_of_it(shelf: Shelf) -> None:
    (shelf.music / "set.cue").write_text(sheet())

    ran = await shelf.scan()

    assert await shelf.spans() == [("Night Bus", 0, MINUTE_MS), ("Morning", MINUTE_MS, 10 * MINUTE_MS)]
    [made] = await shelf.lists()
    assert (made.source, made.is_draft, made.facts.dj_name, made.created_by) == ("cue", False, "DJ Ann", "scan")
    assert [entry.catalog_track_id for entry in made.facts.entries] == [song.track_id for song in await shelf.songs()]
    # And everybody has heard of them when the scan is over
    announced = await shelf.parts.library.announced()
    assert announced
    assert announced.count == 3
    assert await shelf.parts.library.unsettled() == 0
    assert ran.failed == []


@pytest.mark.parametrize("name", ["set.flac.cue", "SET.CUE", "ghent 2024.cue"])
async def test_it_belongs_to_the_recording_by_its_name_or_by_what_it_says(shelf: Shelf, name: str) -> None:
    (shelf.music / name).write_text(sheet(r"C:\sets\Set.wav"))

    await shelf.scan()

    assert [song.title for song in await shelf.songs()] == ["Night Bus", "Morning"]


async def test_a_sheet_of_another_recording_is_left_to_that_one(shelf: Shelf) -> None:
    (shelf.music / "other.cue").write_text(sheet("other.flac"))

    await shelf.scan()

    assert await shelf.songs() == []


async def test_of_a_sheet_of_several_files_each_recording_has_its_own(shelf: Shelf) -> None:
    others = sheet("set.flac", "02:00:00").replace("TRACK 01", "TRACK 03").replace("TRACK 02", "TRACK 04")
    (shelf.music / "both.cue").write_text(sheet("set 1.flac") + others[others.index("FILE") :])

    await shelf.scan()

    assert await shelf.spans() == [("Night Bus", 0, 2 * MINUTE_MS), ("Morning", 2 * MINUTE_MS, 10 * MINUTE_MS)]


async def test_a_sheet_in_the_comments_does_as_well(shelf: Shelf) -> None:
    shelf.put(CUESHEET=sheet("whatever it was called.wav"))

    await shelf.scan()

    assert [song.title for song in await shelf.songs()] == ["Night Bus", "Morning"]
    assert [made.source for made in await shelf.lists()] == ["embedded"]


async def test_a_block_is_exact_and_has_numbers_for_titles(shelf: Shelf) -> None:
    """Given a track that begins between two frames of a disc."""
    shelf.put(block=cuesheet_block(0, 100_000))

    await shelf.scan()

    exact_ms = round(100_000 * 1000 / RATE)
    assert await shelf.spans() == [("Track 01", 0, exact_ms), ("Track 02", exact_ms, 10 * MINUTE_MS)]
    assert {song.artist for song in await shelf.songs()} == {"Ann"}


async def test_a_sheet_that_was_changed_is_read_again(shelf: Shelf) -> None:
    """And one that was not changes nothing, also when its recording is read again."""
    (shelf.music / "set.cue").write_text(sheet())
    await shelf.scan()
    shelf.put(TITLE="Another name")
    await shelf.scan()
    assert len(await shelf.lists()) == 1

    (shelf.music / "set.cue").write_text(sheet(second="01:30:00"))
    await shelf.scan()

    assert (await shelf.spans())[1] == ("Morning", 90_000, 10 * MINUTE_MS)
    newest, before = await shelf.lists()
    assert (newest.is_draft, before.is_archived) == (False, True)


async def test_beside_a_list_that_a_person_has_published_it_becomes_a_draft(shelf: Shelf) -> None:
    (shelf.music / "set.cue").write_text(sheet())
    await shelf.scan()
    [of_scan] = await shelf.lists()
    draft = await shelf.parts.tracklist_publishing.new_draft(of_scan.tracklist_id, "ann")
    await shelf.parts.tracklist_publishing.publish(draft.tracklist_id, None)

    (shelf.music / "set.cue").write_text(sheet(second="01:30:00"))
    await shelf.scan()

    assert (await shelf.lists())[0].is_draft
    assert (await shelf.spans())[1][1] == MINUTE_MS


async def test_what_a_person_has_changed_is_theirs(shelf: Shelf) -> None:
    """Given a list that came of a sheet that did not fit, was mended by hand and published."""
    (shelf.music / "set.cue").write_text(sheet(second="00:00:00"))
    await shelf.scan()
    [draft] = await shelf.lists()
    assert draft.is_draft
    await shelf.parts.tracklists.edit(draft.tracklist_id, _second_at(2 * MINUTE_MS), "ann", None)
    await shelf.parts.tracklist_publishing.publish(draft.tracklist_id, None)

    (shelf.music / "set.cue").write_text(sheet(second="01:30:00"))
    await shelf.scan()
    assert (await shelf.spans())[1][1] == 2 * MINUTE_MS
    (shelf.music / "set.cue").unlink()
    await shelf.scan()

    assert (await shelf.spans())[1][1] == 2 * MINUTE_MS


def _second_at(start_ms: int) -> Callable[[Facts], Facts]:
    return lambda facts: change(facts, 2, lambda row: replace(row, start_ms=Milliseconds(start_ms)))


async def test_a_sheet_that_is_gone_takes_its_list_along(shelf: Shelf) -> None:
    """And when it comes back its tracks are the same."""
    (shelf.music / "set.cue").write_text(sheet())
    await shelf.scan()
    songs = await shelf.songs()

    (shelf.music / "set.cue").unlink()
    await shelf.scan()
    assert await shelf.songs() == []
    assert await shelf.lists() == []
    announced = await shelf.parts.library.announced()
    assert announced
    assert announced.count == 1

    (shelf.music / "set.cue").write_text(sheet())
    await shelf.scan()
    assert await shelf.songs() == songs


async def test_a_sheet_that_breaks_leaves_the_tracks_as_they_were(shelf: Shelf) -> None:
    (shelf.music / "set.cue").write_text(sheet())
    await shelf.scan()
    spans = await shelf.spans()

    (shelf.music / "set.cue").write_text(sheet(second="00:99:99"))
    await shelf.scan()

    assert len(await shelf.faults()) == 1
    assert await shelf.spans() == spans


async def test_another_copy_without_the_sheet_changes_nothing(shelf: Shelf) -> None:
    (shelf.music / "set.cue").write_text(sheet())
    await shelf.scan()

    (shelf.music / "sub").mkdir()
    shelf.put("sub/copy.flac")
    await shelf.scan()

    assert len(await shelf.songs()) == 2
    assert len(await shelf.lists()) == 1


async def test_who_deletes_the_list_of_a_sheet_is_rid_of_it(shelf: Shelf) -> None:
    """Until the file or its sheet is another: a scan of what has not changed does not bring it back, nor does the task
    that tells everybody of the tracks that are gone.
    """
    (shelf.music / "set.cue").write_text(sheet())
    await shelf.scan()
    [made] = await shelf.lists()

    await shelf.parts.tracklist_publishing.remove(made.tracklist_id, None)
    task, *_ = (await shelf.parts.jobs.tasks(TaskFilter(type="refresh_metadata")))[1]
    _, refresh = shelf.parts.library_tasks.types()
    items = await shelf.parts.task_store.items(task.task_id, 10, 0, None)
    await run_task(refresh, *(refresh.read(item.payload) for item in items))
    await shelf.scan()

    assert await shelf.songs() == []
    assert await shelf.lists() == []
    assert await shelf.parts.library.unsettled() == 0


async def test_a_list_that_was_made_and_not_published_is_published_by_the_next_scan(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a worker that died between the two."""
    (shelf.music / "set.cue").write_text(sheet())
    with monkeypatch.context() as died:
        died.setattr(shelf.parts.tracklist_store, "publish", Mock(side_effect=OSError("no power")))
        await shelf.scan()
    assert [made.is_draft for made in await shelf.lists()] == [True]

    shelf.put(TITLE="Read again")
    await shelf.scan()

    assert [made.is_draft for made in await shelf.lists()] == [False]


@pytest.mark.parametrize(("count", "parts"), [(1000, 1000), (1001, 0)])
async def test_a_sheet_has_no_more_tracks_than_a_list_has_rows(shelf: Shelf, count: int, parts: int) -> None:
    rows = (f"TRACK {n + 1:02} AUDIO\nINDEX 01 00:{n // 75:02}:{n % 75:02}\n" for n in range(count))
    shelf.put(CUESHEET=f'FILE "a.wav" WAVE\n{"".join(rows)}')

    await shelf.scan()

    assert len(await shelf.songs()) == parts
    if not parts:
        assert await shelf.faults() == ["its CUE sheet has 1001 tracks; 1000 are the most."]


async def test_a_bad_sheet_is_a_fault_with_its_line_and_no_music_is_lost(shelf: Shelf) -> None:
    (shelf.music / "set.cue").write_text(sheet(second="00:99:99"))

    ran = await shelf.scan()

    [fault] = await shelf.faults()
    assert fault.startswith("its CUE sheet set.cue, line 11: ")
    assert [error for _, error in ran.failed] == [f"{shelf.music / 'set.flac'}: {fault}"]
    assert (await shelf.parts.library_keeper.overview()).everywhere.tracks == 1
    assert await shelf.lists() == []

    (shelf.music / "set.cue").write_text(sheet())
    await shelf.scan()
    assert await shelf.faults() == []
    assert len(await shelf.songs()) == 2


async def test_a_sheet_that_needs_more_than_there_is_is_a_fault(shelf: Shelf) -> None:
    (shelf.music / "set.cue").write_text(sheet(second="30:00:00"))

    await shelf.scan()

    [fault] = await shelf.faults()
    assert "line 11" in fault


async def test_who_follows_the_tracklists_hears_of_the_file(shelf: Shelf, redis: Redis) -> None:
    (shelf.music / "sub").mkdir()
    shelf.put(name="sub/set.flac")
    (shelf.music / "set.flac").unlink()
    (shelf.music / "sub" / "set.cue").write_text(sheet())

    await shelf.scan()

    changed, published = await redis.call("XRANGE", "q:{_tracklists}:events", "-", "+")
    text = str(changed)
    assert "file.changed" in text
    assert "tracklist.cataloged" in str(published)
    assert '"file_path":"sub/set.cue","file_type":"cue","change_type":"created"' in text
