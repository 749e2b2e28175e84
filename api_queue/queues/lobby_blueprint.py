"""Who may come in: songs that wait in the lobby."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.queues.lobby_service import LobbyService
from api_queue.queues.names import queue_name, read_item_id
from api_queue.queues.undo_replies import reply_item

bp = Blueprint("lobby")


@bp.post("/queue/<name>/items/<item_id>/admit")
async def admit(request: Request, name: str, item_id: str) -> HTTPResponse:
    """Lets a song in from the lobby: it goes where the order of the queue has it, past the limits."""
    lobby: LobbyService = request.app.ctx.lobby
    x = queue_name(name)
    return await reply_item(request, x, lobby.admit(x, read_item_id(item_id), request.ctx.caller.role_on(x)))


@bp.post("/queue/<name>/items/<item_id>/refuse")
async def refuse(request: Request, name: str, item_id: str) -> HTTPResponse:
    """Takes a song out of the lobby that is not let in."""
    lobby: LobbyService = request.app.ctx.lobby
    x = queue_name(name)
    return await reply_item(request, x, lobby.refuse(x, read_item_id(item_id), request.ctx.caller.role_on(x)))
