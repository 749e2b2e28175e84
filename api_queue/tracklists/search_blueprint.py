"""`/search`: sets that the site has tracklists of."""

import time
import uuid

from sanic import Blueprint, HTTPResponse, Request

from api_queue import __version__
from api_queue.settings import Settings
from api_queue.tracklists.revisions import who
from api_queue.tracklists.search_service import SearchService
from api_queue.tracklists.search_wire import PageQuery, SearchQuery, of_slug, results_json
from api_queue.tracklists.turns import GUESTS
from api_queue.web.bodies import read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

bp = Blueprint("tracklist_search", url_prefix="/api/v1")


@bp.get("/search/", name="search")
@bp.get("/tracklists/search/1001tracklists", name="search_of_tracklists")
@Operation(query=SearchQuery)
async def search(request: Request) -> HTTPResponse:
    """Sets by who played, or by what it was played at; the site is asked slowly, and its answers are kept for a day."""
    return await _found(request, read_query(request, SearchQuery))


@bp.get("/search/dj/<slug>")
@Operation(query=PageQuery)
async def search_dj(request: Request, slug: str) -> HTTPResponse:
    """Sets of somebody, by the name as addresses have it: `nova-kin`."""
    return await _found(request, of_slug(slug, "dj", read_query(request, PageQuery)))


@bp.get("/search/event/<slug>")
@Operation(query=PageQuery)
async def search_event(request: Request, slug: str) -> HTTPResponse:
    """Sets of an event, by its name as addresses have it: `harbour-days-2024`."""
    return await _found(request, of_slug(slug, "event", read_query(request, PageQuery)))


@bp.get("/search/health")
async def health(request: Request) -> HTTPResponse:
    """Whether searches are possible, and whether their results are kept."""
    settings: Settings = request.app.ctx.settings
    return reply(
        {
            "status": "healthy",
            "service": "api_queue",
            "version": __version__,
            "cache_enabled": settings.tracklists_cache == "on",
            "scraping_enabled": True,
        }
    )


async def _found(request: Request, asked: SearchQuery) -> HTTPResponse:
    began_s, query = time.perf_counter(), asked.wanted()
    service: SearchService = request.app.ctx.tracklist_search
    results = await service.search(query, asked.page, asked.limit, who(request) or GUESTS)
    correlation_id = asked.correlation_id or f"{uuid.uuid4()}"
    took_ms = (time.perf_counter() - began_s) * 1000
    return reply(results_json(query, asked, results, correlation_id, took_ms))
