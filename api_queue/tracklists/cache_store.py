"""What the site answered, in Redis: pages, searches, and searches that failed. No block is ever kept."""

import asyncio
import hashlib
from typing import Final, TypeVar

import msgspec

from api_queue.drivers.redis import Redis
from api_queue.settings import Settings
from api_queue.tracklists.fetching import Counts, Failure, Fetched, FoundPage, Query

_PAGES: Final = f"tracklist:{'[0-9a-f]' * 64}"
_SEARCHES: Final = "tracklist:search:*"
_FAILED: Final = "tracklist:failed:*"
_STATS: Final = "tracklist:stats"
#: Rows of a page of the site, at most.
_ROWS: Final = 30
T = TypeVar("T")


class RedisCache:
    """fetching.Cache."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self._redis = redis
        self._on = settings.tracklists_cache == "on"
        self._page_ms = round(settings.tracklists_page_days * 86_400_000)
        self._search_ms = round(settings.tracklists_search_hours * 3_600_000)
        self._failed_ms = round(settings.tracklists_failed_minutes * 60_000)

    async def page(self, url: str, *, again: bool = False) -> Fetched | None:
        return await self._get(_page(url), Fetched, again=again)

    async def keep_page(self, fetched: Fetched, url: str) -> None:
        await self._set(_page(url), fetched, self._page_ms)

    async def found(self, query: Query, number: int, *, again: bool = False) -> FoundPage | Failure | None:
        failed = f"tracklist:failed:{_name(query, number)}"
        left_ms, reason = await self._redis.call("PTTL", failed), await self._redis.call("GET", failed)
        if reason is not None and self._on:
            return Failure(reason, max(1, -(-int(left_ms) // 1000)))
        return await self._get(f"tracklist:search:{_name(query, number)}", FoundPage, again=again)

    async def keep_found(self, query: Query, number: int, found: FoundPage) -> None:
        await self._set(f"tracklist:search:{_name(query, number)}", found, self._search_ms)
        await self._redis.call("DEL", f"tracklist:failed:{_name(query, number)}")

    async def keep_failure(self, query: Query, number: int, reason: str) -> Failure:
        if self._on:
            key = f"tracklist:failed:{_name(query, number)}"
            await self._redis.call("SET", key, reason, "PX", self._failed_ms)
        return Failure(reason, self._failed_ms // 1000)

    async def forget_page(self, url: str) -> int:
        return int(await self._redis.call("DEL", _page(url)))

    async def forget_all(self) -> int:
        count = 0
        for pattern in (_PAGES, _SEARCHES, _FAILED):
            async for keys in self._redis.keys(pattern):
                count += sum(await asyncio.gather(*(self._redis.call("DEL", key) for key in keys)))
        return count

    async def counts(self) -> Counts:
        pages, searches, failed = [await self._count(pattern) for pattern in (_PAGES, _SEARCHES, _FAILED)]
        stats = await self._redis.call("HGETALL", _STATS)
        return Counts(pages, searches, failed, int(stats.get("hits", 0)), int(stats.get("misses", 0)))

    async def _count(self, pattern: str) -> int:
        return sum([len(keys) async for keys in self._redis.keys(pattern)])

    async def _get(self, key: str, shape: type[T], *, again: bool) -> T | None:
        """What another version of the server kept in another shape is none."""
        try:
            text = await self._redis.call("GET", key) if self._on else None
            found = None if text is None else msgspec.json.decode(text, type=shape)
        except msgspec.DecodeError:
            found = None
        if not again:
            await self._redis.call("HINCRBY", _STATS, "misses" if found is None else "hits", 1)
        return found

    async def _set(self, key: str, value: object, ttl_ms: int) -> None:
        if self._on:
            await self._redis.call("SET", key, msgspec.json.encode(value), "PX", ttl_ms)


def _page(url: str) -> str:
    return f"tracklist:{hashlib.sha256(url.encode()).hexdigest()}"


def _name(query: Query, number: int) -> str:
    """As the system behind the seed writes it, but that its `_` are our blanks alone; pages are the site's own, so that
    ours are cut from the same.
    """
    words = "_".join(query.text.lower().replace("%", "%25").replace("_", "%5F").split())
    dates = (("start", query.start_date), ("end", query.end_date))
    named = "".join(f":{name}_{date}" for name, date in dates if date)
    return f"{query.type}:{words}:page_{number}:limit_{_ROWS}{named}"
