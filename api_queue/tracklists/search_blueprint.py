"""`/search`: sets that the site has tracklists of."""

import time
import uuid

from sanic import Blueprint, HTTPResponse, Request

from api_queue import __version__
from api_queue.settings import Settings
from api_queue.tracklists.fetching import SearchType
from api_queue.tracklists.search_service import SearchService
from api_queue.tracklists.search_wire import PageQuery, SearchQuery, results_json
from api_queue.web.bodies import read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

bp = Blueprint("tracklist_search", url_prefix="/api/v1")


@bp.get("/search/", name="search")
@bp.get("/tracklists/search/1001tracklists", name="search_of_tracklists")
@Operation(query=SearchQuery)
async def search(request: Request) -> HTTPResponse:
    """Sets by who played, or by what it was played at; the site is asked slowly, and its answers are kept for a day."""
    began_s, asked = time.perf_counter(), read_query(request, SearchQuery)
    service: SearchService = request.app.ctx.tracklist_search
    query = asked.wanted()
    results = await service.search(query, asked.page, asked.limit)
    correlation_id = asked.correlation_id or f"{uuid.uuid4()}"
    return reply(results_json(query, asked, results, correlation_id, _since_ms(began_s)))


@bp.get("/search/dj/<slug>")
@Operation(query=PageQuery)
async def search_dj(request: Request, slug: str) -> HTTPResponse:
    """Sets of somebody, by the name as addresses have it: `nova-kin`."""
    return await _by_slug(request, slug, "dj")


@bp.get("/search/event/<slug>")
@Operation(query=PageQuery)
async def search_event(request: Request, slug: str) -> HTTPResponse:
    """Sets of an event, by its name as addresses have it: `harbour-days-2024`."""
    return await _by_slug(request, slug, "event")


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


async def _by_slug(request: Request, slug: str, of: SearchType) -> HTTPResponse:
    began_s, asked = time.perf_counter(), read_query(request, PageQuery)
    service: SearchService = request.app.ctx.tracklist_search
    query, results = await service.by_slug(slug, of, asked.page, asked.limit)
    return reply(results_json(query, asked, results, f"{uuid.uuid4()}", _since_ms(began_s)))


def _since_ms(began_s: float) -> float:
    return (time.perf_counter() - began_s) * 1000
