"""Arrangements on Redis, and the deeds that can be undone."""

from collections.abc import Iterable, Mapping
from typing import cast

from api_queue.drivers.redis import Argument, Redis
from api_queue.queues import undo_wire, wire
from api_queue.queues.arrangement import Arrangement
from api_queue.queues.deeds import Deed, Part
from api_queue.queues.keys import key
from api_queue.queues.models import Command, Item
from api_queue.queues.scripts import Scripts, as_deed, event_of, fixed, parts_of, rev_of
from api_queue.types import ItemId, QueueName


class RedisArrangements:
    """`arrangement.ArrangementStore`. `events_kept`: about how many entries each event stream keeps."""

    def __init__(self, redis: Redis, events_kept: int) -> None:
        self._redis = redis
        self._scripts = Scripts(redis, events_kept)

    async def newest_deed(self, name: QueueName) -> str | None:
        return cast("str | None", await self._redis.call("LINDEX", key(name, "undo"), 0))

    async def fields(self, name: QueueName, deed: Deed) -> dict[Part, dict[str, str]]:
        return {part: await self._values(name, part, fields) for part, fields in deed.fields.items() if fields}

    async def _values(self, name: QueueName, part: Part, fields: Iterable[str]) -> dict[str, str]:
        fields = list(fields)
        values = await self._redis.call("HMGET", key(name, part), *fields)
        return {field: value for field, value in zip(fields, values, strict=True) if value is not None}

    async def arrange(
        self, name: QueueName, arrangement: Arrangement, now_ms: int, command: Command | None = None
    ) -> int | None:
        a = arrangement
        ids = {item.id for item in a.after}
        left = [item.id for item in a.before if item.id not in ids]
        notices = undo_wire.arrangement_notices(a, command)
        body: tuple[Argument, ...] = (
            a.rev,
            a.keep,
            a.past,
            wire.json_text(a.settings) if a.settings else "",
            a.undoes,
            as_deed(a.deed),
            sum(map(len, a.fields.values())),
            len(notices),
            len(left),
            *(word for part, texts in a.fields.items() for pair in texts.items() for word in (part, *pair)),
            *(word for notice in notices for word in event_of(notice)),
            *left,
            *(word for item in a.after for word in _row(item, a.scores)),
        )
        return rev_of(await self._scripts.write("arrange", name, now_ms, *body))


def _row(item: Item, scores: Mapping[ItemId, float]) -> tuple[Argument, ...]:
    """The eight that arrange.lua takes for each item."""
    return *parts_of(item), item.track_duration_ms, fixed(item), scores.get(item.id, "")
