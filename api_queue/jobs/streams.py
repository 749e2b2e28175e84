"""Tasks as they change, for admins: as queues are told, as the system behind the seed does it, and by WebSocket."""

from contextlib import aclosing, suppress
from typing import Final

from sanic import Blueprint, HTTPResponse, Request, Sanic, Websocket
from sanic.response.types import BaseHTTPResponse
from websockets.exceptions import ConnectionClosed

from api_queue.drivers.clock import Clock
from api_queue.errors import UnknownTask
from api_queue.events import Event
from api_queue.formats import sse
from api_queue.jobs import wire
from api_queue.jobs.feed import TaskFeed
from api_queue.jobs.models import TaskId
from api_queue.jobs.service import JobService
from api_queue.stream.blueprint import hold_stream
from api_queue.stream.models import TASKS, Snapshot, Subscription
from api_queue.stream.wire import task_of
from api_queue.web.operation import Operation
from api_queue.web.sse_transport import HEADERS

#: As the system behind the seed has it.
PING_S: Final = 15.0
#: Items that are sent along with a task at each of its changes.
ITEMS_SENT: Final = 100

bp = Blueprint("jobs_streams")


@bp.get("/events/queues")
@Operation(media_type="text/event-stream")
async def events(request: Request) -> None:
    """The newest tasks, then every change of any; with Last-Event-ID only what was missed."""
    await hold_stream(request, Subscription((TASKS,)))


@bp.get("/api/queues/stream")
@Operation(media_type="text/event-stream")
async def stream(request: Request) -> None:
    """`init` with the list of tasks, `task_update` with a whole task at each change of it, `ping` every 15 s.

    `tasks` with the list anew where tasks were removed, or events were lost.
    """
    answer = HTTPResponse(headers=dict(HEADERS), content_type="text/event-stream")
    feed: TaskFeed = request.app.ctx.task_feed
    async with aclosing(feed.follow(PING_S)) as changes:
        response: BaseHTTPResponse = await request.respond(answer)
        await response.send(await _frame(request, await anext(changes), "init"))
        async for change in changes:
            await response.send(await _frame(request, change, "tasks"))


@bp.websocket("/ws/queues")  # type: ignore[untyped-decorator]  # Sanic does not say
async def socket(request: Request, line: Websocket) -> None:
    """What `/events/queues` sends, each as one JSON object with its `event` and `id`."""
    feed: TaskFeed = request.app.ctx.task_feed
    with suppress(ConnectionClosed):
        async with aclosing(feed.follow(PING_S)) as changes:
            async for change in changes:
                if change is not None:  # Sanic pings by itself
                    await line.send(wire.socket_text(change))


@bp.before_server_stop
async def end_streams(app: Sanic) -> None:  # type: ignore[type-arg]
    feed: TaskFeed = app.ctx.task_feed
    feed.close()


async def _frame(request: Request, change: Snapshot | Event | None, list_name: str) -> bytes:
    if change is None:
        return sse.frame("ping", "{}")
    if isinstance(change, Snapshot):
        return sse.frame(list_name, wire.list_of(change), change.event_id)
    jobs: JobService = request.app.ctx.jobs
    try:
        detail = await jobs.detail(TaskId(task_of(change)), ITEMS_SENT)
    except UnknownTask:  # removed since
        return sse.comment()
    clock: Clock = request.app.ctx.clock
    return sse.frame("task_update", wire.detail_text(detail, clock.now_ms()), change.event_id)
