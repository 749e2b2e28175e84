"""`/tracklists/parse` and `/tracklists/import`: lists from texts, label files, CUE sheets, saved pages and a night."""

import asyncio
from typing import Final

from sanic import Blueprint, HTTPResponse, Request

from api_queue.formats.cue.decoding import decode
from api_queue.queues.names import queue_name
from api_queue.tracklists.intake import IntakeService
from api_queue.tracklists.list_bodies import HistoryBody, ImportBody
from api_queue.tracklists.revisions import who
from api_queue.tracklists.wire import etag, parsed_json, tracklist_json
from api_queue.web.bodies import read_body
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

#: A page of 4 MiB, and what JSON writes around it.
_MOST_BYTES: Final = 6 << 20

bp = Blueprint("tracklist_imports", url_prefix="/api/v1/tracklists")


@bp.post("/parse", stream=True)
@Operation(body=ImportBody, most_bytes=_MOST_BYTES)
async def parse(request: Request) -> HTTPResponse:
    """What a text, a label file, a CUE sheet or a saved page would become. The file itself may be the body."""
    if request.body.lstrip()[:1] == b"{":
        kind, text = read_body(request, ImportBody).pasted()
        return reply(parsed_json(*await _intake(request).parse(text, kind)))
    text = (await asyncio.to_thread(decode, request.body)).text
    return reply(parsed_json(*await _intake(request).parse(text)))


@bp.post("/import/text", name="import_text", stream=True)
@bp.post("/import/labels", name="import_labels", stream=True)
@bp.post("/import/cue", name="import_cue", stream=True)
@bp.post("/import/html", name="import_html", stream=True)
@Operation(body=ImportBody, status=201, most_bytes=_MOST_BYTES, refuses=(400, 404))
async def take(request: Request) -> HTTPResponse:
    """A draft of what is pasted, with what else is said of the set; `findings` tell what was not understood."""
    body = read_body(request, ImportBody)
    kind, text = body.pasted(request.path.rstrip("/").rpartition("/")[2])
    made, parsed = await _intake(request).take(kind, text, who(request), body.changes())
    return reply({**tracklist_json(made), "findings": parsed.findings}, 201, etag(made))


@bp.post("/import/history")
@Operation(body=HistoryBody, status=201, refuses=(404,))
async def take_history(request: Request) -> HTTPResponse:
    """A draft of what a queue has played."""
    body = read_body(request, HistoryBody)
    since_ms, until_ms = body.since_ms, body.until_ms
    made = await _intake(request).take_history(queue_name(body.queue), who(request), body.changes(), since_ms, until_ms)
    return reply(tracklist_json(made), 201, etag(made))


def _intake(request: Request) -> IntakeService:
    service: IntakeService = request.app.ctx.tracklist_intake
    return service
