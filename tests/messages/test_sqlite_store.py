"""How the store in SQLite asks: by index, however many messages there are."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from api_queue.drivers.sql import connect_here, writing_here
from api_queue.messages import sqlite_verbs as verbs
from api_queue.messages.models import Take, Wish
from api_queue.messages.service import new_receipt
from api_queue.messages.sqlite_tables import hidden, messages, metadata
from api_queue.types import MessageId, MessageQueueName
from tests.messages.in_files import NOW_MS, Q, file_store, message

DEAD = MessageQueueName("orders.dead")
LATER_MS = NOW_MS + 1000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """With messages that can be had, hidden ones, overdue ones and dead ones."""
    engine = connect_here(f"sqlite:///{tmp_path / 'messages.sqlite'}")
    with writing_here(engine) as connection:
        metadata.create_all(connection)
        verbs.send(connection, Q, [message(f"m{number}") for number in range(40)], NOW_MS)
        verbs.receive(connection, Q, take(10, until_ms=LATER_MS), NOW_MS)
        verbs.receive(connection, Q, take(10, until_ms=LATER_MS + 60_000), NOW_MS)
        verbs.send(connection, DEAD, [message(f"dead{number}") for number in range(5)], NOW_MS)
    yield engine
    engine.dispose()


def take(most: int, until_ms: int = LATER_MS + 30_000, receive_max: int = 10, **wish: Any) -> Take:
    return Take(Wish(most, **wish), tuple(new_receipt() for _ in range(most)), until_ms, receive_max)


def plans(engine: Engine, verb: Callable[[Connection], object]) -> list[str]:
    """How SQLite does each statement of the verb, step by step."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: Any, _context: object, many: bool) -> None:
        asked.append((statement, parameters[0] if many else parameters))

    with writing_here(engine) as connection:
        event.listen(connection, "before_cursor_execute", note)
        verb(connection)
        event.remove(connection, "before_cursor_execute", note)
        explained = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            for statement, parameters in asked
            if not statement.startswith(("BEGIN", "PRAGMA"))
        ]
    return [row.detail for rows in explained for row in rows]


@pytest.mark.parametrize(
    "verb",
    [
        lambda connection: verbs.send(connection, Q, [message("new"), message("m1")], LATER_MS),
        lambda connection: verbs.receive(connection, Q, take(5), LATER_MS),
        lambda connection: verbs.receive(connection, Q, take(5, only_new=True), LATER_MS),
        lambda connection: verbs.receive(connection, Q, take(5, consumer_id="ana"), LATER_MS),
        lambda connection: verbs.receive(connection, Q, take(5, delete=True), LATER_MS),
        lambda connection: verbs.receive(connection, Q, take(5, receive_max=1), LATER_MS),
        lambda connection: verbs.receive(connection, MessageQueueName("empty"), take(5), LATER_MS),
        lambda connection: verbs.drop(connection, Q, LATER_MS, messages.c.id == "m30"),
        lambda connection: verbs.drop(connection, Q, LATER_MS, hidden(Q, LATER_MS), messages.c.receipt == "r"),
        lambda connection: verbs.extend(connection, Q, new_receipt(), LATER_MS, NOW_MS),
        lambda connection: verbs.rewrite(connection, Q, MessageId("m1"), "{}", "", LATER_MS),
        lambda connection: verbs.redrive(connection, Q, 3, LATER_MS),
        lambda connection: verbs.show(connection, Q, MessageId("m1"), LATER_MS),
        lambda connection: verbs.existing(connection, Q, [MessageId("m1"), MessageId("m2")]),
        lambda connection: verbs.info(connection, Q, LATER_MS),
        lambda connection: verbs.look(connection, Q, 2, 5, LATER_MS),
        lambda connection: verbs.following(connection, Q, 5),
    ],
)
def test_nothing_is_scanned_or_sorted(engine: Engine, verb: Callable[[Connection], object]) -> None:
    steps = plans(engine, verb)
    assert any("USING" in step for step in steps)
    assert [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE" in step] == []


async def test_more_than_a_slice_that_come_back_at_once_are_all_on_the_pages(tmp_path: Path) -> None:
    sent = [message(f"m{number}") for number in range(2 * verbs.SLICE + 1)]
    async with file_store("sqlite", tmp_path) as store:
        await store.send(Q, sent, NOW_MS)
        for _ in range(21):
            await store.receive(Q, take(100, until_ms=LATER_MS), NOW_MS)
        assert (await store.look(Q, 0, 10, LATER_MS - 1)).total == 0
        page = await store.look(Q, 2 * verbs.SLICE, 10, LATER_MS)
    assert (page.total, [each.id for each in page.messages]) == (2001, ["m2000"])


async def test_a_power_cut_takes_nothing_since_each_commit_is_synced(tmp_path: Path) -> None:
    engine = connect_here(f"sqlite:///{tmp_path / 'messages.sqlite'}")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 2
    engine.dispose()
