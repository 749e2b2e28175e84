"""The keys of servers that share a Redis: the same on each, so that what one of them has signed is good on all.

Processes read them from files, as a server alone does. What Redis holds is where these files agree
(`docs/decisions/0026-several-machines.md`).
"""

from pathlib import Path
from typing import Final

from api_queue.accounts import signing_keys
from api_queue.drivers import keys
from api_queue.drivers.redis import Redis

_SHARED: Final = "accounts:keys"
#: Of guests' sessions, music addresses, rooms' passwords.
_MADE: Final = ("guests", "media", "rooms")
#: Of access tokens: the current one, and maybe the one before it. One field, since they go together.
_SIGNING: Final = "jwt"


async def share_keys(folder: Path, redis: Redis) -> bool:
    """Whoever comes first gives its own, the others take those in the place of theirs; whether it did."""
    own = {name: keys.load_or_make(folder / name).hex() for name in _MADE}
    own[_SIGNING] = " ".join(key.hex() for key in signing_keys.signing_keys(folder))
    for name, key in own.items():
        await redis.call("HSETNX", _SHARED, name, key)
    shared: dict[str, str] = await redis.call("HGETALL", _SHARED)
    for name in _MADE:
        if shared[name] != own[name]:
            keys.replace(folder / name, bytes.fromhex(shared[name]))
    if shared[_SIGNING] != own[_SIGNING]:
        signing_keys.replace(folder, *map(bytes.fromhex, shared[_SIGNING].split()))
    return any(shared[name] != own[name] for name in own)
