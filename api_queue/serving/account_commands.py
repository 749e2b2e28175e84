"""The `token`, `account` and `key` commands, beside a running server or without one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from api_queue.drivers.embedded_redis import running_url
from api_queue.errors import StartRefused
from api_queue.parts import Parts
from api_queue.settings import Settings


def with_parts(settings: Settings, command: Callable[[Parts], Awaitable[str]]) -> str:
    """What `command` answers."""
    if not settings.sql_url and not (settings.data / "api_queue.sqlite").exists():
        raise StartRefused(reason=f"There is no server's database in {settings.data}; name its folder with --data.")
    redis_url = settings.redis_url or running_url(settings.data / "redis") or "unix:///no/server/runs"
    return asyncio.run(_answer(replace(settings, redis_url=redis_url), command))


async def _answer(settings: Settings, command: Callable[[Parts], Awaitable[str]]) -> str:
    parts = Parts(settings)
    try:
        return await command(parts)
    finally:
        await parts.close()
