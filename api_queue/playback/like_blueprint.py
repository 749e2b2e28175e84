"""`/tracks/T/like`: a guest's heart on a track; `/likes`: all of theirs."""

from urllib.parse import unquote

from sanic import Blueprint, HTTPResponse, Request

from api_queue.playback.likes import LikeService
from api_queue.playback.wire import like_json
from api_queue.tracks.models import Found
from api_queue.tracks.wire import found_json
from api_queue.web.identity import Caller
from api_queue.web.replies import reply

bp = Blueprint("likes")


@bp.post("/tracks/<track_id>/like")
async def like(request: Request, track_id: str) -> HTTPResponse:
    """One for each guest; liked again, it stays one."""
    service: LikeService = request.app.ctx.likes
    return reply(like_json(*await service.like(unquote(track_id), request.ctx.caller)))


@bp.get("/likes")
async def liked(request: Request) -> HTTPResponse:
    """What the caller likes, the newest first, as `GET /tracks` shows tracks; at most 1,000."""
    service: LikeService = request.app.ctx.likes
    caller: Caller = request.ctx.caller
    tracks = await service.liked(caller)
    likes = await service.likes([track.track_id for track in tracks], caller.likes_as)
    return reply(found_json(Found(len(tracks), tracks), likes))


@bp.delete("/tracks/<track_id>/like")
async def unlike(request: Request, track_id: str) -> HTTPResponse:
    """Takes the like back; where there is none, nothing happens."""
    service: LikeService = request.app.ctx.likes
    return reply(like_json(*await service.unlike(unquote(track_id), request.ctx.caller)))
