"""Whether this process lives, and whether what it needs answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from sanic import Blueprint, HTTPResponse, Request

from api_queue import __version__
from api_queue.errors import NotReady
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

#: A part that takes longer is as good as away: whoever asks has a timeout too.
PATIENCE_S: Final = 1.0
#: Seconds after which asking again is worth it.
_AGAIN_S: Final = 2
_FRESH: Final = {"Cache-Control": "no-store"}

bp = Blueprint("health")


class Readiness:
    """Asks each part with its check, which raises when the part is away."""

    def __init__(self, checks: Mapping[str, Callable[[], Awaitable[object]]], patience_s: float = PATIENCE_S) -> None:
        self._checks = checks
        self._patience_s = patience_s

    async def away(self) -> list[str]:
        answers = await asyncio.gather(*map(self._answers, self._checks.values()))
        return [part for part, there in zip(self._checks, answers, strict=True) if not there]

    async def _answers(self, check: Callable[[], Awaitable[object]]) -> bool:
        try:
            async with asyncio.timeout(self._patience_s):
                await check()
        except Exception:  # whatever its library raises
            return False
        return True


@bp.get("/health")
async def health(_request: Request) -> HTTPResponse:
    """Answers as long as the process does; it asks nobody else."""
    return reply({"status": "healthy", "service": "api_queue", "version": __version__}, headers=_FRESH)


@bp.get("/ready")
@Operation(refuses=(503,))
async def ready(request: Request) -> HTTPResponse:
    """Whether Redis and the database answer; 503 with `parts` names those that are away."""
    await _demand_ready(request)
    return reply({"status": "ready"}, headers=_FRESH)


@bp.get("/api/v1/health")
@Operation(refuses=(503,))
async def api_health(request: Request) -> HTTPResponse:
    """The same question as programs of PyQueue and of the tracklists ask it."""
    await _demand_ready(request)
    now = datetime.fromtimestamp(request.app.ctx.clock.now_ms() / 1000, UTC)
    return reply(
        {"status": "healthy", "queue_name": None, "timestamp": now.isoformat(timespec="milliseconds")}, headers=_FRESH
    )


async def _demand_ready(request: Request) -> None:
    readiness: Readiness = request.app.ctx.readiness
    if away := await readiness.away():
        raise NotReady(parts=away, named=" and ".join(away), retry_after=_AGAIN_S)
