"""Retained topics beside ours: each state is said once more a little later.

Their clients come back within some seconds and do not subscribe again, so that nothing is sent to them of what was said
while they were away.
"""

import asyncio
from contextlib import suppress
from typing import Final

from api_queue.errors import BrokerAway, LeaseLost
from api_queue.stream.fenced import FencedPublisher

#: Twice what a client takes to come back.
AGAIN_S: Final = 5.0


class Beside:
    def __init__(self, publisher: FencedPublisher) -> None:
        self._publisher = publisher
        #: When to say what once more, by topic, the soonest first.
        self._due: dict[str, tuple[float, str]] = {}
        self._any = asyncio.Event()

    async def publish(self, topic: str, payload: str) -> None:
        self._due.pop(topic, None)  # first: what was to be said once more must not come after this
        await self._publisher.retain_beside(topic, payload)
        if payload:  # what is cleared is nobody's state
            self._due[topic] = asyncio.get_running_loop().time() + AGAIN_S, payload
            self._any.set()

    async def run(self) -> None:
        while True:
            await self._any.wait()
            while self._due:
                await self._say_the_soonest()
            self._any.clear()

    async def _say_the_soonest(self) -> None:
        topic, (due_s, payload) = next(iter(self._due.items()))
        await asyncio.sleep(due_s - asyncio.get_running_loop().time())
        if self._due.get(topic) == (due_s, payload):  # else there is a newer state
            del self._due[topic]
            with suppress(BrokerAway, LeaseLost):  # whoever leads then says all of it anew
                await self._publisher.retain_beside(topic, payload)
