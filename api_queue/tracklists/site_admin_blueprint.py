"""`/admin/cache`: what is kept of the site of tracklists. How it stands with that: `monitoring/`."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.tracklists.retrieval_wire import cleared_json
from api_queue.tracklists.site_upkeep import SiteUpkeep
from api_queue.web.replies import reply

bp = Blueprint("tracklist_admin", url_prefix="/api/v1/admin")


@bp.post("/cache/clear")
async def clear(request: Request) -> HTTPResponse:
    """Forgets all that was fetched of the site."""
    upkeep: SiteUpkeep = request.app.ctx.site_upkeep
    return reply(cleared_json(await upkeep.clear()))
