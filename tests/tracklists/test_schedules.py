"""What is done again and again: when it is due, and that it is begun once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.drivers.redis import Redis
from api_queue.errors import BadCronExpression, ForeignAddress, SchedulesFull, UnknownSchedule
from api_queue.jobs.models import Task, TaskFilter
from api_queue.parts import Parts
from api_queue.serving import working
from api_queue.tracklists import schedules
from api_queue.tracklists.batches import BatchOrder
from api_queue.tracklists.models import Facts
from api_queue.tracklists.schedules import next_at
from tests.house import NO_SITE, house_settings
from tests.queues.builders import FakeClock
from tests.tracklists.workers import until

SITE = NO_SITE["tracklists_base_url"]
ORDER = BatchOrder(urls=(f"{SITE}/tracklist/a/", f"{SITE}/tracklist/b/", f"{SITE}/tracklist/a/"), name="weekly")
EVERY_HOUR = "0 * * * *"
MINUTE_MS, HOUR_MS = 60_000, 3_600_000


@pytest.fixture
async def parts(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path) -> AsyncIterator[Parts]:
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    parts = Parts(house_settings(redis_url, tmp_path), FakeClock())
    yield parts
    await parts.close()


def clock_of(parts: Parts) -> FakeClock:
    assert isinstance(parts.clock, FakeClock)
    return parts.clock


async def begun(parts: Parts) -> list[Task]:
    """The newest first."""
    _, tasks = await parts.jobs.tasks(TaskFilter())
    return tasks


async def scheduled(parts: Parts) -> str:
    schedule, _ = await parts.schedules.add_batch(ORDER, EVERY_HOUR, "somebody")
    return schedule.schedule_id


# -- when ------------------------------------------------------------------------------------------------------


def moment(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("cron", "due"),
    [
        ("30 4 * * *", "2026-11-22T04:30"),
        ("*/15 * * * *", "2026-11-21T20:15"),
        ("0 20 * * *", "2026-11-22T20:00"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
        ("0 12 * * mon", "2026-11-23T12:00"),
    ],
)
def test_the_next_moment_is_the_first_after_this_one(cron: str, due: str) -> None:
    assert next_at(cron, moment("2026-11-21T20:00")) == moment(due)


@pytest.mark.parametrize(
    ("cron", "reason"),
    [
        ("61 * * * *", "bad minute"),
        ("* * * *", "it has 4 fields, and needs 5"),
        ("* * * * * *", "it has 6 fields, and needs 5"),
        ("@daily", "it has 1 fields, and needs 5"),
        ("0 0 * * mon#6", "bad day-of-week"),
        ("0 0 30 2 *", "bad day-of-month"),
        ("* * */20 * 1L", "no day is like that in the next 50 years"),
        ("", "it has 0 fields, and needs 5"),
    ],
)
def test_what_is_no_cron_expression_is_told_why(cron: str, reason: str) -> None:
    with pytest.raises(BadCronExpression) as refused:
        next_at(cron, 0)
    assert refused.value.facts["reason"] == reason


@given(st.integers(0, 59), st.integers(0, 23), st.integers(0, 2**41))
def test_it_lies_ahead_and_within_a_day(minute: int, hour: int, now_ms: int) -> None:
    due_at = next_at(f"{minute} {hour} * * *", now_ms)
    assert now_ms < due_at <= now_ms + 24 * HOUR_MS
    assert due_at % HOUR_MS == minute * MINUTE_MS


# -- beginning -------------------------------------------------------------------------------------------------


async def test_what_is_not_due_is_not_begun(parts: Parts) -> None:
    await scheduled(parts)
    await parts.timetable.look()
    assert await begun(parts) == []


async def test_what_is_due_is_begun_once_whoever_looks(parts: Parts) -> None:
    # Given two workers that both believe to lead
    schedule_id = await scheduled(parts)
    other = Parts(parts.settings, parts.clock)
    clock_of(parts).ms += HOUR_MS
    # When both look at the same time, and again
    await asyncio.gather(parts.timetable.look(), other.timetable.look())
    await other.timetable.look()
    await other.close()
    # Then there is one batch, with each address once
    (task,) = await begun(parts)
    assert (task.type, task.total_items, task.meta["name"]) == ("tracklists.batch.normal", 2, "weekly")
    (kept,) = await parts.schedules.batches()
    assert (kept.schedule_id, kept.task_id) == (schedule_id, task.task_id)
    assert (kept.fired_at or 0) + HOUR_MS == kept.next_at


async def test_a_worker_that_dies_after_the_beginning_does_not_begin_it_twice(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given one that died between the task and the note that it was begun
    await scheduled(parts)
    clock_of(parts).ms += HOUR_MS
    with monkeypatch.context() as dying:
        dying.setattr(parts.schedule_store, "advance", _dead)
        with pytest.raises(ConnectionError):
            await parts.timetable.look()
    # When the task has ended already, and another one looks
    (task,) = await begun(parts)
    await parts.jobs.cancel(task.task_id)
    await parts.timetable.look()
    # Then that is the one
    assert [each.task_id for each in await begun(parts)] == [task.task_id]
    (kept,) = await parts.schedules.batches()
    assert kept.task_id == task.task_id


async def test_what_was_missed_is_begun_once(parts: Parts) -> None:
    await scheduled(parts)
    clock_of(parts).ms += 5 * HOUR_MS
    await parts.timetable.look()
    await parts.timetable.look()
    assert len(await begun(parts)) == 1
    (kept,) = await parts.schedules.batches()
    assert parts.clock.now_ms() < kept.next_at <= parts.clock.now_ms() + HOUR_MS


async def test_nothing_is_begun_while_the_last_one_runs(parts: Parts) -> None:
    await scheduled(parts)
    for _ in range(2):
        clock_of(parts).ms += HOUR_MS
        await parts.timetable.look()
    (task,) = await begun(parts)
    # And again when it is over
    await parts.jobs.cancel(task.task_id)
    clock_of(parts).ms += HOUR_MS
    await parts.timetable.look()
    assert len(await begun(parts)) == 2


async def test_one_that_cannot_be_begun_holds_up_no_other(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a schedule of addresses that were the site's once
    first = await scheduled(parts)
    second, _ = await parts.schedules.add_batch(BatchOrder(urls=(f"{SITE}/tracklist/c/",)), EVERY_HOUR, "somebody")
    clock_of(parts).ms += HOUR_MS
    address = parts.batches._address
    monkeypatch.setattr(parts.batches, "_address", lambda url: _gone(url) if url == ORDER.urls[0] else address(url))
    await parts.timetable.look()
    # Then the others are begun, and it waits for its next time
    (task,) = await begun(parts)
    by_id = {schedule.schedule_id: schedule for schedule in await parts.schedules.batches()}
    assert (by_id[first].task_id, by_id[second.schedule_id].task_id) == (None, task.task_id)
    assert {schedule.next_at > parts.clock.now_ms() for schedule in by_id.values()} == {True}


async def _dead(*_: object) -> bool:
    raise ConnectionError("the process is gone")


def _gone(url: str) -> str:
    raise ForeignAddress(url=url, example=SITE)


# -- keeping ---------------------------------------------------------------------------------------------------


async def test_one_that_is_removed_begins_nothing(parts: Parts) -> None:
    schedule_id = await scheduled(parts)
    await parts.schedules.remove(schedule_id, of_batch=True)
    clock_of(parts).ms += HOUR_MS
    await parts.timetable.look()
    assert (await begun(parts), await parts.schedules.batches()) == ([], [])
    with pytest.raises(UnknownSchedule):
        await parts.schedules.remove(schedule_id, of_batch=True)


async def test_that_of_a_list_goes_with_it(parts: Parts) -> None:
    made = await parts.tracklists.create(Facts(url=ORDER.urls[0]), "manual", "somebody")
    await parts.sync_orders.schedule(made.tracklist_id, EVERY_HOUR, "somebody")
    # It is none of the batches
    with pytest.raises(UnknownSchedule):
        await parts.schedules.remove(made.tracklist_id, of_batch=True)
    assert await parts.schedules.batches() == []
    await parts.tracklist_publishing.remove(made.tracklist_id, None)
    assert await parts.schedules.of_sync(made.tracklist_id) is None


async def test_a_list_is_synced_by_its_schedule(parts: Parts) -> None:
    made = await parts.tracklists.create(Facts(url=ORDER.urls[0]), "manual", "somebody")
    await parts.sync_orders.schedule(made.tracklist_id, EVERY_HOUR, "somebody")
    clock_of(parts).ms += HOUR_MS
    await parts.timetable.look()
    (task,) = await begun(parts)
    assert task.type == "tracklists.sync"
    assert (await parts.sync_orders.status(made.tracklist_id)).task == task


async def test_there_are_so_many_and_no_more(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "MOST_SCHEDULES", 1)
    await scheduled(parts)
    with pytest.raises(SchedulesFull):
        await scheduled(parts)


async def test_the_worker_that_looks_after_all_tasks_looks_at_the_timetable(parts: Parts) -> None:
    await scheduled(parts)
    clock_of(parts).ms += HOUR_MS
    looking = asyncio.create_task(working._keep_up(parts))
    try:
        (task,) = await until(lambda: begun(parts), len)
    finally:
        looking.cancel()
        await asyncio.wait([looking])
    assert task.meta["name"] == "weekly"
