"""Event streams over HTTP, and where the same is to be had over MQTT."""

from typing import Final

from sanic import Blueprint, HTTPResponse, Request, Sanic

from api_queue.errors import NoQueueNamed, TooManyQueues, UnknownQueue
from api_queue.stream.discovery import Discovery
from api_queue.stream.hub import Hub
from api_queue.stream.models import NO_QUEUES, Subscription, parse_positions
from api_queue.types import QueueName
from api_queue.web.connections import Connections
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.private_queues import PersonalQueues
from api_queue.web.replies import reply
from api_queue.web.sse_transport import SseLine

#: Queues on one connection: a request can make us keep as many rings.
MOST_QUEUES: Final = 20

bp = Blueprint("stream")


@bp.get("/queue/<name>/events")
@Operation(media_type="text/event-stream")
async def one_queue(request: Request, name: str) -> None:
    """A snapshot, then every change of one queue; with Last-Event-ID only what was missed."""
    await hold_stream(request, Subscription((_queue(name),)))


@bp.get("/events")
@Operation(query={"queue": "Name of a queue; once for each."}, media_type="text/event-stream")
async def several_queues(request: Request) -> None:
    """Several queues on one connection, `?queue=a&queue=b`. Ids are composite; payloads name their queue.

    Without any, the member's own, as at its own address.
    """
    names = {_queue(name) for name in request.args.getlist("queue", [])}
    if len(names) > MOST_QUEUES:
        raise TooManyQueues(limit=MOST_QUEUES)
    own = () if names else (await _own_queue(request),)
    await hold_stream(request, Subscription(own or tuple(sorted(names)), several=not own))


@bp.get("/.well-known/api-queue")
async def discovery(request: Request) -> HTTPResponse:
    """Version, where MQTT is, and the server's clock."""
    found: Discovery = request.app.ctx.discovery
    return reply(found.describe(request.server_name))


@bp.before_server_stop
async def end_streams(app: Sanic) -> None:  # type: ignore[type-arg]
    hub: Hub = app.ctx.hub
    hub.close()


def _queue(name: str) -> QueueName:
    """The stream of tasks is for admins, and has an address of its own; that of tracklists is for MQTT."""
    if name in NO_QUEUES:
        raise UnknownQueue(queue=name)
    return QueueName(name)


async def _own_queue(request: Request) -> QueueName:
    personal: PersonalQueues = request.app.ctx.personal_queues
    caller: Caller = request.ctx.caller
    if caller.personal_queue is None:
        raise NoQueueNamed
    return await personal.of(caller)


async def hold_stream(request: Request, subscription: Subscription) -> None:
    """What was missed since the reader's Last-Event-ID, else a snapshot, and then every change, until they leave."""
    hub: Hub = request.app.ctx.hub
    # A browser that reconnects still has the first address, so its header is newer than what the address says.
    last = request.headers.get("last-event-id") or request.args.get("last_event_id")
    line = SseLine(request)
    connections: Connections = request.app.ctx.connections
    with connections.stream(request.ctx.caller):
        listener = await hub.join(line, subscription, parse_positions(last, subscription))
        try:
            await line.hold(request.app.ctx.settings.sse_heartbeat_s)
        finally:
            hub.leave(listener)
