"""Messages, rows, tasks, files, the machine, the broker: what is wrong is found, what can be mended is."""

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.drivers.mqtt import Publisher
from api_queue.drivers.mqtt_broker import EmbeddedBroker, running_url
from api_queue.drivers.redis import Redis, end_task
from api_queue.jobs.models import Task
from api_queue.keeping import file_check
from api_queue.keeping.checks import checks
from api_queue.keeping.file_check import FileCheck, MachineCheck
from api_queue.keeping.findings import Check, Report, examine
from api_queue.keeping.found import Found
from api_queue.keeping.message_check import JsonMessageCheck, RedisMessageCheck
from api_queue.keeping.retained_check import RetainedCheck
from api_queue.keeping.sql_check import RowCheck, SqliteCheck, TaskCheck
from api_queue.messages.models import Draft, Wish
from api_queue.queues.sources import QueueSources
from api_queue.settings import Settings
from api_queue.types import MessageId, MessageQueueName, QueueName
from tests.queues.builders import NOW, FakeClock, an_item
from tests.queues.party import Party, X

LAMPS = MessageQueueName("lamps")


@pytest.fixture
def found(tmp_path: Path) -> Found:
    return Found(tmp_path, NOW)


async def examined(check: Check) -> Report:
    return await examine([check], repair=True, pause_s=0)


def codes(report: Report) -> tuple[list[str], list[str]]:
    """Of what was mended and of what stands."""
    return [finding.code for finding in report.mended], [finding.code for finding in report.standing]


async def test_a_party_is_sound_in_all_of_it(party: Party, found: Found) -> None:
    await party.add_all("AB")
    of_machine, *others = checks(party.parts, found, None)
    assert isinstance(of_machine, MachineCheck)  # whose clock does not stand still
    report = await examine(others, repair=False, pause_s=0)
    assert report == Report((), [])


# -- messages --------------------------------------------------------------------------------------------------

DAMAGE: Sequence[Sequence[str]] = [
    ("DEL", "m:{lamps}:live:fresh"),
    ("DEL", "m:{lamps}:live:flight"),
    ("DEL", "m:{lamps}:live:receipts"),
    ("ZADD", "m:{lamps}:live:again", "3", "a"),
    ("HINCRBY", "m:{lamps}:live:meta", "size_bytes", "5"),
    ("HSET", "m:{lamps}:live:meta", "places", "0"),
]


@pytest.mark.parametrize("command", DAMAGE, ids=[" ".join(each) for each in DAMAGE])
async def test_messages_are_in_their_sets_again(party: Party, found: Found, command: Sequence[str]) -> None:
    parts = party.parts
    for name in "abc":
        await parts.messages.send(LAMPS, Draft('{"n":1}', MessageId(name)))
    held = await parts.messages.receive(LAMPS, Wish(most=1))
    check = RedisMessageCheck(parts.redis, found)
    assert await check.look() == []

    await parts.redis.call(*command)
    assert codes(await examined(check)) == (["messages"], [])
    assert [message.id for message in await parts.messages.receive(LAMPS, Wish(most=5))] == ["b", "c"]
    assert held[0].receipt
    await parts.messages.delete(LAMPS, held[0].receipt)
    assert not found.path.exists()


async def test_half_a_message_is_kept_aside(party: Party, found: Found) -> None:
    parts = party.parts
    await parts.messages.send(LAMPS, Draft("1", MessageId("a")))
    await parts.redis.call("HDEL", "m:{lamps}:live:facts", "a")
    check = RedisMessageCheck(parts.redis, found)
    assert codes(await examined(check))[1] == []
    assert json.loads(found.path.read_text())["content"] == ["a", "1"]


async def test_a_file_of_messages_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "lamps.json").write_text('{"queue": "lamps", ')
    [finding] = (await examined(JsonMessageCheck(tmp_path))).standing
    assert finding.where.endswith("lamps.json")


# -- the database ----------------------------------------------------------------------------------------------


async def test_a_database_with_a_torn_page_is_named(party: Party, found: Found, tmp_path: Path) -> None:
    await party.parts.engine.dispose()
    file = tmp_path / "data" / "api_queue.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + bytes(4096) + whole[12288:])
    report = await examined(SqliteCheck(file, found))
    assert {finding.code for finding in report.standing} == {"database_damaged"}


async def test_an_index_that_lost_a_row_is_made_anew(found: Found, tmp_path: Path) -> None:
    file = tmp_path / "own.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.executescript("CREATE TABLE t (a); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1), (2);")
        database.executescript("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'i';")
    with closing(sqlite3.connect(file)) as database:  # which knows of no index
        database.execute("INSERT INTO t VALUES (3)")
        database.commit()
        root = "INSERT INTO sqlite_schema VALUES ('index', 'i', 't', 3, 'CREATE INDEX i ON t (a)')"
        database.executescript(f"PRAGMA writable_schema = ON; {root};")
    check = SqliteCheck(file, found)
    assert [finding.code for finding in await check.look()] == ["database_damaged"] * len(await check.look())
    assert codes(await examined(check))[1] == []


async def test_rows_that_name_rows_that_are_not_there_are_moved(found: Found, tmp_path: Path) -> None:
    file = tmp_path / "own.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(
            "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a (id), word); "
            "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 'stays'), (2, 'goes');"
        )
    assert codes(await examined(SqliteCheck(file, found))) == (["database_references"], [])
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT word FROM b").fetchall() == [("stays",)]
    assert json.loads(found.path.read_text())["content"] == {"a": 2, "word": "goes"}


async def test_rows_of_a_queue_that_is_not_there_are_moved(party: Party, found: Found) -> None:
    await party.parts.queues._history.keep(QueueName("gone"), [an_item()])
    check = RowCheck(party.parts.engine, party.parts.redis, found)
    assert codes(await examined(check)) == (["rows_of_no_queue"], [])
    assert json.loads(found.path.read_text())["content"]["performer_name"] == "Ana"


async def test_a_redis_that_came_back_empty_takes_no_history_with_it(party: Party, redis: Redis, found: Found) -> None:
    await party.parts.queues._history.keep(X, [an_item()])
    await redis.call("FLUSHALL")
    assert codes(await examined(RowCheck(party.parts.engine, redis, found))) == ([], ["redis_empty"])
    assert not found.path.exists()


async def a_task(party: Party) -> Task:
    task, _ = await party.parts.jobs.create("export", [{"queue": "x"}, {"queue": "x"}])
    return task


async def test_tasks_are_counted_again(party: Party) -> None:
    task = await a_task(party)
    check = TaskCheck(party.parts.engine)
    assert await check.look() == []
    async with party.parts.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE queue_tasks SET completed_items = 2, total_items = 5")
    assert codes(await examined(check)) == (["task_counts"], [])
    after = await party.parts.jobs.task(task.task_id)
    assert (after.total_items, after.completed_items) == (2, 0)


# -- files and the machine -------------------------------------------------------------------------------------


async def test_what_others_may_read_is_closed_and_old_drafts_go(party: Party, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert party.parts.media  # makes a key
    (data / "keys" / "media").chmod(0o644)
    data.chmod(0o755)
    (data / "exports").mkdir()
    for name, age_s in (("draft-old", 2 * 24 * 3600), ("draft-new", 10)):
        (data / "exports" / name).touch()
        os.utime(data / "exports" / name, (time.time() - age_s,) * 2)
    report = await examined(FileCheck(data))
    assert codes(report) == (["file_open", "file_open", "file_draft"], [])
    assert (data.stat().st_mode & 0o777, (data / "keys" / "media").stat().st_mode & 0o777) == (0o700, 0o600)
    assert [path.name for path in (data / "exports").iterdir()] == ["draft-new"]


async def test_an_empty_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "jwt").touch(0o600)
    assert codes(await examined(FileCheck(tmp_path))) == ([], ["file_key"])


async def test_too_little_room_and_a_wrong_clock_are_told(
    redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_check, "_ROOM_BYTES", 1 << 60)
    assert codes(await examined(MachineCheck(tmp_path, redis, FakeClock()))) == ([], ["disk_full", "clock"])


# -- the broker ------------------------------------------------------------------------------------------------


async def without_end(publisher: Publisher, topics: Sequence[str]) -> None:
    for rev in count(1000):
        for topic in topics:
            await publisher.publish(f"api_queue/queue/x/{topic}", f'{{"rev": {rev}}}', retain=True)
        await asyncio.sleep(0.02)


async def test_what_the_broker_keeps_is_compared(party: Party, tmp_path: Path) -> None:
    ports = {"mqtt_port": 0, "mqtt_ws_port": 0, "mqtt_embedded": "announcer", "host": "127.0.0.1"}
    broker = EmbeddedBroker(Settings(data=tmp_path, **ports), tmp_path)  # type: ignore[arg-type]
    broker.start()
    try:
        source = QueueSources(party.parts.queue_store, party.clock)
        url = running_url(tmp_path)
        assert url
        check = RetainedCheck(source, url, "api_queue", 300)
        await party.add("Ana")
        async with Publisher(broker.url, "api_queue/status") as publisher:
            await publisher.connected.wait()
            for topic, payload in (await source.retained(X)).items():
                await publisher.publish(f"api_queue/queue/x/{topic}", payload, retain=True)
            party.clock.pass_s(1)  # times in the list pass
            assert await check.look() == []
            await party.add("Bob")
            behind = {finding.where.rpartition("/")[2] for finding in await check.look()}
            assert behind == {"items", "items.csv", "session"}
            # A relay that is always a moment behind is none that stands still
            published = asyncio.create_task(without_end(publisher, sorted(behind)))
            assert codes(await examined(check)) == ([], [])
            await end_task(published)
    finally:
        broker.stop()
    assert [finding.code for finding in await check.look()] == ["broker"]
    assert running_url(tmp_path) is None


def test_whoever_died_leaves_the_address_of_its_redis(tmp_path: Path) -> None:
    """By which the next start knows that it was cut off."""
    redis = EmbeddedRedis(tmp_path, "everysec")
    redis.start()
    assert (tmp_path / "url").exists()
    redis.stop()
    assert not (tmp_path / "url").exists()
