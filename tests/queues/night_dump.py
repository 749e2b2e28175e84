"""A queue as Redis has it, to the byte."""

from api_queue.drivers.redis import Redis
from api_queue.queues.keys import key
from api_queue.types import QueueName

#: What counts changes, and what can be undone, differs after an undo.
_COUNTED = {"rev", "changed_at_ms", "session_rev", "settings_rev"}


async def dump(redis: Redis, queue: QueueName) -> dict[str, object]:
    kept: dict[str, object] = {}
    for part in ("index", "counts", "bands", "turns", "points", "moves", "lobby", "played", "variants"):
        kept[part] = await redis.call("HGETALL", key(queue, part))
    meta = await redis.call("HGETALL", key(queue, "meta"))
    kept["meta"] = {field: value for field, value in meta.items() if field not in _COUNTED}
    kept["items"] = await redis.call("LRANGE", key(queue, "items"), 0, -1)
    kept["order"] = await redis.call("ZRANGE", key(queue, "order"), 0, -1, "WITHSCORES")
    return kept
