"""From what was measured to how it is."""

import pytest

from api_queue.formats.figures import Figure
from api_queue.monitoring import levels
from api_queue.monitoring.health import Finding, worst
from api_queue.monitoring.models import Snapshot
from api_queue.monitoring.shared_figures import MOST_QUEUES, OTHERS, waiting
from api_queue.queues.census import Counted
from api_queue.types import QueueKind, QueueName

LONG_MS = 3_600_000
GIB = 1 << 30


def a_process(process: str, role: str = "", **values: float) -> Snapshot:
    leads = [Figure("leads", 1, {"role": role})] if role else []
    figures = [*leads, *(Figure(name, value) for name, value in values.items())]
    return Snapshot(host="bar", process=process, pid=1, since_ms=0, at_ms=0, figures=figures)


def test_the_worst_part_speaks_for_all() -> None:
    found = {"a": Finding("ok", ""), "b": Finding("bad", ""), "c": Finding("warn", "")}
    assert (worst(found), worst({"a": found["a"], "c": found["c"]}), worst({})) == ("bad", "warn", "ok")


@pytest.mark.parametrize(("ms", "level"), [(0.4, "ok"), (100, "ok"), (100.1, "warn")])
def test_a_slow_part_wants_to_be_looked_at(ms: float, level: str) -> None:
    assert levels.answers(ms).status == level


def test_a_disk_that_takes_nothing_is_bad_however_much_is_free() -> None:
    assert levels.disk(50 * GIB, 100 * GIB, writable=False).status == "bad"


@pytest.mark.parametrize(("free", "level"), [(50 * GIB, "ok"), (GIB - 1, "warn"), ((100 << 20) - 1, "bad")])
def test_a_disk_is_full_before_nothing_is_left(free: int, level: str) -> None:
    found = levels.disk(free, 100 * GIB, writable=True)
    assert found.status == level
    assert bool(found.todo) is (level != "ok")


@pytest.mark.parametrize(
    ("skew_ms", "level", "says"), [(-3, "ok", "behind"), (1000, "warn", "before"), (-3_600_000, "bad", "behind")]
)
def test_clocks_that_differ_are_told(skew_ms: int, level: str, says: str) -> None:
    found = levels.clock(skew_ms)
    assert found.status == level
    assert says in found.detail


def test_a_relay_that_leads_and_is_in_time_is_well() -> None:
    found = levels.relay([a_process("relay", "relay", relay_waiting_seconds=0)], LONG_MS)
    assert found == Finding("ok", "It works on bar.")


@pytest.mark.parametrize(("lag_s", "level"), [(0.5, "ok"), (5, "warn"), (60, "bad")])
def test_a_relay_that_is_behind_says_by_how_much(lag_s: float, level: str) -> None:
    found = levels.relay([a_process("relay", "relay", relay_waiting_seconds=lag_s)], LONG_MS)
    assert found.status == level
    assert f"{lag_s:.1f} s old" in found.detail


def test_one_that_only_waits_to_lead_does_nobodys_work() -> None:
    assert levels.leader("relay", [a_process("relay")], LONG_MS).status == "bad"


def test_a_spare_is_told() -> None:
    found = levels.leader("relay", [a_process("relay", "relay"), a_process("relay-7")], LONG_MS)
    assert found == Finding("ok", "It works on bar; 1 more could take over.")


def test_a_server_that_has_just_begun_has_some_time() -> None:
    assert levels.leader("conductor", [], 1_000).status == "warn"
    assert levels.broker([a_process("relay", "relay", broker_connected=0)], 1_000).status == "warn"


def test_a_relay_without_its_broker_lets_screens_stand_still() -> None:
    connected = a_process("relay", "relay", broker_connected=1)
    lost = a_process("relay", "relay", broker_connected=0)
    assert levels.broker([connected], LONG_MS).status == "ok"
    assert levels.broker([lost], LONG_MS).status == "bad"
    assert levels.broker([], LONG_MS).status == "warn"


def test_music_that_nobody_plays_is_named() -> None:
    assert levels.speakers(1, []) == Finding("ok", "1 device was heard of lately.")
    found = levels.speakers(0, [QueueName("party")])
    assert (found.status, "party" in found.detail) == ("warn", True)


@pytest.mark.parametrize(("made_ms", "level"), [(None, "warn"), (0, "warn"), (8 * 86_400_000, "ok")])
def test_a_backup_grows_old(made_ms: int | None, level: str) -> None:
    assert levels.backup(made_ms, 9 * 86_400_000).status == level


def test_a_site_that_is_left_alone_says_why() -> None:
    assert levels.site("closed", "", 0).status == "ok"
    assert "it answered 403" in levels.site("open", "it answered 403", 12).detail


# -- figures of queues -----------------------------------------------------------------------------------------


def counted(name: str, waits: int, kind: QueueKind = "named") -> Counted:
    return Counted(QueueName(name), kind, waits, 0)


def test_what_waits_is_told_of_the_longest_queues_and_of_the_rest_together() -> None:
    many = [counted(f"q{number:03}", number) for number in range(MOST_QUEUES + 10)]
    figures = list(waiting(many))
    assert len(figures) == MOST_QUEUES + 1
    assert figures[0] == Figure("waiting_items", MOST_QUEUES + 9, {"queue": f"q{MOST_QUEUES + 9:03}"})
    assert figures[-1] == Figure("waiting_items", sum(range(10)), {"queue": OTHERS})


def test_a_queue_that_a_guest_made_is_no_figure() -> None:
    names = [figure.labels["queue"] for figure in waiting([counted("party", 1), counted("mine", 5, "transient")])]
    assert names == ["party", OTHERS]
