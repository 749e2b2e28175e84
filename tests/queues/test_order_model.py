"""The scripts against the pure rules: whatever is done in whatever order, the list, the rounds and the turns agree."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from api_queue.drivers.redis import connect
from api_queue.queues.keys import key
from api_queue.queues.models import Added, Edit, Item, Limits
from api_queue.queues.moving_up import moving_up
from api_queue.queues.order import bill, sorting
from api_queue.queues.settings import QueueSettings
from api_queue.queues.store import RedisQueues
from api_queue.queues.transport import TransportService
from api_queue.types import GuestId
from tests.queues.agreement import check_index
from tests.queues.builders import FakeClock
from tests.queues.fair_night import Night
from tests.queues.party import X

T = TypeVar("T")
WHICH = st.integers(0, 99)
TABLES = {"cleo": "7", "dora": "7"}


class FairMachine(RuleBasedStateMachine):
    """`night` is what the queue should be; the music begins at once and is over when somebody says so."""

    def __init__(self, redis_url: str) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.redis = connect(redis_url)
        self.store = RedisQueues(self.redis, events_kept=100)
        self.transport = TransportService(self.store, FakeClock(), lease_ms=15_000)
        self.current: Item | None = None

    def do(self, verb: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(verb)

    @initialize(soon=st.integers(0, 3))
    def begin(self, soon: int) -> None:
        self.settings = QueueSettings(order="fair", coming_soon_count=soon)
        self.night = Night(soon=soon, tables={GuestId(guest): table for guest, table in TABLES.items()})
        self.do(self.redis.call("FLUSHALL"))
        assert self.do(self.store.create(X, "named", self.settings, 0))
        self.do(self.redis.call("HSET", key(X, "joined"), *(word for pair in TABLES.items() for word in pair)))

    @rule(guest=st.sampled_from(["ana", "bob", "cleo", "dora"]), name=st.sampled_from(["", "Ana", "Zed & Ana"]))
    def add(self, guest: str, name: str) -> None:
        item = self.night.add(guest, name)
        rev = self.do(self.store.queue(X)).settings_rev
        wanted = sorting(self.settings, item)
        answer = self.do(self.store.add(X, item, Limits(), rev, None, item.timestamp_added, None, wanted))
        assert isinstance(answer, Added)
        ahead = self.night.waiting[: self.night.waiting.index(item)]
        assert (answer.ahead, answer.ahead_ms) == (len(ahead), sum(other.track_duration_ms for other in ahead))

    @precondition(lambda self: self.night.waiting)
    @rule(which=WHICH)
    def take_off(self, which: int) -> None:
        item = self.night.waiting[which % len(self.night.waiting)]
        rev = self.do(self.store.remove(X, item, 0))
        if rev == "others":
            looked = self.do(moving_up(self.store, X, item, {item.id}))
            assert looked is not None
            rev = self.do(self.store.remove(X, item, 0, *looked))
        assert isinstance(rev, int)
        self.night.take_off(item)

    @precondition(lambda self: len(self.night.waiting) > 1)
    @rule(which=WHICH, where=WHICH)
    def move(self, which: int, where: int) -> None:
        item = self.night.waiting[which % len(self.night.waiting)]
        target = self.night.waiting[where % len(self.night.waiting)]
        if item is target:
            return
        assert isinstance(self.do(self.store.change(X, Edit(item, item, target, by="host"), None, 0)), int)
        self.night.move(item, target)

    @precondition(lambda self: self.night.waiting)
    @rule(which=WHICH, name=st.sampled_from(["Ana", "Yo", "Yo & Ana"]))
    def rename(self, which: int, name: str) -> None:
        at = which % len(self.night.waiting)
        item = self.night.waiting[at]
        self.night.waiting[at] = renamed = replace(item, performer_name=name)
        assert isinstance(self.do(self.store.change(X, Edit(item, renamed), None, 0)), int)
        if bill(item) != bill(renamed):
            self.night.rename(item, renamed)

    # -- playing -----------------------------------------------------------------------------------------------

    def press(self, command: str) -> None:
        self.do(self.transport.command(X, command, {}, "host"))

    @rule()
    def play(self) -> None:
        if self.current is None:
            self.press("play")
            self._start()

    @precondition(lambda self: self.current)
    @rule(skips=st.booleans())
    def go_on(self, skips: bool) -> None:
        self.press("skip" if skips else "next")
        left, round_then = self.current, self.night.round
        self._start()
        if skips and left:
            self.night.skip(left, round_then)

    @precondition(lambda self: self.current)
    @rule()
    def stop(self) -> None:
        assert self.current
        self.press("stop")
        self.night.put_back(self.current)
        self.current = None

    def _start(self) -> None:
        self.current = self.night.play() if self.night.waiting else None

    # -- what is always so -------------------------------------------------------------------------------------

    @invariant()
    def both_hold_the_same(self) -> None:
        view, ledger = self.do(self.store.view(X)), self.do(self.store.ledger(X))
        assert [item.id for item in view.to_come] == [item.id for item in self.night.waiting]
        assert ledger.scores == {item.id: self.night.scores[item.id] for item in self.night.waiting}
        assert ledger.turns == self.night.turns
        assert view.queue.round == self.night.round
        assert float(self.do(self.redis.call("HGET", key(X, "meta"), "reached")) or 0) == self.night.reached

    @invariant()
    def the_list_says_what_stands_beside_it(self) -> None:
        self.do(check_index(self.redis, X))

    def teardown(self) -> None:
        self.do(self.redis.close())
        self.loop.close()


def test_the_scripts_are_the_rules(redis_url: str) -> None:
    class OnThisRedis(FairMachine):
        def __init__(self) -> None:
            super().__init__(redis_url)

    bounds = settings(max_examples=20, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(OnThisRedis, settings=bounds)
