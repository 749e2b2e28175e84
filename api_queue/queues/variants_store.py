"""The chosen variants of a queue's items, in Redis. The scripts that write items write them too."""

from collections.abc import Sequence

from api_queue.drivers.redis import Redis
from api_queue.queues.keys import key
from api_queue.queues.variants import Variants
from api_queue.types import ItemId, QueueName


class RedisVariants:
    """`variants.VariantStore`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def of(self, name: QueueName, item_ids: Sequence[ItemId], /) -> dict[ItemId, Variants]:
        if not item_ids:
            return {}
        texts: list[str | None] = await self._redis.call("HMGET", key(name, "variants"), *item_ids)
        return {item_id: Variants.from_text(text) for item_id, text in zip(item_ids, texts, strict=True) if text}
