"""What accounts keep in Redis: rate buckets, first answers, and the channel that tells of revocations."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import msgspec
from redis.exceptions import RedisError

from api_queue.drivers.redis import Redis
from api_queue.errors import Unavailable
from api_queue.web.answers import Answer
from api_queue.web.rate_limits import Bucket, RateClass

_PENDING_MS: Final = 60_000
_KEPT_MS: Final = 24 * 3_600_000
_REVOKED: Final = "accounts:revoked"
#: Seconds that a read of the channel waits before it looks whether the connection is still there.
_LISTEN_S: Final = 5.0
_RETRY_S: Final = 1.0


class RedisBuckets:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def take(self, klass: RateClass, now_ms: int, buckets: Sequence[Bucket]) -> int:
        """A token of each, and 0; or none of any, and the ms until there is one."""
        args = [part for bucket in buckets for part in bucket]
        return int(await self._redis.script("accounts/take", [f"rate:{klass}"], [now_ms, *args]))

    async def guess(self, klass: RateClass, now_ms: int, buckets: Sequence[Bucket], *, right: bool) -> int:
        """As `take`, but a right guess leaves each its token."""
        args = [part for bucket in buckets for part in bucket]
        return int(await self._redis.script("accounts/guess", [f"rate:{klass}"], [now_ms, int(right), *args]))


class RedisAnswers:
    """web.idempotency.AnswerStore."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def claim(self, key: str, pending: Answer) -> Answer | None:
        text = msgspec.json.encode(pending)
        while not await self._redis.call("SET", f"answer:{key}", text, "NX", "PX", _PENDING_MS):
            held = await self._redis.call("GET", f"answer:{key}")
            if held is not None:  # else it ran out between the two
                return msgspec.json.decode(held, type=Answer)
        return None

    async def keep(self, key: str, answer: Answer) -> None:
        await self._redis.call("SET", f"answer:{key}", msgspec.json.encode(answer), "PX", _KEPT_MS)

    async def release(self, key: str) -> None:
        await self._redis.call("DEL", f"answer:{key}")


class RedisRevocations:
    """models.Revocations: this process forgets before `tell` returns, the others as soon as they hear of it."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._forget: Callable[[], None] = _nothing

    async def tell(self) -> None:
        self._forget()
        with suppress(Unavailable):  # the others will see for themselves within seconds
            await self._redis.call("PUBLISH", _REVOKED, "")

    async def follow(self, forget: Callable[[], None]) -> None:
        """Calls `forget` at each revocation, and whenever some may have been missed. Runs until it is cancelled."""
        self._forget = forget
        while True:
            with suppress(RedisError, OSError):
                await self._listen()
            await asyncio.sleep(_RETRY_S)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(_REVOKED)
            while True:
                if await channel.get_message(timeout=_LISTEN_S):  # the first one says that we are subscribed
                    self._forget()


def _nothing() -> None:
    """A process that resolves nobody has nothing to forget."""
