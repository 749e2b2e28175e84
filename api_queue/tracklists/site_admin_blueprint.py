"""`/admin`: how it stands with the site of tracklists, and with what is kept of it."""

from typing import Any

from sanic import Blueprint, HTTPResponse, Request

from api_queue import __version__
from api_queue.jobs.service import JobService
from api_queue.tracklists.fetching import Counts
from api_queue.tracklists.retrieval_wire import cleared_json
from api_queue.tracklists.site_upkeep import SiteState, SiteUpkeep
from api_queue.web.health import Readiness
from api_queue.web.replies import reply

bp = Blueprint("tracklist_admin", url_prefix="/api/v1/admin")


@bp.get("/stats")
async def stats(request: Request) -> HTTPResponse:
    """How much is kept and stored, how often it was enough, and how the site is asked."""
    upkeep: SiteUpkeep = request.app.ctx.site_upkeep
    counts, stored = await upkeep.counts()
    return reply({"cache": _counts(counts), "tracklists": {"stored": stored}, "site": _site(await upkeep.state())})


@bp.post("/cache/clear")
async def clear(request: Request) -> HTTPResponse:
    """Forgets all that was fetched of the site."""
    upkeep: SiteUpkeep = request.app.ctx.site_upkeep
    return reply(cleared_json(await upkeep.clear()))


@bp.get("/health")
async def health(request: Request) -> HTTPResponse:
    """Each part of the server: `degraded` names at least one that is away."""
    readiness: Readiness = request.app.ctx.readiness
    away = await readiness.away()
    components = {part: "away" if part in away else "healthy" for part in ("redis", "sql")}
    if not away:
        components |= await _others(request)
    well = set(components.values()) <= {"healthy"}
    said = {"status": "healthy" if well else "degraded", "service": "api_queue", "version": __version__}
    return reply(said | {"components": components}, headers={"Cache-Control": "no-store"})


async def _others(request: Request) -> dict[str, str]:
    """Which can only be asked while Redis answers."""
    upkeep: SiteUpkeep = request.app.ctx.site_upkeep
    jobs: JobService = request.app.ctx.jobs
    breaker = (await upkeep.state()).breaker
    site = "healthy" if breaker.state == "closed" else "blocked" if breaker.blocked else "away"
    return {"site": site, "workers": "healthy" if await jobs.workers() else "away"}


def _counts(counts: Counts) -> dict[str, Any]:
    asked = counts.hits + counts.misses
    return {
        "tracklists": counts.tracklists,
        "searches": counts.searches,
        "failed_searches": counts.failed_searches,
        "hits": counts.hits,
        "misses": counts.misses,
        "hit_rate": round(counts.hits / asked, 3) if asked else None,
    }


def _site(state: SiteState) -> dict[str, Any]:
    breaker = state.breaker
    return {
        "base_url": state.base,
        "breaker": breaker.state,
        "reason": breaker.reason or None,
        "blocked": breaker.blocked,
        "retry_after": -(-breaker.open_ms // 1000) or None,
        "failures": breaker.failures,
        "waiting": breaker.waiting,
        "crawl_delay_s": state.crawl_delay_s,
        "pause_s": state.gap_s,
    }
