"""Damage in each key of a queue: it is found, mended, and the queue is the same one afterwards."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from api_queue.drivers.redis import Redis
from api_queue.keeping.findings import Finding, Report, examine
from api_queue.keeping.found import Found
from api_queue.keeping.queue_check import QueueCheck
from api_queue.queues.models import Item
from api_queue.types import QueueName
from tests.queues.agreement import check_index
from tests.queues.builders import NOW
from tests.queues.party import Party, X, guest

#: What is done to Redis, and what is said of it. ITEM is the id of a waiting item, LINE its line.
DAMAGE: Sequence[tuple[str, Sequence[str], str]] = [
    ("an item left the index", ("HDEL", "q:{x}:index", "ITEM"), "queue_index"),
    ("an item left the list", ("LREM", "q:{x}:items", "1", "LINE"), "queue_list"),
    ("an item stands there twice", ("RPUSH", "q:{x}:items", "LINE"), "queue_lines"),
    ("a line is no item", ("RPUSH", "q:{x}:items", "no,item"), "queue_lines"),
    ("the index has a line that is none", ("HSET", "q:{x}:index", "GHOST", "no,item"), "queue_index"),
    ("the head is elsewhere", ("HSET", "q:{x}:meta", "head", "1"), "queue_sums"),
    ("the head is no number", ("HSET", "q:{x}:meta", "head", "three"), "queue_record"),
    ("the sum of what waits is wrong", ("HINCRBY", "q:{x}:meta", "waiting_ms", "-7"), "queue_sums"),
    ("starts set by hand are miscounted", ("HSET", "q:{x}:meta", "fixed", "1"), "queue_sums"),
    ("a guest is counted once too often", ("HINCRBY", "q:{x}:counts", "o:ana", "1"), "queue_counts"),
    ("all counts are gone", ("DEL", "q:{x}:counts"), "queue_counts"),
    ("what is whose is gone", ("DEL", "q:{x}:whose"), "queue_whose"),
    ("a round is gone", ("ZREM", "q:{x}:order", "ITEM"), "queue_order"),
    ("all rounds are gone", ("DEL", "q:{x}:order"), "queue_order"),
    ("the sums of rounds are wrong", ("HSET", "q:{x}:bands", "1", "5"), "queue_order"),
    ("a move of nobody is kept", ("HSET", "q:{x}:moves", "GHOST", "[]"), "queue_strays"),
    ("variants of nobody are kept", ("HSET", "q:{x}:variants", "GHOST", "{}"), "queue_strays"),
    ("the revision went back", ("HINCRBY", "q:{x}:meta", "rev", "-2"), "queue_events"),
    ("the revision went ahead of its events", ("HINCRBY", "q:{x}:meta", "rev", "2"), "queue_events"),
    ("all events are gone", ("DEL", "q:{x}:events"), "queue_events"),
    ("the queue is not listed", ("SREM", "q:names", "x"), "queue_unlisted"),
]


@pytest.fixture
def check(party: Party, tmp_path: Path) -> QueueCheck:
    return QueueCheck(party.parts.redis, party.parts.arrangements, Found(tmp_path, NOW), NOW)


async def examined(check: QueueCheck, *, repair: bool) -> Report:
    return await examine([check], repair=repair, pause_s=0)


async def a_night(party: Party, order: str) -> list[str]:
    """Two played, one plays, four wait; the last of them was moved by hand, unless the order forbids it."""
    await party.set(order=order)
    for number, name in enumerate(("Ana", "Bob", "Cleo", "Ana", "Dan & Eve", "Bob", "Fay")):
        await party.add(name, guest(name.lower()), track=number)
    await party.press("play")
    for _ in range(2):
        party.clock.pass_s(100)
        await party.press("next")
    return await party.waiting()


async def damage(party: Party, command: Sequence[str], item: Item) -> None:
    words = [{"ITEM": item.id, "LINE": item.as_line()}.get(word, word) for word in command]
    await party.parts.redis.call(*words)


@pytest.mark.parametrize(("what", "command", "code"), DAMAGE, ids=[what for what, *_ in DAMAGE])
async def test_damage_is_found_and_mended(
    party: Party, check: QueueCheck, what: str, command: Sequence[str], code: str
) -> None:
    waiting = await a_night(party, "fair")
    assert await check.look() == []
    await damage(party, command, (await party.view()).to_come[1])

    assert code in {finding.code for finding in (await examined(check, repair=False)).standing}
    report = await examined(check, repair=True)
    assert report.standing == []
    assert code in {finding.code for finding in report.mended}
    await check_index(party.parts.redis, X)
    assert sorted(await party.waiting()) == sorted(waiting)
    # And it goes on
    await party.add("Gus", guest("gus"), track=8)
    await party.press("next")
    await check_index(party.parts.redis, X)


async def test_all_of_it_at_once_in_a_queue_that_is_not_sorted(party: Party, check: QueueCheck) -> None:
    waiting = await a_night(party, "fifo")
    item = (await party.view()).to_come[1]
    for _, command, code in DAMAGE:
        if code not in {"queue_list", "queue_record", "queue_order"} and command[0] != "HDEL":
            await damage(party, command, item)
    report = await examined(check, repair=True)
    assert report.standing == []
    assert len({finding.code for finding in report.mended}) > 6
    await check_index(party.parts.redis, X)
    assert await party.waiting() == waiting


async def test_settings_that_cannot_be_read_become_the_default_and_are_kept_aside(
    party: Party, check: QueueCheck, tmp_path: Path
) -> None:
    await party.add_all("AB")
    await party.parts.redis.call("HSET", "q:{x}:meta", "settings", '{"order": "fa')
    report = await examined(check, repair=True)
    assert [finding.code for finding in report.mended] == ["queue_record"]
    assert await party.waiting() == ["A", "B"]
    kept = [json.loads(line) for file in (tmp_path / "found").iterdir() for line in file.read_text().splitlines()]
    assert [(each["what"], each["content"]) for each in kept] == [("meta settings", '{"order": "fa')]


async def test_a_line_that_cannot_be_read_is_kept_aside(party: Party, check: QueueCheck, tmp_path: Path) -> None:
    await party.add("Ana")
    await party.parts.redis.call("RPUSH", "q:{x}:items", "no,item")
    await examined(check, repair=True)
    [file] = (tmp_path / "found").iterdir()
    assert json.loads(file.read_text())["content"] == "no,item"
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_session_that_plays_what_is_not_there_stops(party: Party, check: QueueCheck) -> None:
    await a_night(party, "fair")
    current = (await party.view()).current
    assert current
    for command in (("LREM", "q:{x}:items", "1", current.as_line()), ("HDEL", "q:{x}:index", current.id)):
        await party.parts.redis.call(*command)
    assert "queue_session" in {finding.code for finding in (await examined(check, repair=True)).mended}
    assert (await party.view()).queue.session.state == "stopped"
    await party.press("play")
    await check_index(party.parts.redis, X)


async def test_keys_of_no_queue_are_put_away_and_a_name_of_none_is_forgotten(
    redis: Redis, check: QueueCheck, tmp_path: Path
) -> None:
    await redis.call("RPUSH", "q:{gone}:items", "a,line")
    await redis.call("SADD", "q:names", "gone", "never")
    report = await examined(check, repair=True)
    assert {(finding.code, finding.where) for finding in report.mended} == {
        ("queue_remains", "gone"),
        ("queue_gone", "never"),
    }
    assert "a,line" in next((tmp_path / "found").iterdir()).read_text()
    assert not await redis.call("EXISTS", "q:{gone}:items")
    assert await examined(check, repair=True) == Report([], [])


async def test_a_queue_that_was_made_since_it_was_found_missing_is_left_alone(party: Party, check: QueueCheck) -> None:
    await party.add("Ana")
    before = await party.view()
    for code in ("queue_remains", "queue_gone"):
        await check.mend([Finding(code, X, "It is not there.", "takes it away")])
    assert await party.view() == before
    assert await check.look() == []


async def test_a_deleted_queue_is_no_fault(party: Party, check: QueueCheck) -> None:
    await party.add("Ana")
    await party.parts.queues.delete(X)
    assert await check.look() == []


async def test_screens_are_told_of_what_was_mended(party: Party, check: QueueCheck) -> None:
    await party.add_all("AB")
    item = (await party.view()).to_come[0]
    await party.parts.redis.call("LREM", "q:{x}:items", "1", item.as_line())
    await examined(check, repair=True)
    told = (await party.events())[-1]
    assert told["name"] == "items_change"
    assert {"add"} == {change["op"] for change in told["changes"]}


async def test_what_is_over_by_the_second_look_is_no_finding() -> None:
    class OnItsWay:
        looks = 0

        async def look(self) -> list[Finding]:
            self.looks += 1
            return [Finding("there", "at first", "x", "y")] if self.looks == 1 else []

        async def mend(self, findings: Sequence[Finding]) -> None:
            assert not findings

    assert await examine([OnItsWay()], repair=True, pause_s=0) == Report([], [])


async def test_nothing_is_found_while_guests_add(party: Party, check: QueueCheck) -> None:
    async def adding() -> None:
        for number in range(60):
            await party.add(f"Guest {number}", guest(f"g{number}"))

    busy = asyncio.create_task(adding())
    while not busy.done():
        assert (await examined(check, repair=False)).standing == []
    await busy


async def test_other_queues_are_left_alone(party: Party, check: QueueCheck) -> None:
    other = QueueName("y")
    await party.parts.queues.ensure(other, "Y")
    rev = (await party.parts.queues.queue(other)).rev
    await party.parts.redis.call("DEL", "q:{x}:events")
    await examined(check, repair=True)
    assert (await party.parts.queues.queue(other)).rev == rev
