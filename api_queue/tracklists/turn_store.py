"""`Turns` in Redis: one line for all processes of the server, on however many machines."""

from typing import Any, Final

from api_queue.drivers.redis import Redis
from api_queue.tracklists.turns import GONE_MS, LONGEST_OPEN_MS, MOST_OF_ONE, MOST_WAITING, Asked, Breaker, Ending

#: As long as RFC 9309 lets robots.txt be kept.
_ROBOTS_MS: Final = 24 * 3_600_000


class RedisTurns:
    """`host` names the line. So many failures in a row open the breaker for `open_ms` at first."""

    def __init__(self, redis: Redis, host: str, failures: int, open_ms: int) -> None:
        self._redis = redis
        self._failures = failures
        self._open_ms = open_ms
        parts = ("turn", "line", "seen", "pause", "open", "failures", "robots")
        self._key = {part: f"site:{{{host}}}:{part}" for part in parts}

    async def begin(self, who: str, turn_ms: int) -> Asked:
        args = (who, turn_ms, GONE_MS, MOST_WAITING, MOST_OF_ONE)
        what, ms, reason = await self._script("begin_request", ("turn", "line", "seen", "pause", "open"), args)
        return Asked(what, int(ms), *_why(reason))

    async def end(self, who: str, ending: Ending, pause_ms: int, turn_ms: int) -> int:
        how = (ending.outcome, ending.reason, self._open_ms, LONGEST_OPEN_MS, self._failures, ending.at_least_ms)
        args = (who, pause_ms, turn_ms, *how)
        return int(await self._script("end_request", ("turn", "pause", "open", "failures"), args))

    async def leave(self, who: str) -> None:
        await self._script("leave_line", ("turn", "line", "seen"), (who,))

    async def breaker(self) -> Breaker:
        failures = int(await self._redis.call("GET", self._key["failures"]) or 0)
        open_ms = max(int(await self._redis.call("PTTL", self._key["open"])), 0)
        reason, blocked = _why(await self._redis.call("GET", self._key["open"]) or "")
        waiting = int(await self._redis.call("ZCARD", self._key["line"]))
        return Breaker(open_ms, failures, reason, blocked, self._failures, waiting)

    async def robots(self) -> str | None:
        text: str | None = await self._redis.call("GET", self._key["robots"])
        return text

    async def keep_robots(self, text: str) -> None:
        await self._redis.call("SET", self._key["robots"], text, "PX", _ROBOTS_MS)

    async def _script(self, verb: str, parts: tuple[str, ...], args: tuple[str | int, ...]) -> Any:
        return await self._redis.script(f"tracklists/{verb}", [self._key[part] for part in parts], args)


def _why(text: str) -> tuple[str, bool]:
    """Of an open breaker, `blocked: it answered 429`: the reason, and whether it was a block."""
    outcome, _, reason = text.partition(": ")
    return reason, outcome == "blocked"
