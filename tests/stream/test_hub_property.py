"""Whatever is written, cut, slowed and joined in whatever order: nobody has a gap, nobody sees a change twice."""

import asyncio
import itertools
from typing import Final
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_queue.drivers.redis import Redis
from api_queue.stream import follower as follower_module
from api_queue.stream.hub import Hub
from api_queue.stream.listener import FULL_BYTES
from api_queue.stream.store import RedisEventLog
from tests.stream.conftest import Beacons
from tests.stream.queues import Queues
from tests.stream.screens import Screen
from tests.stream.waiting import eventually

_numbers = itertools.count()

#: Long enough for the hub to have read what was just written.
READ_S: Final = 0.005

Step = tuple[str, int]

#: Screens 0 and 1 listen to one queue, screen 2 to both.
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["write a", "write b", "write silently"]), st.integers(1, 8)),
        st.tuples(st.sampled_from(["join", "leave", "stall", "drain", "blink", "hiccup"]), st.integers(0, 2)),
        st.tuples(st.just("pause"), st.integers(0, 20)),
        st.tuples(st.just("cut the bell"), st.just(0)),
    ),
    max_size=40,
)


class Party:
    """Two queues, three screens and one hub whose buffers are small enough to overflow."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self.queues = Queues(redis)
        self.hub = Hub(RedisEventLog(redis), self.queues, Beacons(), buffer=5, kept=12)
        number = next(_numbers)
        self.a, self.b = f"a{number}", f"b{number}"
        self.screens = [Screen(self.a), Screen(self.a), Screen(self.a, self.b, several=True)]
        self.joined: set[int] = set()

    async def open(self) -> None:
        for name in (self.a, self.b):
            await self.queues.create(name)
        for which in range(3):
            await self.do(("join", which))

    async def do(self, step: Step) -> None:
        match step:
            case "write a", count:
                await asyncio.gather(*(self.queues.change(self.a) for _ in range(count)))
            case "write b", count:
                await asyncio.gather(*(self.queues.change(self.b) for _ in range(count)))
            case "write silently", count:
                await asyncio.gather(*(self.queues.change(self.a, ring=False) for _ in range(count)))
            case "join", which if which not in self.joined:
                await self.screens[which].join(self.hub)
                self.joined.add(which)
            case "leave", which if which in self.joined:
                self.screens[which].leave(self.hub)
                self.joined.discard(which)
            case "blink", which:
                await self.do(("leave", which))
                await self.do(("write a", 3))
                await asyncio.sleep(READ_S)
                await self.do(("join", which))
            case "hiccup", which:
                for verb in ("stall", "drain"):
                    await self.do((verb, which))
                    await self.do(("write a", 2))
                    await asyncio.sleep(READ_S)
            case "stall", which:
                self.screens[which].buffered = FULL_BYTES + 1
            case "drain", which:
                self.screens[which].buffered = 0
            case "pause", duration_ms:
                await asyncio.sleep(duration_ms / 1000)
            case "cut the bell", _:
                await self._redis.call("CLIENT", "KILL", "TYPE", "pubsub")

    async def settle(self) -> None:
        """Everybody is there, reads, and has what there is."""
        for which, screen in enumerate(self.screens):
            screen.buffered = 0
            await self.do(("join", which))
        for name in (self.a, self.b):
            rev = await self.queues.rev(name)
            for screen in self.screens:
                if name in screen.subscription.queues:
                    await eventually(lambda s=screen, n=name, r=rev: last_rev(s, n) == r)  # type: ignore[misc]


def of_queue(screen: Screen, name: str) -> list[tuple[str, int]]:
    """(event, rev) as the screen saw them; a plain stream does not name its queue."""
    return [
        (seen.name, seen.data.get("rev", 0))
        for seen in screen.seen
        if not screen.subscription.several or seen.data["queue"] == name
    ]


def last_rev(screen: Screen, name: str) -> int:
    return max((rev for _, rev in of_queue(screen, name)), default=0)


def check(screen: Screen, name: str) -> None:
    rev, may_jump = 0, True
    for event, got in of_queue(screen, name):
        if event == "reset":
            may_jump = True
        elif event == "snapshot":
            assert may_jump, "a snapshot that nobody announced"
            assert got >= rev, "an old state shown as new"
            rev, may_jump = got, False
        else:
            assert got == rev + 1, f"{got} after {rev}"
            rev = got


@given(steps=steps)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_of_things_leaves_no_gap_and_no_duplicate(redis: Redis, steps: list[Step]) -> None:
    party = Party(redis)
    await party.open()
    with patch.object(follower_module, "SWEEP_S", 0.05):
        running = asyncio.create_task(party.hub.run())
        try:
            for step in steps:
                await party.do(step)
            await party.settle()
        finally:
            running.cancel()
            await asyncio.wait([running])
    for screen in party.screens:
        for name in screen.subscription.queues:
            check(screen, name)
