"""The relay: what happened in every queue goes to MQTT."""

import asyncio
from collections.abc import Callable, Iterator

from api_queue.drivers.mqtt import Ear, Publisher
from api_queue.drivers.redis import end_task
from api_queue.formats.figures import Figure
from api_queue.parts import Parts
from api_queue.settings import Settings
from api_queue.stream import relay
from api_queue.stream.store import RedisEventLog, RedisRelayStore


async def run_relay(settings: Settings) -> None:
    parts = Parts(settings)
    lease = parts.lease("relay", relay.LEASE_MS)
    line = _Line(settings, parts.presses)
    pressing = asyncio.create_task(parts.presses.run(), name="presses") if parts.presses else None
    telling = asyncio.create_task(parts.reporter(lease.figures, parts.lag.figures, line.figures).run(), name="reporter")
    try:
        await relay.run(
            relay.RelayParts(
                lease=lease,
                log=RedisEventLog(parts.redis),
                store=RedisRelayStore(parts.redis),
                source=parts.sources,
                library=parts.library,
                connect=line.open,
                clock=parts.clock,
                settings=settings,
                lag=parts.lag,
                others=parts.other_topics,
            )
        )
    finally:
        await end_task(telling)
        if pressing:
            await end_task(pressing)
        await parts.close()


class _Line:
    """To the broker, while this relay leads."""

    def __init__(self, settings: Settings, ear: Ear | None) -> None:
        self._ear = ear
        self._url, self._status = settings.mqtt_url, f"{settings.mqtt_prefix}/status"
        self._publisher: Publisher | None = None

    def open(self, on_connect: Callable[[], None]) -> Publisher:
        self._publisher = Publisher(self._url, self._status, on_connect=on_connect, ear=self._ear)
        return self._publisher

    def figures(self) -> Iterator[Figure]:
        yield Figure("broker_connected", float(self._publisher is not None and self._publisher.connected.is_set()))
