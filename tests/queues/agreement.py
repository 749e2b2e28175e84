"""What must be true of a queue's keys after any verb: the list alone says everything that stands beside it."""

from collections import Counter

import msgspec

from api_queue.drivers.redis import Redis
from api_queue.formats.performers import singers
from api_queue.keeping.redis_keys import RedisKeys
from api_queue.queues.keys import every, key
from api_queue.queues.models import Item
from api_queue.queues.settings import QueueSettings
from api_queue.queues.soundness import bad_records, faults, sound
from api_queue.types import QueueName


async def check_index(redis: Redis, queue: QueueName) -> None:
    lines: list[str] = await redis.call("LRANGE", key(queue, "items"), 0, -1)
    index: dict[str, str] = await redis.call("HGETALL", key(queue, "index"))
    meta: dict[str, str] = await redis.call("HGETALL", key(queue, "meta"))
    counts: dict[str, str] = await redis.call("HGETALL", key(queue, "counts"))
    items = [Item.from_line(line) for line in lines]
    waiting = items[int(meta["head"]) :]
    assert index == {item.id: line for item, line in zip(items, lines, strict=True)}
    assert all(item.status == "queued" for item in waiting)
    assert not any(item.status == "queued" for item in items[: int(meta["head"])])
    assert int(meta["waiting_ms"]) == sum(item.track_duration_ms for item in waiting)
    assert int(meta["fixed"]) == sum(item.timestamp_play is not None or item.by_server for item in waiting)
    assert {field: int(count) for field, count in counts.items()} == tallies(waiting)
    whose: list[str] = await redis.call("ZRANGE", key(queue, "whose"), 0, -1)
    assert set(whose) == {f"{field}\n{item.id}" for item in waiting for field in _payers(item)}
    await _check_order(redis, queue, waiting)
    await _check_soundness(redis, queue)


async def _check_soundness(redis: Redis, queue: QueueName) -> None:
    """`check` says the same."""
    keys = {kept.key.rpartition(":")[2]: kept.values for kept in await RedisKeys(redis).read(every(queue))}
    settings = msgspec.json.decode(await redis.call("HGET", key(queue, "meta"), "settings"), type=QueueSettings)
    assert bad_records(keys) == {}
    assert list(faults(keys, sound(keys, settings.order))) == []


def _payers(item: Item) -> list[str]:
    return [f"o:{item.session_owner}", *(f"p:{name}" for name in singers(item.performer_name))]


async def _check_order(redis: Redis, queue: QueueName, waiting: list[Item]) -> None:
    """Where the queue is sorted, the list is in the order of the rounds, and the bands are their sums."""
    kept: list[tuple[str, float]] = await redis.call("ZRANGE", key(queue, "order"), 0, -1, "WITHSCORES")
    bands: dict[str, str] = await redis.call("HGETALL", key(queue, "bands"))
    rounds = dict(kept)
    assert not rounds or rounds.keys() == {item.id for item in waiting}
    in_list = [rounds[item.id] for item in waiting] if rounds else []
    assert in_list == sorted(in_list)
    wanted: Counter[float] = Counter()
    for score, item in zip(in_list, waiting, strict=bool(rounds)):
        wanted[score] += item.track_duration_ms
    assert {float(score): int(ms) for score, ms in bands.items()} == {score: ms for score, ms in wanted.items() if ms}


def tallies(waiting: list[Item]) -> dict[str, int]:
    """By owner, track and performer, as the limits count them."""
    wanted: Counter[str] = Counter()
    for item in waiting:
        wanted[f"m:{item.session_owner}"] += item.track_duration_ms
        wanted.update([f"t:{item.track_id}", *_payers(item)])
    return {field: count for field, count in wanted.items() if count}
