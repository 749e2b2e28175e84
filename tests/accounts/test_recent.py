"""What a worker remembers of tokens: for five seconds, and until it is told to forget."""

import asyncio
from collections import Counter

import pytest

from api_queue.accounts import recent
from api_queue.accounts.recent import KEPT_MS, Recent


class Clock:
    time_ms = 1_700_000_000_000

    def now_ms(self) -> int:
        return self.time_ms


class Table:
    """Answers each name with how often it was read."""

    def __init__(self) -> None:
        self.reads: Counter[str] = Counter()

    async def load(self, name: str) -> str | None:
        self.reads[name] += 1
        return None if name == "unknown" else f"{name} {self.reads[name]}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def known(clock: Clock) -> Recent[str | None]:
    return Recent(clock)


@pytest.mark.parametrize(("later_ms", "reads"), [(0, 1), (KEPT_MS - 1, 1), (KEPT_MS, 2), (KEPT_MS * 10, 2)])
async def test_it_is_known_for_its_time_to_the_millisecond(
    known: Recent[str | None], table: Table, clock: Clock, later_ms: int, reads: int
) -> None:
    await known.get("a", table.load)
    clock.time_ms += later_ms
    assert await known.get("a", table.load) == f"a {reads}"


async def test_being_asked_for_does_not_prolong_it(known: Recent[str | None], table: Table, clock: Clock) -> None:
    for _ in range(6):
        await known.get("a", table.load)
        clock.time_ms += KEPT_MS // 5
    assert table.reads["a"] == 2


async def test_that_there_is_none_is_known_too(known: Recent[str | None], table: Table) -> None:
    assert [await known.get("unknown", table.load) for _ in range(3)] == [None] * 3
    assert table.reads["unknown"] == 1


async def test_names_are_apart(known: Recent[str | None], table: Table) -> None:
    assert [await known.get(name, table.load) for name in "aba"] == ["a 1", "b 1", "a 1"]


async def test_after_forgetting_all_is_read_anew(known: Recent[str | None], table: Table) -> None:
    for name in "ab":
        await known.get(name, table.load)
    known.forget()
    assert [await known.get(name, table.load) for name in "ab"] == ["a 2", "b 2"]


async def test_a_read_that_fails_is_not_remembered(known: Recent[str | None], table: Table) -> None:
    async def fail(_: str) -> str:
        raise OSError

    with pytest.raises(OSError):
        await known.get("a", fail)
    assert await known.get("a", table.load) == "a 1"


async def test_a_read_that_a_revocation_overtook_is_given_and_not_kept(known: Recent[str | None], table: Table) -> None:
    # Given two reads under way, one of which begins after the revocation
    go = asyncio.Event()

    async def slow(name: str) -> str | None:
        await go.wait()
        return await table.load(name)

    before = asyncio.create_task(known.get("before", slow))
    await asyncio.sleep(0)
    known.forget()
    after = asyncio.create_task(known.get("after", slow))
    await asyncio.sleep(0)
    go.set()
    # When both are done
    await asyncio.gather(before, after)
    # Then only the second is good for the next who asks
    assert [await known.get(name, table.load) for name in ("before", "after")] == ["before 2", "after 1"]


async def test_a_flood_of_names_is_kept_within_bounds(
    known: Recent[str | None], table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "_MOST", 10)
    for number in range(95):
        await known.get(f"name-{number}", table.load)
        assert len(known._kept) <= 10
    # And the newest is still known
    assert await known.get("name-94", table.load) == "name-94 1"
