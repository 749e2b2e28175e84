"""The queue of a room. Whose an item is, and who is the host, the service asks."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta
from sanic import Blueprint, HTTPResponse, Request

from api_queue.karakara import queue_wire
from api_queue.karakara.queue_service import RoomQueueService
from api_queue.karakara.rooms import room_name
from api_queue.queues.names import read_item_id
from api_queue.queues.variants import Variants
from api_queue.web.bodies import read_body
from api_queue.web.idempotency import repeatable_number
from api_queue.web.operation import Operation
from api_queue.web.replies import reply, text_reply

bp = Blueprint("karakara_queue")

#: As files name them; what has none is `Default`.
Variant = Annotated[str, Meta(max_length=64)]
_END: Final = -1
_FRESH: Final = {"Cache-Control": "no-store"}


class NewRoomItem(msgspec.Struct):
    track_id: Annotated[str, Meta(max_length=200)]
    performer_name: str
    video_variant: Variant
    subtitle_variant: Variant


class RoomMove(msgspec.Struct):
    source: int
    target: int


@bp.get("/api/room/<name>/queue.json", name="queue_json")
async def show_queue(request: Request, name: str) -> HTTPResponse:
    """What was played, plays and waits in a room, in this order. Of a room that is not there: nothing."""
    room_queue: RoomQueueService = request.app.ctx.room_queue
    look = await room_queue.look_if_there(room_name(name))
    now_ms = request.app.ctx.clock.now_ms()
    return reply(queue_wire.queue_json(look.view, look.variants, now_ms) if look else [], headers=_FRESH)


@bp.get("/api/room/<name>/queue.csv", name="queue_csv")
@Operation(media_type="text/csv")
async def show_csv(request: Request, name: str) -> HTTPResponse:
    """The same as CSV."""
    room_queue: RoomQueueService = request.app.ctx.room_queue
    look = await room_queue.look(room_name(name))
    return text_reply(
        queue_wire.queue_csv(look.view, look.variants, request.app.ctx.clock.now_ms()), "text/csv", _FRESH
    )


@bp.post("/api/room/<name>/queue.json")
@Operation(body=NewRoomItem)
async def add_item(request: Request, name: str) -> HTTPResponse:
    """Puts a track on the queue of a room; a refusal by the rules of the queue has its sentence in `context.exc`."""
    room_queue: RoomQueueService = request.app.ctx.room_queue
    room = room_name(name)
    wish = read_body(request, NewRoomItem)
    again = repeatable_number(request)
    item_id = None if again is None else read_item_id(again % 2**50)
    variants = Variants(wish.video_variant, wish.subtitle_variant)
    shown = await room_queue.add(room, wish.track_id, wish.performer_name, variants, request.ctx.caller, item_id)
    return reply(queue_wire.item_json(shown.timed, shown.variants))


@bp.put("/api/room/<name>/queue.json")
@Operation(body=RoomMove, status=201)
async def move_item(request: Request, name: str) -> HTTPResponse:
    """Moves the item `source` before the item `target`; -1 is the end."""
    room_queue: RoomQueueService = request.app.ctx.room_queue
    room = room_name(name)
    wish = read_body(request, RoomMove)
    target = None if wish.target == _END else read_item_id(wish.target)
    await room_queue.move(room, read_item_id(wish.source), target, request.ctx.caller)
    return reply({}, 201)


@bp.delete("/api/room/<name>/queue/<item_id>")
async def remove_item(request: Request, name: str, item_id: str) -> HTTPResponse:
    """Takes an item off, also the current one: then it is skipped. Guests their own; what is over stays."""
    room_queue: RoomQueueService = request.app.ctx.room_queue
    shown = await room_queue.remove(room_name(name), queue_wire.item_at(item_id), request.ctx.caller)
    return reply(queue_wire.item_json(shown.timed, shown.variants))
