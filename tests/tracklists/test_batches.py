"""Which addresses a batch has, which batch comes first, and how one stands."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.jobs.models import Task, TaskId, TaskItem, TaskItemId
from api_queue.tracklists.batch_wire import progress_json
from api_queue.tracklists.batches import PER_URL_S, Batch, distinct, more_urgent

#: What a task is besides.
PLAIN: dict[str, Any] = {
    **{"type": "tracklists.batch.low", "created_by": "", "key": None, "meta": {}, "concurrency": 1, "retry_of": None},
    **{"parent_item_id": None, "parent_task_id": None, "root_id": TaskId(1), "total_items": 2, "completed_items": 0},
    **{"failed_items": 0, "canceled_items": 0, "work_done": 0.0, "furthest": 0.0},
    **{"created_at": 1_000, "started_at": None, "finished_at": None},
}
TASK = Task(task_id=TaskId(1), status="queued", **PLAIN)


def an_item(index: int, **changes: Any) -> TaskItem:
    plain: dict[str, Any] = {"status": "queued", "payload": {"url": "u"}, "result": None, "error": "", "attempts": 0}
    times: dict[str, Any] = {"started_at": None, "finished_at": None, "done": 0, "total": 0}
    return TaskItem(item_id=TaskItemId(index), task_id=TaskId(1), index=index, **(plain | times | changes))


@given(st.lists(st.sampled_from("abc")))
def test_every_address_is_there_once_and_every_other_is_told(urls: list[str]) -> None:
    once, duplicates = distinct(urls)
    assert once == sorted(set(urls), key=urls.index)
    assert len(once) + len(duplicates) == len(urls)
    assert all(urls[each.position - 1] == urls[each.same_as - 1] == each.url for each in duplicates)


def test_the_most_urgent_waits_for_nobody() -> None:
    assert [more_urgent(priority) for priority in PER_URL_S] == [[], ["immediate"], ["immediate", "normal"]]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "queued"),
        ({"status": "running"}, "processing"),
        ({"status": "running", "paused": True}, "paused"),
        ({"status": "completed"}, "completed"),
        ({"status": "canceled", "paused": True}, "cancelled"),
        ({"status": "failed"}, "failed"),
    ],
)
def test_a_batch_stands_as_its_task_does(changes: dict[str, Any], status: str) -> None:
    assert Batch(replace(TASK, **changes), []).status == status


def test_it_was_changed_when_something_of_it_last_began_or_ended() -> None:
    items = [an_item(0, status="completed", started_at=2_000, finished_at=5_000), an_item(1, started_at=4_000)]
    assert (Batch(TASK, []).updated_at, Batch(TASK, items).updated_at) == (1_000, 5_000)


def test_numbers_are_numbers_and_the_first_error_is_told() -> None:
    items = [an_item(0, status="failed", error="It is gone."), an_item(1, status="failed", error="Me too.")]
    said = progress_json(Batch(replace(TASK, status="failed"), items))
    assert said["jobs_status"] == {"pending": 0, "processing": 0, "completed": 0, "failed": 2, "cancelled": 0}
    assert (said["progress_percentage"], said["error"]) == (100.0, "2 of 2 failed; the first: It is gone.")
