"""What a broker keeps, read once by somebody who publishes nothing."""

import asyncio
from contextlib import suppress
from secrets import token_hex
from typing import Final

import aiomqtt

from api_queue.drivers.mqtt import connection_options
from api_queue.errors import BrokerAway

#: A broker sends what it keeps at once; after so long a silence that was all.
_QUIET_S: Final = 0.5


async def retained(url: str, topics: str) -> dict[str, bytes]:
    """Payloads by topic, with what changes meanwhile. Raises BrokerAway."""
    kept: dict[str, bytes] = {}
    try:
        async with aiomqtt.Client(**connection_options(url), identifier=f"api_queue-{token_hex(6)}") as client:
            await client.subscribe(topics, qos=1)
            with suppress(TimeoutError):
                async with asyncio.timeout(_QUIET_S) as silence:
                    async for message in client.messages:
                        kept[str(message.topic)] = message.payload
                        if message.retain:  # others are published just now, and need not end
                            silence.reschedule(asyncio.get_running_loop().time() + _QUIET_S)
    except aiomqtt.MqttError:
        raise BrokerAway(retry_after=1) from None
    return kept
