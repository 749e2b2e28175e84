"""The rate limits of the web layer, kept in Redis for all workers together."""

from collections.abc import Sequence
from typing import Protocol

from api_queue.drivers.clock import Clock
from api_queue.errors import RateLimited
from api_queue.types import QueueName
from api_queue.web.identity import Caller
from api_queue.web.rate_limits import Bucket, RateClass, RateLimits


class BucketStore(Protocol):
    async def take(self, klass: RateClass, now_ms: int, buckets: Sequence[Bucket]) -> int:
        """A token of each, and 0; or none of any, and the ms until there is one."""

    async def guess(self, klass: RateClass, now_ms: int, buckets: Sequence[Bucket], *, right: bool) -> int:
        """As `take`, but a right guess leaves each its token."""


class RateLimiter:
    """web.rate_limits.Limiter and GuessLimiter."""

    def __init__(self, store: BucketStore, limits: RateLimits, clock: Clock) -> None:
        self._store = store
        self._limits = limits
        self._clock = clock

    async def check(self, klass: RateClass, caller: Caller, queue: QueueName | None = None) -> None:
        _refuse(await self._store.take(klass, self._clock.now_ms(), self._limits.buckets(klass, caller, queue)))

    async def guess(self, klass: RateClass, caller: Caller, queue: QueueName | None = None, *, right: bool) -> None:
        buckets = self._limits.buckets(klass, caller, queue)
        _refuse(await self._store.guess(klass, self._clock.now_ms(), buckets, right=right))


def _refuse(wait_ms: int) -> None:
    if wait_ms:
        raise RateLimited(retry_after=-(-wait_ms // 1000))
