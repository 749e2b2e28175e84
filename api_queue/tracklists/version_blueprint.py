"""`/tracklists/ID/versions`."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.errors import UnknownTracklistVersion
from api_queue.tracklists.blueprint import shown
from api_queue.tracklists.list_bodies import CompareQuery
from api_queue.tracklists.revisions import asked_rev, who
from api_queue.tracklists.row_bodies import Revision
from api_queue.tracklists.versioning import VersionService
from api_queue.tracklists.wire import difference_json, version_json, versions_json
from api_queue.web.bodies import read_body, read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

bp = Blueprint("tracklist_versions", url_prefix="/api/v1/tracklists/<tracklist_id>/versions")


@bp.get("")
async def show_all(request: Request, tracklist_id: str) -> HTTPResponse:
    """The versions of a list, the newest first; at most 50 are kept."""
    return reply(versions_json(tracklist_id, await _versions(request).versions(tracklist_id)))


@bp.get("/compare")
@Operation(query=CompareQuery)
async def compare(request: Request, tracklist_id: str) -> HTTPResponse:
    """What has changed from `version1` to `version2`."""
    query = read_query(request, CompareQuery)
    return reply(difference_json(await _versions(request).compare(tracklist_id, query.version1, query.version2)))


@bp.get("/<version>")
async def show(request: Request, tracklist_id: str, version: str) -> HTTPResponse:
    """One version, with all of its rows."""
    found, is_current = await _versions(request).version(tracklist_id, _number(version))
    return reply(version_json(found, is_current=is_current))


@bp.post("/<version>/rollback")
@Operation(body=Revision)
async def roll_back(request: Request, tracklist_id: str, version: str) -> HTTPResponse:
    """The draft tells again what it told then, as a new version."""
    rev = asked_rev(request, read_body(request, Revision).rev)
    return shown(await _versions(request).roll_back(tracklist_id, _number(version), who(request), rev))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UnknownTracklistVersion(version=text)
    return int(text)


def _versions(request: Request) -> VersionService:
    service: VersionService = request.app.ctx.tracklist_versions
    return service
