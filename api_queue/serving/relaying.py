"""The relay: what happened in every queue goes to MQTT."""

from api_queue.drivers.mqtt import Publisher
from api_queue.parts import Parts
from api_queue.settings import Settings
from api_queue.stream import relay
from api_queue.stream.store import RedisEventLog, RedisRelayStore


async def run_relay(settings: Settings) -> None:
    parts = Parts(settings)
    status = f"{settings.mqtt_prefix}/status"
    try:
        await relay.run(
            relay.RelayParts(
                lease=parts.lease("relay", relay.LEASE_MS),
                log=RedisEventLog(parts.redis),
                store=RedisRelayStore(parts.redis),
                source=parts.sources,
                library=parts.library,
                connect=lambda on_connect: Publisher(settings.mqtt_url, status, on_connect=on_connect),
                clock=parts.clock,
                settings=settings,
                others=parts.room_topics,
            )
        )
    finally:
        await parts.close()
