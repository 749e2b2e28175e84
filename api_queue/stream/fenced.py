"""Publishing under a lease: MQTT cannot refuse a leader that is late, so it is asked before each publish."""

import asyncio
from typing import Final

from api_queue.errors import BrokerAway
from api_queue.stream.lease import Lease
from api_queue.stream.models import Publisher

#: Before a publish that failed is tried again.
RETRY_S: Final = 0.1


class FencedPublisher:
    """Topics are given without the prefix. QoS 1."""

    def __init__(self, publisher: Publisher, lease: Lease, prefix: str) -> None:
        self._publisher = publisher
        self._lease = lease
        self._prefix = prefix

    async def publish(self, topic: str, payload: str, *, retain: bool) -> None:
        """Raises LeaseLost, or BrokerAway when it may not have arrived."""
        self._lease.check()
        await self._publisher.publish(f"{self._prefix}/{topic}", payload, retain=retain, qos=1)

    async def publish_for_sure(self, topic: str, payload: str) -> None:
        """Waits for a broker that is away, and repeats. Raises LeaseLost."""
        while True:
            try:
                return await self.publish(topic, payload, retain=False)
            except BrokerAway:
                await asyncio.sleep(RETRY_S)
                await self.connected()

    async def connected(self) -> None:
        await self._publisher.connected.wait()
