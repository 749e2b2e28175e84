"""Publishing under a lease: MQTT cannot refuse a leader that is late, so it is asked before each publish."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from api_queue.errors import BrokerAway
from api_queue.stream.lease import Lease
from api_queue.stream.models import Publisher

#: Before a publish that failed is tried again.
RETRY_S: Final = 0.1


class Message(NamedTuple):
    """`qos` 0: it may be lost, and nobody waits for it."""

    topic: str
    payload: str
    qos: int = 1


class FencedPublisher:
    """Topics are given without the prefix, but for `retain_beside`."""

    def __init__(self, publisher: Publisher, lease: Lease, prefix: str) -> None:
        self._publisher = publisher
        self._lease = lease
        self._prefix = prefix

    async def publish(self, topic: str, payload: str, *, retain: bool, qos: int = 1) -> None:
        """Raises LeaseLost, or BrokerAway when it may not have arrived."""
        self._lease.check()
        await self._publisher.publish(f"{self._prefix}/{topic}", payload, retain=retain, qos=qos)

    async def retain_beside(self, topic: str, payload: str) -> None:
        """By its whole topic, and with QoS 0, as the clients of other systems ask for."""
        self._lease.check()
        await self._publisher.publish(topic, payload, retain=True, qos=0)

    async def publish_in_order(self, messages: Sequence[Message]) -> None:
        """All at once on their way, since a confirmation for each in turn would cost a round trip each. What a broker
        that went away has not confirmed is sent again with all that came after it. Raises LeaseLost.
        """
        while messages:
            sent = (self.publish(topic, payload, retain=False, qos=qos) for topic, payload, qos in messages)
            outcomes = await asyncio.gather(*sent, return_exceptions=True)
            messages = messages[_confirmed(outcomes) :]
            if messages:
                await asyncio.sleep(RETRY_S)
                await self.connected()

    async def connected(self) -> None:
        await self._publisher.connected.wait()


def _confirmed(outcomes: Sequence[BaseException | None]) -> int:
    """How many from the start; raises what is no matter of the broker."""
    for number, outcome in enumerate(outcomes):
        if isinstance(outcome, BrokerAway):
            return number
        if outcome is not None:
            raise outcome
    return len(outcomes)
