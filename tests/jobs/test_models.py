"""The rules of states, progress and pauses."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import BadTaskItem, UnknownTaskType
from api_queue.jobs.models import (
    FINAL,
    LIVE,
    LONGEST_PAUSE_S,
    MOVES,
    Status,
    Task,
    TaskId,
    end_of_item,
    end_of_task,
    may_become,
    pause_s,
    share_of,
)
from api_queue.jobs.task_types import TaskTypes
from tests.jobs.types import Stage, Step

STATUSES: tuple[Status, ...] = get_args(Status)
statuses = st.sampled_from(STATUSES)


def a_task(**facts: object) -> Task:
    fields: dict[str, object] = dict.fromkeys(Task.__dataclass_fields__) | {
        "furthest": 0.0,
        "task_id": TaskId(1),
        "status": "running",
        "meta": {},
        "total_items": 4,
        "completed_items": 0,
        "failed_items": 0,
        "canceled_items": 0,
        "work_done": 0.0,
    }
    return Task(**(fields | facts))  # type: ignore[arg-type]  # one of each kind


@given(st.lists(statuses, min_size=1))
def test_nothing_leaves_a_final_state(wished: list[Status]) -> None:
    status: Status = "queued"
    ended = None
    for wish in wished:
        status = wish if wish in MOVES[status] else status
        assert ended is None or status == ended
        ended = status if status in FINAL else None


def test_the_final_states_are_those_of_the_seed() -> None:
    assert sorted(FINAL) == ["canceled", "completed", "failed"]
    assert sorted(LIVE) == ["queued", "running"]


@given(statuses)
def test_what_may_become_something_is_what_may_move_there(status: Status) -> None:
    assert set(may_become(status)) == {before for before in STATUSES if status in MOVES[before]}


@given(st.lists(statuses))
def test_an_item_is_as_good_as_the_worst_of_its_child_tasks(children: list[Status]) -> None:
    end = end_of_item(children)
    assert (end is None) == bool(LIVE & set(children))
    if end is not None:
        assert (end == "failed") == ("failed" in children)
        assert (end == "completed") == (set(children) <= {"completed"})


@given(st.integers(min_value=0))
def test_one_failed_item_is_enough(failed: int) -> None:
    assert end_of_task(failed) == ("failed" if failed else "completed")


@given(st.integers(), st.integers())
def test_what_runs_is_never_wholly_done(done: int, total: int) -> None:
    assert 0 <= share_of(done, total) < 1


@given(st.integers(min_value=1, max_value=1000), st.floats(min_value=0, max_value=1))
def test_a_pause_grows_and_ends_somewhere(attempt: int, chance: float) -> None:
    assert 0 < pause_s(attempt, chance) <= LONGEST_PAUSE_S
    assert pause_s(attempt + 1, chance) >= pause_s(attempt, chance)


def test_pauses_differ_by_lot() -> None:
    assert (pause_s(1, 0), pause_s(1, 1), pause_s(3, 1)) == (1.0, 2.0, 8.0)


def test_progress_and_what_is_left() -> None:
    # Given a task that has done a quarter in ten seconds
    task = a_task(started_at=0, completed_items=1, work_done=1.0, furthest=0.25)
    assert (task.percent, task.rate(10_000), task.time_left_s(10_000)) == (25.0, 0.1, 30.0)


def test_items_that_are_added_take_no_progress_back() -> None:
    assert a_task(total_items=100, work_done=1.0, furthest=0.5).percent == 50.0


@pytest.mark.parametrize(("status", "percent"), [("running", 99.9), ("canceled", 99.9), ("completed", 100.0)])
def test_only_what_is_over_is_wholly_done(status: Status, percent: float) -> None:
    assert a_task(status=status, furthest=0.99999).percent == percent


def test_a_clock_that_was_set_back_makes_no_time_negative() -> None:
    task = a_task(started_at=5000, completed_items=1, work_done=1.0)
    assert (task.elapsed_s(0), task.rate(0), task.time_left_s(0)) == (0.0, None, 0.0)


@pytest.mark.parametrize("status", ["queued", "completed", "failed", "canceled"])
def test_what_does_not_run_has_no_time_left(status: Status) -> None:
    assert a_task(status=status, work_done=1.0, started_at=0).time_left_s(1000) is None


def test_before_the_first_item_nobody_knows() -> None:
    task = a_task(started_at=0)
    assert (task.rate(5000), task.time_left_s(5000), task.percent) == (None, None, 0.0)


def test_a_type_reads_its_items_and_says_what_is_wrong() -> None:
    types = Stage().types()
    assert types["steps"].task([Step("a")], key="k").payloads == [{"name": "a"}]
    with pytest.raises(BadTaskItem, match=r"Expected `str`, got `int` - at `\$.name`"):
        types["steps"].task([{"name": 1}])


def test_a_type_that_is_none_is_answered_with_those_that_are() -> None:
    with pytest.raises(UnknownTaskType, match="there are closed, programs, steps"):
        Stage().types()["dance"]
    with pytest.raises(UnknownTaskType, match="there are none"):
        TaskTypes(())["dance"]
