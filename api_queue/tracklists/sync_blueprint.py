"""`/tracklists/ID/sync`, `/conflicts` and `/audit`: a list and its page."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.tracklists import sync_wire as wire
from api_queue.tracklists.revisions import who
from api_queue.tracklists.sync import SyncService
from api_queue.tracklists.sync_orders import SyncOrders
from api_queue.web.bodies import read_body, read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import empty, reply

bp = Blueprint("tracklist_sync", url_prefix="/api/v1/tracklists/<tracklist_id>")


@bp.post("/sync")
@Operation(status=202)
async def sync(request: Request, tracklist_id: str) -> HTTPResponse:
    """Fetches the page again, and takes what nobody has edited here. While one runs, that is the one."""
    await _orders(request).order(tracklist_id, who(request))
    return reply(wire.ordered_json(await _orders(request).status(tracklist_id)), 202)


@bp.get("/sync/status")
async def status(request: Request, tracklist_id: str) -> HTTPResponse:
    """When it was last done, how it ended, and how many conflicts wait."""
    return reply(wire.status_json(await _orders(request).status(tracklist_id)))


@bp.put("/sync/config")
@Operation(body=wire.ConfigBody)
async def configure(request: Request, tracklist_id: str) -> HTTPResponse:
    """What is taken by itself."""
    changed = read_body(request, wire.ConfigBody).changed()
    return reply(wire.config_json(await _sync(request).configure(tracklist_id, changed, who(request))))


@bp.post("/sync/schedule")
@Operation(body=wire.SyncScheduleBody, status=201, refuses=(400,))
async def schedule(request: Request, tracklist_id: str) -> HTTPResponse:
    """Again and again, in the place of the schedule that it had."""
    cron = read_body(request, wire.SyncScheduleBody).cron_expression
    return reply(wire.schedule_json(await _orders(request).schedule(tracklist_id, cron, who(request))), 201)


@bp.delete("/sync/schedule")
@Operation(status=204)
async def unschedule(request: Request, tracklist_id: str) -> HTTPResponse:
    """Only when somebody asks for it."""
    await _orders(request).unschedule(tracklist_id, who(request))
    return empty()


@bp.get("/conflicts")
async def conflicts(request: Request, tracklist_id: str) -> HTTPResponse:
    """What the page and somebody here tell in two ways, as the list is now."""
    return reply(wire.conflicts_json(*await _sync(request).conflicts(tracklist_id)))


@bp.post("/conflicts/resolve")
@Operation(body=wire.ResolveBody)
async def resolve(request: Request, tracklist_id: str) -> HTTPResponse:
    """Takes the page's side or the list's, of some conflicts or of all."""
    body = read_body(request, wire.ResolveBody)
    return reply(
        wire.resolved_json(*await _sync(request).resolve(tracklist_id, body.decisions(), body.rest, who(request)))
    )


@bp.get("/audit")
@Operation(query=wire.AuditQuery)
async def audit(request: Request, tracklist_id: str) -> HTTPResponse:
    """What syncs and those who resolve conflicts have done to the list, the newest first."""
    query = read_query(request, wire.AuditQuery)
    total, entries = await _sync(request).audit(tracklist_id, query.limit, query.offset)
    return reply(wire.audit_json(total, entries, query))


def _orders(request: Request) -> SyncOrders:
    service: SyncOrders = request.app.ctx.sync_orders
    return service


def _sync(request: Request) -> SyncService:
    service: SyncService = request.app.ctx.sync
    return service
