"""The question that everybody asks: why does it stand there."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.queues.names import queue_name, read_item_id
from api_queue.queues.why_service import WhyService
from api_queue.queues.why_wire import why_json
from api_queue.web.replies import reply

bp = Blueprint("why")


@bp.get("/queue/<name>/items/<item_id>/why")
async def why(request: Request, name: str, item_id: str) -> HTTPResponse:
    """Why an item stands where it does, in sentences: turns, when it was added, moves by hand, what comes soon."""
    service: WhyService = request.app.ctx.why
    return reply(why_json(await service.why(queue_name(name), read_item_id(item_id))))
