"""Messages that move from one store to another."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from itertools import permutations
from pathlib import Path

import pytest

from api_queue.command_line import main
from api_queue.drivers.redis import Redis
from api_queue.drivers.sql import url_of
from api_queue.errors import MessageQueuesFull
from api_queue.messages.copying import copy, count
from api_queue.messages.models import Death, Message, Store
from api_queue.messages.names import dead_letters_of
from api_queue.migrations import upgrade
from api_queue.types import MessageId, MessageQueueName
from tests.messages.in_files import NOW_MS, Q, file_store, message, take
from tests.messages.post import OTHER
from tests.messages.stores import KINDS, open_store

DEAD = dead_letters_of(Q)
LATER_MS = NOW_MS + 60_000


@pytest.fixture(params=permutations(KINDS, 2), ids="-to-".join)
async def stores(request: pytest.FixtureRequest, redis: Redis, tmp_path: Path) -> AsyncIterator[tuple[Store, Store]]:
    source, target = request.param
    async with open_store(source, redis, tmp_path) as a, open_store(target, redis, tmp_path) as b:
        yield a, b


@pytest.fixture
def source(stores: tuple[Store, Store]) -> Store:
    return stores[0]


@pytest.fixture
def target(stores: tuple[Store, Store]) -> Store:
    return stores[1]


async def fill(store: Store) -> None:
    """`a` is held, for the third time; `b` can be had, `c` is delayed; `x` is dead."""
    for queue in (Q, OTHER):
        assert await store.register(queue, 10)
    a = Message(MessageId("a"), '{"n":  "é|1"}', "", receive_count=2)
    c = Message(MessageId("c"), "{}", "", visible_at_ms=LATER_MS)
    x = Message(MessageId("x"), "{}", "", receive_count=10, death=Death(NOW_MS, "Too often | too late."))
    await store.send(Q, [a, message("b"), c], NOW_MS)
    assert [held.id for held in (await store.receive(Q, take(1), NOW_MS)).messages] == ["a"]
    await store.send(DEAD, [x], NOW_MS)
    await store.send(OTHER, [message("a")], NOW_MS)


async def all_of(store: Store, queue: MessageQueueName) -> list[Message]:
    return [each async for each in store.every(queue)]


async def copy_all(source: Store, target: Store) -> None:
    await copy(source, target, await source.queues(), 10, NOW_MS, lambda _queue, _more: None)


async def test_bodies_order_counts_and_deaths_come_along(source: Store, target: Store) -> None:
    await fill(source)
    await copy_all(source, target)
    assert await target.queues() == [OTHER, Q]
    for queue in (Q, DEAD, OTHER):
        before, after = await all_of(source, queue), await all_of(target, queue)
        assert [facts(each) for each in after] == [facts(each) for each in before]
    assert [each.receive_count for each in await all_of(target, Q)] == [3, 0, 0]
    assert [letter.death for letter in await all_of(target, DEAD)] == [Death(NOW_MS, "Too often | too late.")]
    assert (await target.info(Q, NOW_MS)).size_bytes == (await source.info(Q, NOW_MS)).size_bytes


def facts(each: Message) -> tuple[object, ...]:
    return each.id, each.body, each.timestamp, each.receive_count, each.death


async def test_held_ones_can_be_had_and_delayed_ones_stay_delayed(source: Store, target: Store) -> None:
    await fill(source)
    before = await source.info(Q, NOW_MS)
    await copy_all(source, target)
    assert [each.id for each in (await target.look(Q, 0, 10, NOW_MS)).messages] == ["a", "b"]
    assert (await target.info(Q, NOW_MS)).in_flight == 1
    assert (await target.info(Q, LATER_MS)).in_flight == 0
    # And the source is as it was
    assert await source.info(Q, NOW_MS) == before


async def test_what_was_interrupted_goes_on_and_copies_nothing_twice(source: Store, target: Store) -> None:
    await source.register(Q, 10)
    await source.send(Q, [message(f"m{number}") for number in range(450)], NOW_MS)

    class Interrupted(Exception):
        pass

    def interrupt(_queue: object, _more: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        await copy(source, target, [Q], 10, NOW_MS, interrupt)
    assert 0 < (await target.info(Q, NOW_MS)).messages < 450
    await copy_all(source, target)
    await copy_all(source, target)
    assert [each.id for each in await all_of(target, Q)] == [f"m{number}" for number in range(450)]


async def test_progress_is_told_up_to_the_count(source: Store, target: Store) -> None:
    await fill(source)
    told: dict[MessageQueueName, int] = {}
    await copy(source, target, [Q, OTHER], 10, NOW_MS, lambda q, more: told.update({q: told.get(q, 0) + more}))
    assert told == {queue: await count(source, queue, NOW_MS) for queue in (Q, OTHER)}


async def test_more_queues_than_may_be_are_refused(source: Store, target: Store) -> None:
    await fill(source)
    with pytest.raises(MessageQueuesFull):
        await copy(source, target, [Q, OTHER], 1, NOW_MS, lambda _queue, _more: None)
    assert await target.queues() == [Q]


# -- the command -----------------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A server's data folder, with two queues in JSON."""
    interrupt = signal.getsignal(signal.SIGINT)
    upgrade(url_of("", tmp_path))
    asyncio.run(write_json(tmp_path))
    yield tmp_path
    signal.signal(signal.SIGINT, interrupt)  # `main` leaves Ctrl-C to the system


async def write_json(data: Path) -> None:
    async with file_store("json", data) as store:
        for queue in (Q, OTHER):
            await store.register(queue, 10)
            await store.send(queue, [message("a"), message("b")], NOW_MS)


async def in_sqlite(data: Path, queue: MessageQueueName) -> list[str]:
    async with file_store("sqlite", data) as store:
        return [each.id async for each in store.every(queue)]


def copy_command(data: Path, *more: str) -> int:
    return main(["messages", "copy", "--from", "json", *more, "--data", str(data)])


def test_the_command_copies_all_queues_and_says_how_much(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert copy_command(data, "--to", "sqlite") == 0
    said = capsys.readouterr()
    assert said.out == "Copied 4 messages of 2 queues. Those that were there already stayed as they were.\n"
    assert "orders" in said.err
    assert asyncio.run(in_sqlite(data, Q)) == asyncio.run(in_sqlite(data, OTHER)) == ["a", "b"]


def test_the_command_copies_one_queue(data: Path) -> None:
    assert copy_command(data, "--to", "sqlite", "--queue", "bills") == 0
    assert asyncio.run(in_sqlite(data, OTHER)) == ["a", "b"]
    assert asyncio.run(in_sqlite(data, Q)) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "json"), "--from and --to are the same"),
        (("--to", "sqlite", "--queue", "../orders"), "'../orders' cannot name a queue of messages"),
        (("--to", "redis"), "away"),
    ],
)
def test_the_command_refuses_with_a_sentence(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert copy_command(data, *arguments) == 1
    assert said in capsys.readouterr().err
