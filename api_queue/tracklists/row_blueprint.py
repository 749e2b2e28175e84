"""`/tracklists/ID/tracks`: single rows of a draft, and their times."""

from functools import partial

from msgspec.structs import replace
from sanic import Blueprint, HTTPResponse, Request

from api_queue.tracklists import drafts, timing
from api_queue.tracklists.blueprint import shown
from api_queue.tracklists.cue_blueprint import LIST_BODY_BYTES
from api_queue.tracklists.models import Facts
from api_queue.tracklists.revisions import asked_rev, who
from api_queue.tracklists.row_bodies import (
    LengthQuery,
    ManyRows,
    Reorder,
    Revision,
    Row,
    RowChanges,
    Times,
    read_position,
)
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.wire import etag, issues_json, suggestion_json
from api_queue.types import Milliseconds
from api_queue.web.bodies import read_body, read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import empty, reply

bp = Blueprint("tracklist_rows", url_prefix="/api/v1/tracklists/<tracklist_id>/tracks")


@bp.post("")
@Operation(body=Row, status=201)
async def add(request: Request, tracklist_id: str) -> HTTPResponse:
    """A new row, at the end or at its `position`, from where the rest moves down. Answers the whole list."""
    row = read_body(request, Row)
    return await _edit(request, tracklist_id, partial(_added, row), row.rev, 201)


@bp.put("/bulk", stream=True)
@Operation(body=ManyRows, most_bytes=LIST_BODY_BYTES, refuses=(400,))
async def change_many(request: Request, tracklist_id: str) -> HTTPResponse:
    """Changes many rows at once, all of them or none; a position after the last one is a new row."""
    body = read_body(request, ManyRows)
    return await _edit(request, tracklist_id, partial(drafts.change_many, changes=body.changes()), body.rev)


@bp.post("/reorder")
@Operation(body=Reorder)
async def reorder(request: Request, tracklist_id: str) -> HTTPResponse:
    """Moves a row; it stands at `to_position` afterwards."""
    body = read_body(request, Reorder)
    moved = partial(drafts.move, from_position=body.from_position, to_position=body.to_position)
    return await _edit(request, tracklist_id, moved, body.rev)


@bp.post("/auto-calculate-end-times")
@Operation(query=LengthQuery, body=Revision)
async def set_ends(request: Request, tracklist_id: str) -> HTTPResponse:
    """Each row ends where the next begins, and the last with the recording."""
    length_ms, rev = read_query(request, LengthQuery).length(), read_body(request, Revision).rev
    known_ms = length_ms or (await _lists(request).tracklist(tracklist_id)).audio_duration_ms
    return await _edit(request, tracklist_id, partial(_with_ends, known_ms), rev)


@bp.get("/timing-suggestions")
async def suggest(request: Request, tracklist_id: str) -> HTTPResponse:
    """What would mend the times, row by row."""
    found = await _lists(request).tracklist(tracklist_id)
    fixes = timing.suggestions(found.facts.entries, found.audio_duration_ms)
    return reply({"suggestions": [suggestion_json(each) for each in fixes]}, headers=etag(found))


@bp.post("/validate-timing")
async def validate(request: Request, tracklist_id: str) -> HTTPResponse:
    """What is wrong with the times."""
    found = await _lists(request).tracklist(tracklist_id)
    return reply(issues_json(timing.issues(found.facts.entries, found.audio_duration_ms), found), headers=etag(found))


@bp.put("/<position>")
@Operation(body=RowChanges)
async def change(request: Request, tracklist_id: str, position: str) -> HTTPResponse:
    """Changes what is named of a row."""
    row = read_body(request, RowChanges)
    changed = partial(drafts.change, position=read_position(position), change=row.change)
    return await _edit(request, tracklist_id, changed, row.rev)


@bp.delete("/<position>")
@Operation(status=204)
async def remove(request: Request, tracklist_id: str, position: str) -> HTTPResponse:
    """Removes a row and closes the gap."""
    gone = partial(drafts.remove, position=read_position(position))
    left = await _lists(request).edit(tracklist_id, gone, who(request), asked_rev(request))
    answer = empty()
    answer.headers.update(etag(left))
    return answer


@bp.put("/<position>/timing")
@Operation(body=Times)
async def change_times(request: Request, tracklist_id: str, position: str) -> HTTPResponse:
    """When a row begins and ends."""
    times = read_body(request, Times)
    changed = partial(drafts.change, position=read_position(position), change=times.change)
    return await _edit(request, tracklist_id, changed, times.rev)


def _added(row: Row, facts: Facts) -> Facts:
    return drafts.add(facts, row.entry(), row.position)


def _with_ends(length_ms: Milliseconds | None, facts: Facts) -> Facts:
    return replace(facts, entries=timing.with_ends(facts.entries, length_ms))


async def _edit(
    request: Request, tracklist_id: str, change: drafts.Edit, rev: int | None, status: int = 200
) -> HTTPResponse:
    return shown(await _lists(request).edit(tracklist_id, change, who(request), asked_rev(request, rev)), status)


def _lists(request: Request) -> TracklistService:
    service: TracklistService = request.app.ctx.tracklists
    return service
