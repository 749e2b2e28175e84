"""A room: who is its host, its settings, its commands; and what the clients ask for beside rooms."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.web.replies import reply

bp = Blueprint("karakara_rooms")


@bp.get("/api/misc/time.json")
async def time(request: Request) -> HTTPResponse:
    """The server's clock: seconds since 1970."""
    return reply(request.app.ctx.clock.now_ms() / 1000, headers={"Cache-Control": "no-store"})


@bp.post("/api/misc/analytics.json")
async def analytics(_request: Request) -> HTTPResponse:
    """Takes what the clients tell of themselves. Nothing is kept."""
    return reply(True)
