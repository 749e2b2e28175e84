"""A turn that waits: ready, pass, and performers whom the host has paused."""

from urllib.parse import unquote

from sanic import Blueprint, HTTPResponse, Request

from api_queue.queues import wire
from api_queue.queues.names import queue_name, read_item_id
from api_queue.queues.turn_taking_service import TurnTakingService
from api_queue.web.replies import reply

bp = Blueprint("turn_taking")


@bp.post("/queue/<name>/items/<item_id>/ready")
async def ready(request: Request, name: str, item_id: str) -> HTTPResponse:
    """Says that who sings next is there. For the owner of an item that is coming soon, and for the host."""
    turn_taking: TurnTakingService = request.app.ctx.turn_taking
    item, position = await turn_taking.ready(queue_name(name), read_item_id(item_id), request.ctx.caller)
    return reply(wire.item_json(item, position))


@bp.post("/queue/<name>/items/<item_id>/pass")
async def let_go_first(request: Request, name: str, item_id: str) -> HTTPResponse:
    """Lets the following item of somebody else go first. Once for each item; in a fair order again for a turn."""
    turn_taking: TurnTakingService = request.app.ctx.turn_taking
    item, position = await turn_taking.let_go_first(queue_name(name), read_item_id(item_id), request.ctx.caller)
    return reply(wire.item_json(item, position))


@bp.post("/queue/<name>/performers/<performer>/pause")
async def pause_performer(request: Request, name: str, performer: str) -> HTTPResponse:
    """Starts nothing of a performer until they are back; what they have added keeps its place."""
    turn_taking: TurnTakingService = request.app.ctx.turn_taking
    return reply(wire.paused_json(await turn_taking.pause(queue_name(name), unquote(performer))))


@bp.post("/queue/<name>/performers/<performer>/resume")
async def resume_performer(request: Request, name: str, performer: str) -> HTTPResponse:
    """A paused performer is back."""
    turn_taking: TurnTakingService = request.app.ctx.turn_taking
    return reply(wire.paused_json(await turn_taking.resume(queue_name(name), unquote(performer))))
