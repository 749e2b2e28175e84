"""Each store against a list in Python: whatever is done in whatever order, both hold the same."""

import asyncio
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from api_queue.drivers.redis import connect
from api_queue.errors import MessageNotFound, ReceiptVoid
from api_queue.messages.bell import RedisBell
from api_queue.messages.models import Draft, Message, Wish
from api_queue.messages.service import MessageService
from api_queue.types import MessageId, Receipt
from tests.messages.post import DEAD, LIMITS, RECEIVE_MAX, Q
from tests.messages.stores import KINDS, open_store
from tests.queues.builders import FakeClock

T = TypeVar("T")
IDS = st.sampled_from([MessageId(name) for name in "abcdefgh"])
SECONDS = st.integers(1, 4)
WHICH = st.integers(0, 99)


@dataclass
class Known:
    """A message as the model has it."""

    id: MessageId
    body: str
    visible_at_ms: int = 0
    received: int = 0
    receipt: Receipt | None = None
    consumers: set[str] = field(default_factory=set)


class StoreMachine(RuleBasedStateMachine):
    """`live` and `dead` are in the order of sending and of dying; `receipts` is every one there ever was."""

    def __init__(self, kind: str, redis_url: str) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.redis = connect(redis_url)
        self.do(self.redis.call("FLUSHALL"))
        self.open = AsyncExitStack()
        folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        self.clock = FakeClock()
        store = self.do(self.open.enter_async_context(open_store(kind, self.redis, folder)))
        self.service = MessageService(store, RedisBell(self.redis), self.clock, LIMITS)
        self.live: list[Known] = []
        self.dead: list[Known] = []
        self.receipts: list[Receipt] = []

    def do(self, verb: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(verb)

    def hidden(self, known: Known) -> bool:
        return known.visible_at_ms > self.clock.ms

    def find(self, name: MessageId) -> Known | None:
        return next((known for known in self.live if known.id == name), None)

    # -- sending -----------------------------------------------------------------------------------------------

    @rule(
        names=st.lists(IDS, min_size=1, max_size=3),
        delay_s=st.sampled_from([0, 0, 2]),
        body=st.sampled_from(["{}", '{"a":"é"}']),
    )
    def send(self, names: list[MessageId], delay_s: int, body: str) -> None:
        self.do(self.service.send(Q, *(Draft(body, name, None, delay_s) for name in names)))
        for name in names:
            if not any(known.id == name for known in self.live + self.dead):
                self.live.append(Known(name, body, self.clock.ms + delay_s * 1000 if delay_s else 0))

    @rule(name=IDS, body=st.sampled_from(["{}", '{"b":1}']))
    def update(self, name: MessageId, body: str) -> None:
        known = self.find(name)
        if known is None:
            with pytest.raises(MessageNotFound):
                self.do(self.service.update(Q, name, body, None))
        else:
            self.do(self.service.update(Q, name, body, None))
            known.body = body

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_s(seconds)

    # -- receiving ---------------------------------------------------------------------------------------------

    @rule(most=st.integers(1, 3), seconds=SECONDS, only_new=st.booleans(), consumer=st.sampled_from(["", "", "x", "y"]),
          delete=st.sampled_from([False, False, False, True]))  # fmt: skip
    def receive(self, most: int, seconds: int, only_new: bool, consumer: str, delete: bool) -> None:
        wish = Wish(most, seconds, only_new, consumer, delete)
        got = self.do(self.service.receive(Q, wish))
        expected = self.expect(wish)
        assert [message.id for message in got] == [known.id for known in expected]
        for message, known in zip(got, expected, strict=True):
            self.take(message, known, wish)

    def expect(self, wish: Wish) -> list[Known]:
        """The first that fit; who was received too often dies on the way."""
        found: list[Known] = []
        for known in [known for known in self.live if not self.hidden(known)]:
            if len(found) == wish.most:
                break
            if wish.only_new and known.received:
                continue
            if known.received >= RECEIVE_MAX:
                self.live.remove(known)
                self.dead.append(Known(known.id, known.body, received=known.received))
            elif not wish.consumer_id or wish.consumer_id not in known.consumers:
                found.append(known)
        return found

    def take(self, message: Message, known: Known, wish: Wish) -> None:
        known.received += 1
        assert (message.body, message.receive_count) == (known.body, known.received)
        if wish.delete:
            self.live.remove(known)
            return
        assert message.receipt is not None
        assert message.receipt not in self.receipts
        self.receipts.append(message.receipt)
        known.receipt, known.visible_at_ms = message.receipt, message.visible_at_ms
        known.consumers |= {wish.consumer_id}

    @precondition(lambda self: self.receipts)
    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        receipt = self.receipts[-1 - which % len(self.receipts)]
        known = self.holder(receipt)
        if known is None:
            with pytest.raises(ReceiptVoid):
                self.do(self.service.delete(Q, receipt))
        else:
            self.do(self.service.delete(Q, receipt))
            self.live.remove(known)

    @precondition(lambda self: self.receipts)
    @rule(which=WHICH, seconds=st.integers(0, 4))
    def extend(self, which: int, seconds: int) -> None:
        receipt = self.receipts[-1 - which % len(self.receipts)]
        known = self.holder(receipt)
        if known is None:
            with pytest.raises(ReceiptVoid):
                self.do(self.service.extend(Q, receipt, seconds))
        else:
            known.visible_at_ms = self.do(self.service.extend(Q, receipt, seconds))

    def holder(self, receipt: Receipt) -> Known | None:
        return next((known for known in self.live if known.receipt == receipt and self.hidden(known)), None)

    @rule(name=IDS)
    def delete_by_id(self, name: MessageId) -> None:
        known = self.find(name)
        if known is None:
            with pytest.raises(MessageNotFound):
                self.do(self.service.delete_by_id(Q, name))
        else:
            self.do(self.service.delete_by_id(Q, name))
            self.live.remove(known)

    # -- the queue as a whole ----------------------------------------------------------------------------------

    @rule()
    def clear(self) -> None:
        self.do(self.service.clear(Q))
        self.live = []

    @precondition(lambda self: self.dead)
    @rule(most=st.integers(1, 3))
    def redrive(self, most: int) -> None:
        back, self.dead = self.dead[:most], self.dead[most:]
        assert self.do(self.service.redrive(Q, most)) == len(back)
        self.live += [Known(known.id, known.body) for known in back]

    # -- what is always so -------------------------------------------------------------------------------------

    @invariant()
    def counts_are_right(self) -> None:
        info = self.do(self.service.info(Q))
        hidden = sum(map(self.hidden, self.live))
        assert (info.available, info.in_flight, info.dead_letters) == (len(self.live) - hidden, hidden, len(self.dead))
        assert info.size_bytes == sum(len(known.body.encode()) for known in self.live)

    @invariant()
    def both_hold_the_same_in_the_same_order(self) -> None:
        page = self.do(self.service.look(Q, 0, 100))
        shown = [(message.id, message.body, message.receive_count) for message in page.messages]
        assert shown == [(known.id, known.body, known.received) for known in self.live if not self.hidden(known)]
        letters = self.do(self.service.look(DEAD, 0, 100)).messages
        assert [(letter.id, letter.receive_count) for letter in letters] == [(k.id, k.received) for k in self.dead]

    @invariant()
    def each_message_is_known_by_its_id(self) -> None:
        visible = [known for known in self.live if not self.hidden(known)]
        for known in [*filter(self.hidden, self.live), *visible[:1]]:
            message = self.do(self.service.message(Q, known.id))
            assert message.receipt == (known.receipt if self.hidden(known) else None)

    def teardown(self) -> None:
        self.do(self.open.aclose())
        self.do(self.redis.close())
        self.loop.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_is_a_list(kind: str, redis_url: str) -> None:
    class OfThisKind(StoreMachine):
        def __init__(self) -> None:
            super().__init__(kind, redis_url)

    run_state_machine_as_test(OfThisKind, settings=settings(max_examples=25, stateful_step_count=40, deadline=None))
