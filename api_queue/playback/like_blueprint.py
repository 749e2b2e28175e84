"""`/tracks/T/like`: a guest's heart on a track."""

from urllib.parse import unquote

from sanic import Blueprint, HTTPResponse, Request

from api_queue.playback.likes import LikeService
from api_queue.playback.wire import like_json
from api_queue.web.replies import reply

bp = Blueprint("likes")


@bp.post("/tracks/<track_id>/like")
async def like(request: Request, track_id: str) -> HTTPResponse:
    """One for each guest; liked again, it stays one."""
    service: LikeService = request.app.ctx.likes
    return reply(like_json(*await service.like(unquote(track_id), request.ctx.caller)))


@bp.delete("/tracks/<track_id>/like")
async def unlike(request: Request, track_id: str) -> HTTPResponse:
    """Takes the like back; where there is none, nothing happens."""
    service: LikeService = request.app.ctx.likes
    return reply(like_json(*await service.unlike(unquote(track_id), request.ctx.caller)))
