"""Tracklists in a real database."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from api_queue.drivers.sql import connect, url_of
from api_queue.tracklists import store as store_module
from api_queue.tracklists.models import Entry, Facts, Tracklist
from api_queue.tracklists.store import SqlTracklists
from api_queue.tracks import part_store
from api_queue.types import TrackId


@pytest.fixture
async def store(furnished: Path, tmp_path: Path) -> AsyncIterator[SqlTracklists]:
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    engine = connect(url_of("", tmp_path))
    yield SqlTracklists(engine)
    await engine.dispose()


def a_list(number: int = 1, audio: str | None = "night") -> Tracklist:
    return Tracklist(
        tracklist_id=f"{number:036}",
        source="manual",
        facts=Facts(entries=(Entry(artist="Ana", title="Sun"),)),
        rev=1,
        created_at=1000 * number,
        updated_at=1000 * number,
        audio_id=None if audio is None else TrackId(audio),
        created_by="ana",
    )


def later(before: Tracklist, title: str = "Moon") -> Tracklist:
    return replace(before, rev=before.rev + 1, facts=Facts(entries=(Entry(artist="Ana", title=title),)))


async def test_what_is_kept_is_read_again(store: SqlTracklists) -> None:
    added = await store.add(a_list())
    assert await store.get(added.tracklist_id) == added


async def test_of_an_older_revision_nothing_is_written(store: SqlTracklists) -> None:
    first = await store.add(a_list())
    second = await store.put(later(first), 1, version_by="ben")
    assert second is not None
    assert await store.put(later(first, "lost"), 1, version_by="eva") is None
    assert not await store.publish(later(first, "lost"), 1, ())
    assert not await store.remove(first)
    assert await store.get(first.tracklist_id) == second
    assert [(each.number, each.created_by) for each in await store.versions(first.tracklist_id)] == [
        (2, "ben"),
        (1, "ana"),
    ]


async def test_a_small_change_is_part_of_the_current_version(store: SqlTracklists) -> None:
    first = await store.add(a_list())
    await store.put(later(first), 1, version_by=None)
    (version,) = await store.versions(first.tracklist_id)
    assert (version.number, version.facts) == (1, later(first).facts)


async def test_the_oldest_versions_go(store: SqlTracklists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MOST_VERSIONS", 3)
    current = await store.add(a_list())
    for number in range(5):
        after = await store.put(later(current, f"{number}"), current.rev, version_by="ana")
        assert after is not None
        current = after
    assert [version.number for version in await store.versions(current.tracklist_id)] == [6, 5, 4]


async def test_one_list_of_a_recording_is_published(store: SqlTracklists) -> None:
    """Those of others, of none, and drafts stay as they are."""
    lists = [
        await store.add(a_list(n, audio)) for n, audio in enumerate(["night", "night", "day", None, None, "night"])
    ]
    for each in lists[:5]:
        assert await store.publish(replace(each, is_draft=False, rev=2, updated_at=9_000), 1, ())
    stored = [await store.get(each.tracklist_id) for each in lists]
    assert [each and each.archived_at for each in stored] == [9_000, None, None, None, None, None]
    assert [each and each.rev for each in stored] == [3, 2, 2, 2, 2, 1]


async def test_a_list_is_published_and_its_recording_cut_or_neither(
    store: SqlTracklists, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever the server is killed."""
    added = await store.add(a_list())
    monkeypatch.setattr(part_store, "cut", _break)
    with pytest.raises(InterruptedError):
        await store.publish(replace(added, is_draft=False, rev=2), 1, ())
    assert await store.get(added.tracklist_id) == added


async def test_a_list_goes_with_what_was_cut_by_it_or_not_at_all(
    store: SqlTracklists, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = await store.add(replace(a_list(), is_draft=False))
    monkeypatch.setattr(part_store, "cut", _break)
    with pytest.raises(InterruptedError):
        await store.remove(added)
    assert await store.get(added.tracklist_id) == added


async def _break(*_: object) -> None:
    raise InterruptedError


async def test_a_list_goes_with_its_versions(store: SqlTracklists) -> None:
    added = await store.add(a_list())
    assert await store.remove(added)
    assert (await store.get(added.tracklist_id), await store.versions(added.tracklist_id)) == (None, [])
