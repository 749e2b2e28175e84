"""What left the list, in SQL: in order, each item once, each queue its own."""

import pytest
from msgspec.structs import replace

from api_queue.queues.history import SqlHistory
from api_queue.queues.models import Item
from api_queue.types import QueueName
from tests.queues.builders import NOW, an_item, names
from tests.queues.party import Party, X

OTHER = QueueName("other")


@pytest.fixture
def history(party: Party) -> SqlHistory:
    return SqlHistory(party.parts.engine)


def played(name: str) -> Item:
    return an_item(name, status="played", play_at=NOW)


async def test_an_item_comes_back_as_it_was(history: SqlHistory) -> None:
    # Given an item with something in every column
    item = replace(
        played('Zoë, "the voice" 🎤'), weight=-0.1, added_by="helper", key_shift=-3, tempo=1.25, status="failed"
    )
    # When it is kept, then it is read as the same
    await history.keep(X, [item])
    assert await history.read(X, 10) == [item]


async def test_an_item_that_never_started_comes_back_without_a_time(history: SqlHistory) -> None:
    await history.keep(X, [an_item(status="skipped")])
    assert [item.timestamp_play for item in await history.read(X, 10)] == [None]


async def test_items_stand_in_the_order_in_which_they_left(history: SqlHistory) -> None:
    await history.keep(X, [played(name) for name in "CA"])
    await history.keep(X, [played(name) for name in "B"])
    assert names(await history.read(X, 10)) == ["C", "A", "B"]


async def test_a_limit_takes_the_newest_oldest_first(history: SqlHistory) -> None:
    await history.keep(X, [played(name) for name in "ABCD"])
    assert names(await history.read(X, 2)) == ["C", "D"]


async def test_what_is_kept_twice_is_there_once(history: SqlHistory) -> None:
    # Given items that were kept before a crash
    a, b, c = (played(name) for name in "ABC")
    await history.keep(X, [a, b])
    # When they are kept again with one more
    await history.keep(X, [a, b, c])
    await history.keep(X, [a, b, c])
    # Then each is there once, in order
    assert names(await history.read(X, 10)) == ["A", "B", "C"]


async def test_two_queues_share_nothing(history: SqlHistory) -> None:
    # Given the same item in two queues' history
    a = played("A")
    await history.keep(X, [a])
    await history.keep(OTHER, [a, played("B")])
    # When one is forgotten, then the other is still there
    await history.forget(X)
    assert await history.read(X, 10) == []
    assert names(await history.read(OTHER, 10)) == ["A", "B"]


async def test_as_much_as_one_trim_moves_is_kept_at_once(history: SqlHistory) -> None:
    many = [played(f"No {n}") for n in range(500)]
    await history.keep(X, many)
    await history.keep(X, many)
    assert await history.read(X, 1000) == many
