"""Who takes nothing of what is sent: what is held for them is bounded, and there once for all of them."""

import asyncio

from api_queue.stream.follower import PAGE
from api_queue.stream.hub import Hub
from api_queue.stream.listener import FULL_BYTES
from tests.stream.queues import Queues
from tests.stream.screens import Screen
from tests.stream.waiting import eventually

PARTY = "party"


class Deaf(Screen):
    """Takes nothing: what is written to it waits, as it was written."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.waiting: list[bytes] = []

    def write(self, chunks: bytes) -> None:
        self.waiting.append(chunks)
        self.buffered += len(chunks)


async def test_those_who_take_nothing_hold_the_same_bytes_and_no_more_than_their_bound(
    hub: Hub, queues: Queues
) -> None:
    await queues.create(PARTY)
    deaf = await asyncio.gather(*(Deaf(PARTY).join(hub) for _ in range(20)))
    quick = await Screen(PARTY).join(hub)
    padding = f'"changes":["{"x" * 1000}"]'
    for _ in range(500):
        await queues.change(PARTY, fields=padding)
    await eventually(lambda: quick.revs()[-1] == 501)
    # Each holds what fills its line, with what was read at once, and after it nothing
    assert all(one.buffered < FULL_BYTES + PAGE * 1200 for one in deaf)
    assert all(one.listener and one.listener.behind and not one.listener._held for one in deaf)
    # And what they hold is there once for all of them
    assert len({id(chunk) for one in deaf for chunk in one.waiting}) == len(deaf[0].waiting)
