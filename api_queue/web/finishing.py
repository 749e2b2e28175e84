"""Who hangs up in the middle of a change does not break it off: it is done to its end, and nobody hears the answer.

Sanic cancels the handler of a lost connection. What is cancelled between two steps is done by half.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from functools import wraps
from typing import Any, Final, Protocol

import structlog
from sanic import HTTPResponse, Request, Sanic

from api_queue.errors import ApiQueueError
from api_queue.web.access_rules import Rule
from api_queue.web.operation import Operation

_log = structlog.get_logger()
#: The loop holds its tasks but weakly.
_running: Final[set[asyncio.Task[HTTPResponse]]] = set()
#: Of these, those whose callers are gone.
_unheard: Final[set[asyncio.Task[HTTPResponse]]] = set()


class Handler(Protocol):
    def __call__(self, request: Request, /, **parts: str) -> Coroutine[Any, Any, HTTPResponse]: ...


def finish_writes(app: Sanic[Any, Any], rules: Mapping[tuple[str, str], Rule]) -> None:
    """Before the first request. A socket is open until somebody hangs up, and a long poll that went on after that would
    take what is for others.
    """
    for route in app.router.routes:
        writes = any(rule.writes for method in route.methods if (rule := rules.get((method, route.path))))
        if writes and not route.extra.websocket and not Operation.of(route.handler).waits:
            route.handler = finished(route.handler)


def finished(handler: Handler) -> Handler:
    @wraps(handler)
    async def whole(request: Request, /, **parts: str) -> HTTPResponse:
        task = asyncio.create_task(handler(request, **parts), name=f"{request.method} {request.path}")
        _running.add(task)
        task.add_done_callback(_running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            _unheard.add(task)
            task.add_done_callback(_end_unheard)
            raise

    return whole


async def end_writes(within_s: float) -> None:
    """Before the server ends; what takes longer is broken off."""
    if _running:
        _, late = await asyncio.wait(_running, timeout=within_s)
        for task in late:
            task.cancel()


def unheard() -> int:
    """How many changes are being made whose callers are gone."""
    return len(_unheard)


def _end_unheard(task: asyncio.Task[HTTPResponse]) -> None:
    """A refusal concerns nobody any more."""
    _unheard.discard(task)
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, ApiQueueError):
        _log.error("a request failed after its caller was gone", request=task.get_name(), exc_info=error)
