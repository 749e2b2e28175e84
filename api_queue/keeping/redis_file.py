"""All that Redis keeps for us, as a file with a line of JSON for each key: written beside a running server."""

import asyncio
import hashlib
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec

from api_queue.keeping.manifest import Saved, private
from api_queue.keeping.redis_keys import LISTS, Kept, RedisKeys
from api_queue.queues.keys import NAMES, every, key
from api_queue.types import QueueName

NAME: Final = "redis.jsonl"
#: Keys that are written at once.
_TOGETHER: Final = 100
_decode = msgspec.json.Decoder(Kept).decode


async def save(keys: RedisKeys, folder: Path, done: Callable[[int, int], None]) -> tuple[Saved, dict[str, int]]:
    """The file, and how many `queues`, `songs` that wait and `messages` are in it. `done` hears how many groups of keys
    are read, and of how many.
    """
    digest, size, counts = hashlib.sha256(), 0, Counter[str]()
    with open(folder / NAME, "xb", opener=private) as file:  # noqa: ASYNC230 - nobody else waits in this process
        async for kept in _read(keys, done):
            line = msgspec.json.encode(kept) + b"\n"
            file.write(line)
            digest.update(line)
            size += len(line)
            counts.update(_counted(kept))
        file.flush()
        os.fsync(file.fileno())
    return Saved(NAME, size, digest.hexdigest()), counts


def _counted(kept: Kept) -> dict[str, int]:
    """`head` of a queue's items wait no more."""
    feature, _, rest = kept.key.partition(":")
    match feature, rest.rpartition(":")[2]:
        case "q", "meta" if "head" in kept.values:
            return {"queues": 1, "songs": -int(kept.values[kept.values.index("head") + 1])}
        case "q", "items":
            return {"songs": len(kept.values)}
        case "m", "facts":
            return {"messages": len(kept.values) // 2}
    return {}


async def _read(keys: RedisKeys, done: Callable[[int, int], None]) -> AsyncIterator[Kept]:
    groups, saved = await keys.groups(), set()
    for number, group in enumerate(groups):
        done(number, len(groups))
        for kept in await keys.read(group):
            saved.add(kept.key)
            yield kept
    for name in LISTS:
        for kept in await keys.read([name]):
            async for other in _since(keys, kept, saved):
                yield other
            yield kept


async def _since(keys: RedisKeys, names: Kept, saved: set[str]) -> AsyncIterator[Kept]:
    """Queues that were made or deleted since their keys were looked for, as they are now."""
    if names.key != NAMES:
        return
    there = {QueueName(name) for name in names.values}
    known = {name for name in there if key(name, "meta") in saved}
    gone = {QueueName(each[3:-6]) for each in saved if each.startswith("q:{") and each.endswith("}:meta")} - there
    for name in (there - known) | {name for name in gone if not name.startswith("_")}:
        for each in every(name):
            yield Kept(each, "none", -1, [])
        for kept in await keys.read(every(name)):
            yield kept


async def load(keys: RedisKeys, file: Path, now_ms: int, done: Callable[[int, int], None]) -> None:
    """What would have ended by now is left out."""
    read = 0
    with file.open("rb") as lines:
        size = os.fstat(lines.fileno()).st_size
        together: dict[str, Kept] = {}
        for line in lines:
            read += len(line)
            kept = _decode(line)
            if kept.key in together or len(together) == _TOGETHER:
                await _put(keys, together.values())
                together = {}
                done(read, size)
            if kept.ends_at_ms < 0 or kept.ends_at_ms > now_ms:
                together[kept.key] = kept
        await _put(keys, together.values())


async def _put(keys: RedisKeys, together: Iterable[Kept]) -> None:
    await asyncio.gather(*map(keys.put, together))
