"""`/queue/enqueue`: tracks and albums onto the caller's own queue."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Blueprint, HTTPResponse, Request

from api_queue.errors import BadBody
from api_queue.queues import wire
from api_queue.queues.enqueue import Batch, EnqueueService
from api_queue.queues.personal import PersonalQueues
from api_queue.web.bodies import read_body
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

bp = Blueprint("enqueue")

TrackName = Annotated[str, Meta(min_length=1, max_length=200)]


class NewItems(msgspec.Struct):
    track_ids: Annotated[list[TrackName], Meta(min_length=1, max_length=1000)] | None = None
    album: Annotated[str, Meta(min_length=1, max_length=300)] | None = None
    performer_name: str = "me"

    def as_batch(self) -> Batch:
        if (self.track_ids is None) == (self.album is None):
            raise BadBody(reason="give either track_ids or album.")
        return Batch(track_ids=self.track_ids or (), album=self.album or "", performer_name=self.performer_name)


@bp.post("/queue/enqueue")
@Operation(body=NewItems, status=201)
async def enqueue(request: Request) -> HTTPResponse:
    """Puts tracks, or an album by disc and track number, on the caller's own queue: all or none."""
    service: EnqueueService = request.app.ctx.enqueue
    personal: PersonalQueues = request.app.ctx.personal_queues
    caller: Caller = request.ctx.caller
    batch = read_body(request, NewItems).as_batch()
    done = await service.enqueue(await personal.of(caller), batch, caller)
    return reply(wire.enqueued_json(done.queue, done.rev, done.items), 201)
