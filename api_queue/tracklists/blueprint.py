"""`/tracklists`: lists made by hand, looked at, changed and removed. Rows are in `row_blueprint.py`."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.tracklists.models import Facts
from api_queue.tracklists.revisions import asked_rev, who
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.wire import etag, listed_json, tracklist_json
from api_queue.tracklists.wire_bodies import ListChanges, ListQuery, NewList
from api_queue.web.bodies import read_body, read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import empty, reply

bp = Blueprint("tracklists", url_prefix="/api/v1")


@bp.get("/tracklists")
@Operation(query=ListQuery)
async def find(request: Request) -> HTTPResponse:
    """Stored lists, the newest first, without their rows."""
    wanted = read_query(request, ListQuery).wanted()
    return reply(listed_json(*await _service(request).find(wanted), wanted))


@bp.post("/tracklists/manual")
@Operation(body=NewList, status=201)
async def create(request: Request) -> HTTPResponse:
    """A new draft, with or without rows."""
    body = read_body(request, NewList)
    made = await _service(request).create(Facts(), "manual", who(request), body.changes())
    return reply(tracklist_json(made), 201, etag(made))


@bp.get("/tracklists/<tracklist_id>", name="show_of_tracklists")
@bp.get("/tracklist/<tracklist_id>", name="show")
async def show(request: Request, tracklist_id: str) -> HTTPResponse:
    """The whole list."""
    found = await _service(request).tracklist(tracklist_id)
    return reply(tracklist_json(found), headers=etag(found))


@bp.put("/tracklists/<tracklist_id>")
@Operation(body=ListChanges)
async def change(request: Request, tracklist_id: str) -> HTTPResponse:
    """Changes what is named of a draft."""
    body = read_body(request, ListChanges)
    changed = await _service(request).update(tracklist_id, body.changes(), who(request), asked_rev(request, body.rev))
    return reply(tracklist_json(changed), headers=etag(changed))


@bp.delete("/tracklists/<tracklist_id>")
@Operation(status=204)
async def remove(request: Request, tracklist_id: str) -> HTTPResponse:
    """Removes the list with its versions; the recording of a published one is whole again."""
    await _service(request).remove(tracklist_id, asked_rev(request))
    return empty()


def _service(request: Request) -> TracklistService:
    service: TracklistService = request.app.ctx.tracklists
    return service
