"""What becomes of the music that played when the server ended."""

import asyncio
from contextlib import suppress
from typing import Final

from api_queue.errors import UnknownQueue
from api_queue.parts import Parts
from api_queue.serving.conducting import CONDUCTOR_LEASE_MS

#: How often it is looked whether a conductor that died with its server still holds the lease.
LOOK_S: Final = 0.25


async def resume_sessions(parts: Parts, *, own_redis: bool) -> None:
    """Before anybody can ask. A Redis that other servers use too is left alone while one of them conducts."""
    if own_redis:
        return await _resume(parts)
    lease = parts.lease("conductor", CONDUCTOR_LEASE_MS)
    for _ in range(round(CONDUCTOR_LEASE_MS / 1000 / LOOK_S) + 2):
        if await lease.acquire():
            await _resume(parts)
            return await lease.release()
        await asyncio.sleep(LOOK_S)
    return None


async def _resume(parts: Parts) -> None:
    for name in await parts.queue_store.names():
        with suppress(UnknownQueue):
            await parts.speakers.after_restart(name)
