"""All that we keep in Redis, as lines of a file: readable, and the same for any version, one server or a Cluster."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from api_queue.drivers.redis import Argument, Redis
from api_queue.messages.names import dead_letters_of
from api_queue.messages.redis_store import NAMES as MESSAGE_QUEUES
from api_queue.messages.redis_store import keys_of
from api_queue.queues.keys import NAMES as QUEUES
from api_queue.queues.keys import every
from api_queue.types import MessageQueueName, QueueName

#: What our keys begin with. An operator's Redis may hold other things, which are neither saved nor touched.
OURS: Final = (
    *("accounts", "answer", "d", "jobs", "keeping", "lease", "m", "media", "messages", "monitoring", "q", "rate"),
    *("relay", "site", "tracklist", "tracks"),
)
#: The lists of names: read after what they name, since a queue is listed before it is made.
LISTS: Final = (QUEUES, MESSAGE_QUEUES)
#: Stands while a restore is not complete.
UNFINISHED: Final = "keeping:unfinished"
#: When the newest backup was taken, ms since 1970: for who watches over the server.
_BACKED_UP: Final = "keeping:backed_up_at_ms"
#: What is of this moment alone, or of this Redis.
_PASSED_OVER: Final = frozenset({UNFINISHED, _BACKED_UP, "monitoring:snapshots"})
_TAGGED: Final = re.compile(r"(\w+):\{([^{}]+)\}")
#: Parts of a key that one script writes: a few milliseconds of Redis. Even, so that pairs stay together.
_SLICE: Final = 4000


class Kept(Struct, frozen=True):
    """One key. `ends_at_ms`: when Redis drops it by itself, -1 never. `values` are as `lua/read.lua` has them; a key of
    type `none` was there before and is gone.
    """

    key: str
    type: str
    ends_at_ms: int
    values: list[str]


class RedisKeys:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def groups(self) -> list[tuple[str, ...]]:
        """Keys that belong together, each group to be read at once."""
        together: defaultdict[str, set[str]] = defaultdict(set)
        async for key in self.every():
            if key not in LISTS:
                tag = _TAGGED.match(key)
                together[tag[2] if tag else key] |= {key, *beside(key)}
        return [tuple(sorted(keys)) for keys in together.values()]

    async def read(self, keys: Sequence[str]) -> list[Kept]:
        """Those that are there, at one instant."""
        read = await self._redis.script("keeping/read", keys, ())
        return [Kept(key, kind, int(ends_at_ms), values) for key, kind, ends_at_ms, values in read]

    async def put(self, kept: Kept) -> None:
        """In the place of what is there."""
        for first, values in enumerate(_slices(kept)):
            args: tuple[Argument, ...] = (kept.type, kept.ends_at_ms, int(first == 0), *values)
            await self._redis.script("keeping/put", (kept.key,), args)

    async def unfinished(self) -> bool:
        """A restore began to write here, and did not end."""
        return bool(await self._redis.call("EXISTS", UNFINISHED))

    async def note_backup(self, taken_at_ms: int) -> None:
        await self._redis.call("SET", _BACKED_UP, taken_at_ms)

    async def begin(self) -> None:
        await self._redis.call("SET", UNFINISHED, 1)

    async def end(self) -> None:
        await self._redis.call("DEL", UNFINISHED)

    async def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            await self._redis.call("DEL", key)

    async def clear(self) -> None:
        await self.delete([key async for key in self.every()])

    async def every(self, pattern: str = "*") -> AsyncIterator[str]:
        """Names of keys that are ours; one may come twice."""
        async for keys in self._redis.keys(pattern):
            for key in keys:
                if key.partition(":")[0] in OURS and key not in _PASSED_OVER:
                    yield key


def beside(key: str) -> tuple[str, ...]:
    """Keys that the same scripts write, and that may come into being while others are read."""
    match = _TAGGED.match(key)
    feature, tag = match.groups() if match else ("", "")
    if feature == "q":
        return every(QueueName(tag))
    if feature == "m":
        name = MessageQueueName(tag)
        return keys_of(name) + keys_of(dead_letters_of(name))
    return ()


def _slices(kept: Kept) -> Iterator[Sequence[str]]:
    """At least one; an entry of a stream is never cut."""
    if kept.type == "stream":
        yield from _entries(kept.values)
    else:
        yield from (kept.values[start : start + _SLICE] for start in range(0, len(kept.values) or 1, _SLICE))


def _entries(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many whole entries as a slice has room for."""
    begin = at = 0
    while at < len(values):
        at += 2 + int(values[at + 1])
        if at - begin >= _SLICE or at == len(values):
            yield values[begin:at]
            begin = at
