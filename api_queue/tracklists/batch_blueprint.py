"""`/batch`: many addresses at once, how they come along, and those that come again and again."""

import asyncio
from contextlib import suppress
from typing import Final

from sanic import Blueprint, HTTPResponse, Request, Websocket
from websockets.exceptions import ConnectionClosed

from api_queue.errors import UnknownBatch
from api_queue.formats.json_bytes import json_bytes
from api_queue.jobs.models import FINAL, TaskId
from api_queue.jobs.wire import read_number
from api_queue.tracklists import batch_wire as wire
from api_queue.tracklists.batches import Batch, BatchService
from api_queue.tracklists.revisions import who
from api_queue.tracklists.schedules import ScheduleService
from api_queue.web.bodies import read_body
from api_queue.web.operation import Operation
from api_queue.web.replies import empty, reply

#: Between two messages of a socket.
EACH_S: Final = 1.0
#: The code with which the socket of a batch that is not there is closed.
_NO_BATCH: Final = 4404

bp = Blueprint("tracklist_batches", url_prefix="/api/v1/batch")


@bp.post("")
@Operation(body=wire.BatchBody, status=202, refuses=(400, 404))
async def create(request: Request) -> HTTPResponse:
    """The lists of many pages, fetched one after the other. An address that is there twice is fetched once."""
    order = read_body(request, wire.BatchBody).order()
    batch, duplicates = await _batches(request).create(order, who(request))
    return reply(wire.ordered_json(batch, duplicates, await _batches(request).ends_at(batch)), 202)


@bp.get("/<batch_id>/status")
async def status(request: Request, batch_id: str) -> HTTPResponse:
    """How many pages came, and what became of each address, in their order."""
    return _shown(await _batches(request).batch(_number(batch_id)))


@bp.post("/<batch_id>/pause")
async def pause(request: Request, batch_id: str) -> HTTPResponse:
    """No page is begun any more; the one that is being fetched is."""
    return _shown(await _batches(request).pause(_number(batch_id)))


@bp.post("/<batch_id>/resume")
async def resume(request: Request, batch_id: str) -> HTTPResponse:
    """It goes on where it was paused."""
    return _shown(await _batches(request).resume(_number(batch_id)))


@bp.post("/<batch_id>/cancel")
async def cancel(request: Request, batch_id: str) -> HTTPResponse:
    """What was not fetched yet never is."""
    return _shown(await _batches(request).cancel(_number(batch_id)))


@bp.websocket("/<batch_id>/progress")  # type: ignore[untyped-decorator]  # Sanic does not say
async def progress(request: Request, line: Websocket, batch_id: str) -> None:
    """How it stands, each second until it is over."""
    with suppress(ConnectionClosed):
        try:
            await _tell_all(request, line, batch_id)
        except UnknownBatch as error:  # an answer is out of reach here: the line is open already
            await line.close(_NO_BATCH, error.detail)


@bp.post("/schedule")
@Operation(body=wire.BatchScheduleBody, status=201, refuses=(400, 404))
async def schedule(request: Request) -> HTTPResponse:
    """The same batch again and again; while the last one still runs, none is begun."""
    body = read_body(request, wire.BatchScheduleBody)
    made, duplicates = await _schedules(request).add_batch(body.order(), body.cron_expression, who(request))
    return reply(wire.scheduled_json(made, duplicates), 201)


@bp.get("/schedule")
async def list_schedules(request: Request) -> HTTPResponse:
    """What is fetched again and again, the oldest first."""
    return reply(wire.schedules_json(await _schedules(request).batches()))


@bp.delete("/schedule/<schedule_id>")
@Operation(status=204)
async def unschedule(request: Request, schedule_id: str) -> HTTPResponse:
    """No batch is begun by it any more."""
    await _schedules(request).remove(schedule_id, of_batch=True)
    return empty()


async def _tell_all(request: Request, line: Websocket, batch_id: str) -> None:
    while True:
        batch = await _batches(request).batch(_number(batch_id))
        await line.send(json_bytes(wire.progress_json(batch)).decode())
        if batch.task.status in FINAL:
            return
        await asyncio.sleep(EACH_S)


def _shown(batch: Batch) -> HTTPResponse:
    return reply(wire.status_json(batch))


def _number(batch_id: str) -> TaskId:
    number = read_number(batch_id)
    if number is None:
        raise UnknownBatch(batch_id=batch_id)
    return TaskId(number)


def _batches(request: Request) -> BatchService:
    service: BatchService = request.app.ctx.batches
    return service


def _schedules(request: Request) -> ScheduleService:
    service: ScheduleService = request.app.ctx.schedules
    return service
