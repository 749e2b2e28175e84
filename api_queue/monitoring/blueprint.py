"""What an operator looks at: figures for Prometheus, the health of each part, counts, and who did what."""

from http import HTTPStatus

from sanic import Blueprint, HTTPResponse, Request

from api_queue.accounts.service import AuditService
from api_queue.monitoring import wire
from api_queue.monitoring.health import HealthService, worst
from api_queue.monitoring.monitor import Monitor
from api_queue.monitoring.stats import StatsService
from api_queue.types import QueueName
from api_queue.web.bodies import read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

bp = Blueprint("monitoring")


@bp.get("/metrics")
@Operation(media_type="text/plain")
async def metrics(request: Request) -> HTTPResponse:
    """Figures of all processes, as Prometheus reads them. For admins, and for programs that may READ `metrics`."""
    from api_queue.monitoring.exposition import exposed  # noqa: PLC0415 - 40 ms and 3 MB, for those who ask

    monitor: Monitor = request.app.ctx.monitor
    accept = request.headers.get("accept", "")
    body, content_type = exposed(await monitor.snapshots(), await monitor.shared(), accept)
    return HTTPResponse(body, content_type=content_type)


@bp.get("/api/v1/admin/health")
@Operation(also=(503,))
async def health(request: Request) -> HTTPResponse:
    """Each part of the server: `ok`, `warn` or `bad`, a sentence, and what to do; 503 when one is bad."""
    service: HealthService = request.app.ctx.health
    findings = await service.look()
    well = worst(findings) != "bad"
    return reply(wire.health_json(findings), HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)


@bp.get("/api/v1/admin/stats")
async def stats(request: Request) -> HTTPResponse:
    """How much there is of everything, and which processes run since when."""
    service: StatsService = request.app.ctx.stats
    return reply(wire.stats_json(await service.count(), request.app.ctx.clock.now_ms()))


@bp.get("/api/v1/admin/audit")
@Operation(query=wire.AuditQuery)
async def audit(request: Request) -> HTTPResponse:
    """What admins and hosts have changed in the house, newest first; `who` is the id of a login token."""
    service: AuditService = request.app.ctx.audit
    query = read_query(request, wire.AuditQuery)
    queue = None if query.queue is None else QueueName(query.queue)
    return reply(wire.audit_json(*await service.page(query.limit, query.offset, queue)))
