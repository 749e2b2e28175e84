"""The answers of verbs on one item, which hosts and helpers can take back."""

from collections.abc import Awaitable
from typing import Any

from sanic import HTTPResponse, Request

from api_queue.queues import undo_wire, wire
from api_queue.queues.models import HELPERS, Item
from api_queue.queues.service import QueueService
from api_queue.types import QueueName
from api_queue.web.replies import reply


async def reply_item(request: Request, queue: QueueName, verb: Awaitable[Item]) -> HTTPResponse:
    """What the verb answers; with `undo_until_ms` if it was a host's or a helper's and changed something."""
    since_ms = request.app.ctx.clock.now_ms()
    body: dict[str, Any] = wire.item_json(await verb)
    if request.ctx.caller.role_on(queue) in HELPERS:
        queues: QueueService = request.app.ctx.queues
        body |= undo_wire.undo_until_json(await queues.queue(queue), since_ms)
    return reply(body)
