"""The store against a list in Python: whatever is done in whatever order, both hold the same, and so does a reader."""

import asyncio
import json
from collections.abc import Coroutine
from random import Random
from typing import Any, Literal, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from msgspec.structs import replace

from api_queue.drivers.redis import connect
from api_queue.queues.keys import key
from api_queue.queues.models import Added, Edit, Item, Limits, Refused
from api_queue.queues.settings import QueueSettings
from api_queue.queues.store import RedisQueues
from api_queue.queues.transport import TransportService
from api_queue.types import ItemId, ItemStatus, Milliseconds
from tests.queues.agreement import check_index
from tests.queues.builders import NOW, FakeClock, an_item
from tests.queues.party import X

T = TypeVar("T")
BOUNDS = Limits(max_items=8, max_per_guest=4)
WHICH = st.integers(0, 99)


class StoreMachine(RuleBasedStateMachine):
    """`over`, `current` and `waiting` are what the list should be; the clock stands still."""

    def __init__(self, redis_url: str) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.redis = connect(redis_url)
        self.store = RedisQueues(self.redis, events_kept=100_000)
        self.transport = TransportService(self.store, FakeClock(), lease_ms=15_000)
        self.do(self.redis.call("FLUSHALL"))
        assert self.do(self.store.create(X, "named", QueueSettings(), NOW))
        self.rev = 1
        self.over: list[Item] = []
        self.current: Item | None = None
        self.waiting: list[Item] = []

    def do(self, verb: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(verb)

    def wrote(self, rev: int | Refused | Literal["others"] | None) -> None:
        self.rev += 1
        assert rev == self.rev

    # -- items -------------------------------------------------------------------------------------------------

    @rule(performer=st.sampled_from(["Ana", "ana", 'Bo "B", jr', "🎤"]), owner=st.sampled_from(["a", "b", "c"]))
    def add(self, performer: str, owner: str) -> None:
        item = an_item(performer, owner=owner)
        settings_rev = self.do(self.store.queue(X)).settings_rev
        answer = self.do(self.store.add(X, item, BOUNDS, settings_rev, None, NOW))
        own = sum(other.session_owner == owner for other in self.waiting)
        if len(self.waiting) >= 8:
            assert answer == Refused("full", "8")
        elif own >= 4:
            assert answer == Refused("guest", str(own))
        else:
            assert isinstance(answer, Added)
            assert answer.ahead == len(self.waiting)
            assert answer.ahead_ms == sum(other.track_duration_ms for other in self.waiting)
            self.wrote(answer.rev)
            self.waiting.append(item)

    @precondition(lambda self: self.waiting)
    @rule(which=WHICH)
    def add_before_another(self, which: int) -> None:
        item, place = an_item("Dora", owner="d"), which % len(self.waiting)
        settings_rev, before = self.do(self.store.queue(X)).settings_rev, self.waiting[place]
        outdated = replace(before, weight=before.weight + 1)
        stale = self.do(self.store.add(X, item, Limits(), settings_rev, None, NOW, outdated))
        assert stale == Refused("stale")
        answer = self.do(self.store.add(X, item, Limits(), settings_rev, None, NOW, before))
        assert isinstance(answer, Added)
        self.wrote(answer.rev)
        self.waiting.insert(place, item)

    @rule(places=st.lists(WHICH, min_size=1, max_size=3))
    def enqueue(self, places: list[int]) -> None:
        rows: list[tuple[Item, Item | None]] = []
        for where in places:
            item, place = an_item("Eve", owner="e"), where % (len(self.waiting) + 1)
            rows.append((item, self.waiting[place] if place < len(self.waiting) else None))
            self.waiting.insert(place, item)
        assert self.do(self.store.enqueue(X, self.rev - 1, rows, NOW)) is None
        self.wrote(self.do(self.store.enqueue(X, self.rev, rows, NOW)))

    @rule(chance=st.randoms(use_true_random=False))
    def shuffle(self, chance: Random) -> None:
        """Whoever has worked out an add before it is told."""
        queue = self.do(self.store.queue(X))
        session = replace(queue.session, shuffle=not queue.session.shuffle)
        self.waiting = chance.sample(self.waiting, len(self.waiting))
        assert self.do(self.store.set_options(X, self.rev - 1, session, self.waiting, NOW)) is None
        self.wrote(self.do(self.store.set_options(X, self.rev, session, self.waiting, NOW)))
        assert self.do(self.store.add(X, an_item(), Limits(), queue.settings_rev, None, NOW)) == Refused("stale")

    @precondition(lambda self: self.waiting)
    @rule(which=WHICH)
    def remove(self, which: int) -> None:
        item = self.waiting.pop(which % len(self.waiting))
        self.wrote(self.do(self.store.remove(X, item, NOW)))
        assert self.do(self.store.remove(X, item, NOW)) is None

    @precondition(lambda self: self.waiting)
    @rule(
        which=WHICH,
        name=st.sampled_from(["Cleo", "CLEO"]),
        play_at=st.none() | st.integers(NOW, NOW + 10**9),
        tempo=st.sampled_from([0.5, 1, 1.7]),
    )
    def edit(self, which: int, name: str, play_at: int | None, tempo: float) -> None:
        at = which % len(self.waiting)
        before = self.waiting[at]
        after = replace(before, performer_name=name, timestamp_play=play_at).at_tempo(tempo, Milliseconds(60_000))
        self.wrote(self.do(self.store.change(X, Edit(before, after), None, NOW)))
        self.waiting[at] = after

    @precondition(lambda self: len(self.waiting) > 1)
    @rule(which=WHICH, where=WHICH)
    def move(self, which: int, where: int) -> None:
        item = self.waiting.pop(which % len(self.waiting))
        at = where % (len(self.waiting) + 1)
        target: Item | Literal["end"] = self.waiting[at] if at < len(self.waiting) else "end"
        self.wrote(self.do(self.store.change(X, Edit(item, item, target), None, NOW)))
        self.waiting.insert(at, item)

    @precondition(lambda self: self.waiting)
    @rule(which=WHICH)
    def what_is_worked_out_from_the_past_is_refused(self, which: int) -> None:
        item = self.waiting[which % len(self.waiting)]
        outdated = replace(item, weight=item.weight + 1)
        assert self.do(self.store.change(X, Edit(outdated, item), None, NOW)) is None
        assert self.do(self.store.change(X, Edit(item, outdated), self.rev - 1, NOW)) is None
        outdated_queue = replace(self.do(self.store.queue(X)), rev=self.rev - 1)
        assert self.do(self.store.clear(outdated_queue, self.waiting, NOW)) is None
        assert self.do(self.store.remove(X, outdated, NOW)) is None

    @precondition(lambda self: self.waiting)
    @rule()
    def clear(self) -> None:
        self.wrote(self.do(self.store.clear(self.do(self.store.queue(X)), self.waiting, NOW)))
        self.waiting = []

    @precondition(lambda self: self.over)
    @rule(many=st.integers(1, 3))
    def trim(self, many: int) -> None:
        self.wrote(self.do(self.store.trim(X, self.over[:many], NOW)))
        del self.over[:many]

    # -- playing -----------------------------------------------------------------------------------------------

    def press(self, command: str, *, changes: bool) -> None:
        self.rev += changes
        assert self.do(self.transport.command(X, command, {}, "host")).rev == self.rev

    @rule()
    def play(self) -> None:
        if self.current:
            self.do(self.transport.command(X, "pause", {}, "host"))
            self.rev = self.do(self.store.queue(X)).rev
            return
        self.press("play", changes=bool(self.waiting))
        self._start()

    @rule(command=st.sampled_from(["next", "skip"]))
    def go_on(self, command: str) -> None:
        self.press(command, changes=self.current is not None)
        if self.current:
            left_as: ItemStatus = "played" if command == "next" else "skipped"
            self.over.append(replace(self.current, status=left_as))
            self._start()

    @rule()
    def stop(self) -> None:
        self.press("stop", changes=self.current is not None)
        if self.current:
            self.waiting.insert(0, self.current.put_back())
            self.current = None

    @precondition(lambda self: self.current and self.over)
    @rule()
    def prev(self) -> None:
        assert self.current
        self.press("prev", changes=True)
        self.waiting.insert(0, self.current.put_back())
        self.current = self.over.pop().started(NOW + 1000)

    def _start(self) -> None:
        """The model does not know when: the times of starts are the pure rules' own tests."""
        self.current = self.waiting.pop(0) if self.waiting else None
        if self.current:
            at_ms = self.do(self.store.view(X)).items[len(self.over)].timestamp_play
            assert at_ms is not None
            assert at_ms >= max(NOW + 1000, self.current.timestamp_play or 0)
            self.current = self.current.started(at_ms)

    # -- what is always so -------------------------------------------------------------------------------------

    @invariant()
    def both_hold_the_same(self) -> None:
        view = self.do(self.store.view(X))
        assert list(view.over) == [*self.over, *([self.current] if self.current else [])]
        assert list(view.to_come) == self.waiting
        assert view.current == self.current
        assert view.queue.rev == self.rev
        assert (view.queue.session.state == "stopped") == (self.current is None)

    @invariant()
    def the_list_says_what_stands_beside_it(self) -> None:
        self.do(check_index(self.redis, X))

    def teardown(self) -> None:
        try:
            told = self.do(self.redis.call("XRANGE", key(X, "events"), "-", "+"))
            events = [json.loads(fields["data"]) for _, fields in told]
            assert sorted({event["rev"] for event in events}) == list(range(1, self.rev + 1))
            assert follow(events) == [item.id for item in self.do(self.store.view(X)).items]
        finally:
            self.do(self.redis.close())
            self.loop.close()


def follow(events: list[dict[str, Any]]) -> list[ItemId]:
    """The list of a reader who knows nothing but the events."""
    ids: list[ItemId] = []
    for change in (change for event in events for change in event.get("changes", ())):
        item_id = change["id"] if "id" in change else change["item"]["id"]
        if change["op"] == "update":
            assert item_id in ids
            continue
        if change["op"] != "add":
            ids.remove(item_id)
        if change["op"] != "remove":
            before = change["before"]
            ids.insert(ids.index(before) if before else len(ids), item_id)
    return ids


def test_the_store_is_a_list(redis_url: str) -> None:
    class OnThisRedis(StoreMachine):
        def __init__(self) -> None:
            super().__init__(redis_url)

    bounds = settings(max_examples=20, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(OnThisRedis, settings=bounds)
