"""`/tracklists`: lists made by hand, looked at, changed, published and removed. Rows are in `row_blueprint.py`."""

from urllib.parse import unquote

from sanic import Blueprint, HTTPResponse, Request

from api_queue.media.service import MediaService
from api_queue.media.wire import minted_json
from api_queue.tracklists.cue_blueprint import LIST_BODY_BYTES
from api_queue.tracklists.cue_bodies import GenerateBody
from api_queue.tracklists.cue_tasks import CueJobs
from api_queue.tracklists.list_bodies import DraftsQuery, ListChanges, ListQuery, NewList, PublishQuery
from api_queue.tracklists.models import Facts, Tracklist
from api_queue.tracklists.publishing import PublishingService
from api_queue.tracklists.revisions import asked_rev, who
from api_queue.tracklists.row_bodies import Revision
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.versioning import VersionService
from api_queue.tracklists.wire import drafts_json, etag, listed_json, tracklist_json
from api_queue.web.bodies import read_body, read_query
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.replies import empty, reply

bp = Blueprint("tracklists", url_prefix="/api/v1")


@bp.get("/tracklists")
@Operation(query=ListQuery)
async def find(request: Request) -> HTTPResponse:
    """Stored lists, the newest first, without their rows."""
    wanted = read_query(request, ListQuery).wanted()
    return reply(listed_json(*await _lists(request).find(wanted), wanted))


@bp.post("/tracklists/manual", stream=True)
@Operation(body=NewList, status=201, most_bytes=LIST_BODY_BYTES, refuses=(400, 404))
async def create(request: Request) -> HTTPResponse:
    """A new list, with or without rows. It is a draft, unless it says otherwise."""
    body = read_body(request, NewList)
    made_by = _lists(request).create if body.is_draft else _publishing(request).create
    return shown(await made_by(Facts(), "manual", who(request), body.changes()), 201)


@bp.get("/tracklists/<tracklist_id>", name="show_of_tracklists")
@bp.get("/tracklist/<tracklist_id>", name="show")
async def show(request: Request, tracklist_id: str) -> HTTPResponse:
    """The whole list."""
    return shown(await _lists(request).tracklist(tracklist_id))


@bp.put("/tracklists/<tracklist_id>", stream=True)
@Operation(body=ListChanges, most_bytes=LIST_BODY_BYTES)
async def change(request: Request, tracklist_id: str) -> HTTPResponse:
    """Changes what is named of a draft."""
    body = read_body(request, ListChanges)
    rev = asked_rev(request, body.rev)
    return shown(await _lists(request).update(tracklist_id, body.changes(), who(request), rev))


@bp.delete("/tracklists/<tracklist_id>")
@Operation(status=204)
async def remove(request: Request, tracklist_id: str) -> HTTPResponse:
    """Removes the list with its versions; the recording of a published one is a single track again."""
    await _publishing(request).remove(tracklist_id, asked_rev(request))
    return empty()


@bp.post("/tracklists/<tracklist_id>/draft")
@Operation(status=201)
async def new_draft(request: Request, tracklist_id: str) -> HTTPResponse:
    """A new draft of a list, which is how a published one is changed."""
    return shown(await _publishing(request).new_draft(tracklist_id, who(request)), 201)


@bp.post("/tracklists/<tracklist_id>/publish")
@Operation(query=PublishQuery, body=Revision, refuses=(400,))
async def publish(request: Request, tracklist_id: str) -> HTTPResponse:
    """Publishes a draft; the list that was published of its recording until now is archived."""
    query, rev = read_query(request, PublishQuery), asked_rev(request, read_body(request, Revision).rev)
    published = await _publishing(request).publish(tracklist_id, rev, validate=query.validate_before_publish)
    if query.generate_cue_async:
        jobs: CueJobs = request.app.ctx.cue_jobs
        await jobs.start([GenerateBody(tracklist_id=tracklist_id)], who(request))
    return shown(published)


@bp.post("/tracklists/<tracklist_id>/listen")
async def listen(request: Request, tracklist_id: str) -> HTTPResponse:
    """An address of the list's recording, to hear where its rows begin. It lives for `ttl_s` seconds."""
    media: MediaService = request.app.ctx.media
    caller: Caller = request.ctx.caller
    return reply(minted_json(await media.mint_to_listen(caller, await _lists(request).audio(tracklist_id))))


@bp.get("/tracklists/<audio_file_id>/drafts")
@Operation(query=DraftsQuery)
async def drafts(request: Request, audio_file_id: str) -> HTTPResponse:
    """The drafts of a recording, the newest first."""
    versions: VersionService = request.app.ctx.tracklist_versions
    query, audio_file_id = read_query(request, DraftsQuery), unquote(audio_file_id)
    found = await _lists(request).drafts(audio_file_id)
    with_versions = [
        (draft, await versions.versions(draft.tracklist_id) if query.include_versions else None) for draft in found
    ]
    return reply(drafts_json(audio_file_id, with_versions))


def shown(tracklist: Tracklist, status: int = 200) -> HTTPResponse:
    """With its revision as a tag, for `If-Match`."""
    return reply(tracklist_json(tracklist), status, etag(tracklist))


def _lists(request: Request) -> TracklistService:
    service: TracklistService = request.app.ctx.tracklists
    return service


def _publishing(request: Request) -> PublishingService:
    service: PublishingService = request.app.ctx.tracklist_publishing
    return service
