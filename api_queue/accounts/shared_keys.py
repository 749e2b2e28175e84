"""The keys of servers that share a Redis: the same on each, so that what one of them has signed is good on all.

Processes read them from files, as a server alone does. What Redis holds is where these files agree
(`docs/decisions/0026-several-machines.md`).
"""

from pathlib import Path
from typing import Final

from api_queue.drivers import keys
from api_queue.drivers.redis import Redis

_SHARED: Final = "accounts:keys"
#: Of guests' sessions, music addresses, rooms' passwords, access tokens.
_MADE: Final = ("guests", "media", "rooms", "jwt")
_MAYBE: Final = "jwt.previous"


async def share_keys(folder: Path, redis: Redis) -> bool:
    """Whoever comes first gives its own, the others take those in the place of theirs; whether it did."""
    own = {name: keys.load_or_make(folder / name).hex() for name in _MADE}
    if (folder / _MAYBE).exists():
        own[_MAYBE] = (folder / _MAYBE).read_bytes().hex()
    for name, key in own.items():
        await redis.call("HSETNX", _SHARED, name, key)
    shared: dict[str, str] = await redis.call("HGETALL", _SHARED)
    others = {name: shared[name] for name in (*_MADE, _MAYBE) if name in shared and shared[name] != own.get(name)}
    for name, key in others.items():
        keys.replace(folder / name, bytes.fromhex(key))
    return bool(others)
