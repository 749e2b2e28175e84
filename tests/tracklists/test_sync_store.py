"""Syncs in SQL: who was faster counts, and what goes with a list goes whole."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from api_queue.drivers.sql import connect, url_of
from api_queue.jobs.models import TaskId
from api_queue.migrations import upgrade_database
from api_queue.tracklists.models import Facts
from api_queue.tracklists.store import SqlTracklists
from api_queue.tracklists.sync import AuditEntry, SyncState
from api_queue.tracklists.sync_store import SqlSyncs
from tests.tracklists.cue_desk import SET, a_list

STATE = SyncState(tracklist_id=SET, url="https://site/tracklist/a/", target_id=SET, page=Facts(title="Night"))


def entry(at: int) -> AuditEntry:
    return AuditEntry(at=at, by="somebody", action="sync", about={"waiting": at})


@pytest.fixture
async def lists(tmp_path: Path) -> AsyncIterator[SqlTracklists]:
    url = url_of("", tmp_path)
    await upgrade_database(url)
    engine = connect(url)
    lists = SqlTracklists(engine)
    await lists.add(a_list())
    yield lists
    await engine.dispose()


@pytest.fixture
def syncs(lists: SqlTracklists) -> SqlSyncs:
    return SqlSyncs(lists._engine)


async def test_a_state_is_kept_as_the_next_revision(syncs: SqlSyncs) -> None:
    assert await syncs.get(SET) is None
    assert await syncs.put(STATE, entry(1))
    assert await syncs.get(SET) == replace(STATE, rev=1)


async def test_who_comes_second_writes_nothing(syncs: SqlSyncs) -> None:
    await syncs.put(STATE, entry(1))
    assert not await syncs.put(replace(STATE, auto_apply=False), entry(2))
    assert await syncs.get(SET) == replace(STATE, rev=1)
    assert await syncs.audit(SET, 10, 0) == (1, [entry(1)])


async def test_a_task_is_noted_beside_the_state(syncs: SqlSyncs) -> None:
    assert await syncs.task_of(SET) is None
    await syncs.note_task(SET, TaskId(7))
    assert (await syncs.get(SET), await syncs.task_of(SET)) == (None, 7)
    await syncs.put(STATE, entry(1))
    assert await syncs.task_of(SET) == 7


async def test_the_newest_entries_come_first_page_by_page(syncs: SqlSyncs) -> None:
    for at in range(5):
        await syncs.tell(SET, entry(at))
    assert await syncs.audit(SET, 2, 1) == (5, [entry(3), entry(2)])


async def test_all_of_it_goes_with_the_list(syncs: SqlSyncs, lists: SqlTracklists) -> None:
    await syncs.put(STATE, entry(1))
    assert await lists.remove(a_list())
    assert (await syncs.get(SET), await syncs.audit(SET, 10, 0)) == (None, (0, []))
