"""What stores rely on and PostgreSQL does in its own way; with `TEST_SQL=postgres` all of their tests run on it."""

import asyncio
import os

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec.structs import replace
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

import api_queue.parts  # noqa: F401  # it knows every store, and so every table
from api_queue.drivers.sql import metadata
from api_queue.errors import DevicesFull
from api_queue.jobs.ledger import SqlLedger
from api_queue.jobs.models import Claim, NewTask, Outcome, TaskId
from api_queue.jobs.store import SqlTasks
from api_queue.migrations import upgrade_database
from api_queue.playback.device_store import SqlDevices
from api_queue.playback.devices import MOST, Device
from api_queue.queues.history import SqlHistory
from api_queue.tracklists.store import SqlTracklists
from api_queue.tracks import tsvector
from api_queue.tracks.models import Reading, Search
from api_queue.tracks.store import SqlStore
from api_queue.types import DeviceId, QueueName
from tests.engines.conftest import address
from tests.engines.postgres import Databases
from tests.queues.builders import an_item
from tests.tracklists.test_store import a_list
from tests.tracks.test_full_text import SONGS, TYPED, put, titles, track

PARTY = QueueName("party")


# -- migrations ------------------------------------------------------------------------------------------------


def differences(connection: Connection) -> object:
    ours = MetaData(naming_convention=metadata.naming_convention)
    for table in (*metadata.tables.values(), *tsvector.metadata.tables.values()):
        table.to_metadata(ours)
    options = {"include_name": lambda name, kind, _: kind != "table" or name != "alembic_version"}
    return compare_metadata(MigrationContext.configure(connection, opts=options), ours)


async def test_the_migrations_make_the_tables_that_the_stores_use(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_servers_that_start_at_once_make_them_once(postgres: Databases) -> None:
    url = address(postgres, postgres.copy())
    await asyncio.gather(*(upgrade_database(url) for _ in range(3)))
    await upgrade_database(url)


# -- the library -----------------------------------------------------------------------------------------------


async def test_a_track_is_found_however_it_was_typed(engine: AsyncEngine) -> None:
    store = SqlStore(engine)
    await put(store, *(track(*song) for song in SONGS))
    first = {typed: (await titles(store, typed))[:1] for typed, _ in TYPED}
    assert first == {typed: [title] for typed, title in TYPED}


async def test_what_is_read_again_takes_its_old_place(engine: AsyncEngine) -> None:
    store = SqlStore(engine)
    await put(store, track("Halo", "Beyoncé"))
    await put(store, replace(track("Halo", "Beyoncé"), album="Sunrise"))
    assert await titles(store, "sunrise") == ["Halo"]
    assert await store.count() == 1


async def test_a_list_is_in_the_order_of_bytes_in_any_language(engine: AsyncEngine) -> None:
    store = SqlStore(engine)
    await put(store, *(track("Song", artist) for artist in ("ab", "a c", "A-d", "a_e", "ö", "z")))
    listed = (await store.search(Search(""))).tracks
    assert [found.artist for found in listed] == ["a c", "A-d", "a_e", "ab", "ö", "z"]


async def test_words_that_are_longer_than_it_takes_are_cut(engine: AsyncEngine) -> None:
    store = SqlStore(engine)
    await put(store, track("Sun " + "a" * 5000, "Band", "word " * 20_000))
    assert len(await titles(store, "sun")) == len(await titles(store, "a" * 5000)) == 1


async def test_a_files_name_need_not_be_text(engine: AsyncEngine) -> None:
    store = SqlStore(engine)
    path = os.fsdecode(b"/music/caf\xe9.flac")
    await store.write([Reading(path=path, size=1, mtime_ns=1, track=None, fault="broken")])
    assert [fault.path for fault in await store.faults()] == ["/music/caf\ufffd.flac"]
    await store.forget([path])
    assert await store.faults() == []


# -- two servers at once ---------------------------------------------------------------------------------------


async def test_of_two_servers_workers_one_holds_an_item(engine: AsyncEngine, other_engine: AsyncEngine) -> None:
    # Given a task of ten items, and a message of each that came to the workers of two servers
    _, _, deliveries = await SqlTasks(engine).create(NewTask(type="sing", payloads=range(10)), 1)
    workers = {"a": SqlLedger(engine), "b": SqlLedger(other_engine)}
    claims = [Claim(delivery.item_id, name) for delivery in deliveries for name in workers]
    asked = {delivery.item_id: delivery for delivery in deliveries}
    # When both claim all of them, and both end them
    await asyncio.gather(*(workers[each.receipt].claim(asked[each.item_id], each.receipt, 2) for each in claims))
    held = await workers["a"].held(claims)
    ended = Outcome(status="completed", result="sung")
    await asyncio.gather(*(workers[each.receipt].finish(each, ended, 3) for each in claims))
    # Then one of them held each, and each counts once
    assert sorted(claim.item_id for claim in held) == sorted(asked)
    task = await SqlTasks(engine).task(deliveries[0].task_id)
    assert task is not None
    assert (task.status, task.completed_items) == ("completed", 10)


async def test_a_task_that_may_be_there_once_is(engine: AsyncEngine, other_engine: AsyncEngine) -> None:
    stores = (SqlTasks(engine), SqlTasks(other_engine))
    new = NewTask(type="sing", payloads=[1], key="song")
    made = await asyncio.gather(*(stores[number % 2].create(new, 1) for number in range(6)))
    assert len({task_id for task_id, _, _ in made}) == 1
    assert [is_new for _, is_new, _ in made].count(True) == 1


async def test_no_number_of_a_task_is_too_large_to_be_asked_for(engine: AsyncEngine) -> None:
    assert await SqlTasks(engine).task(TaskId(10**15 - 1)) is None


async def test_drafts_of_two_servers_have_numbers_of_their_own(engine: AsyncEngine, other_engine: AsyncEngine) -> None:
    stores = (SqlTracklists(engine), SqlTracklists(other_engine))
    drafts = [replace(a_list(number), is_draft=True) for number in range(8)]
    added = await asyncio.gather(*(stores[at % 2].add(draft) for at, draft in enumerate(drafts)))
    assert sorted(draft.draft_version or 0 for draft in added) == list(range(1, 9))


async def test_two_servers_let_in_as_many_devices_as_one(engine: AsyncEngine, other_engine: AsyncEngine) -> None:
    stores = (SqlDevices(engine), SqlDevices(other_engine))
    answers = await asyncio.gather(
        *(stores[number % 2].put(a_device(number)) for number in range(MOST + 5)), return_exceptions=True
    )
    assert sum(isinstance(answer, DevicesFull) for answer in answers) == 5
    assert len(await stores[0].devices(PARTY)) == MOST


def a_device(number: int) -> Device:
    return Device(
        queue=PARTY,
        device_id=DeviceId(f"device-{number}"),
        name="Pi",
        platform="linux",
        kind="speaker",
        owner="admin",
        token_id=f"token-{number}",
        registered_at_ms=number,
    )


async def test_history_that_both_keep_is_kept_once(engine: AsyncEngine, other_engine: AsyncEngine) -> None:
    items = [an_item(f"item{number}") for number in range(5)]
    await asyncio.gather(*(SqlHistory(each).keep(PARTY, items) for each in (engine, other_engine)))
    assert [item.id for item in await SqlHistory(engine).read(PARTY, 50)] == [item.id for item in items]
