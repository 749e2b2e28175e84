"""`/media`: the music itself, addresses of it, previews."""

from typing import Any, Final

from sanic import Blueprint, HTTPResponse, Request, Sanic

from api_queue.media.service import MediaService, PreviewService
from api_queue.media.wire import MintBody, minted_json
from api_queue.types import QueueName, TrackId
from api_queue.web.bodies import read_body
from api_queue.web.file_ranges import FileSender
from api_queue.web.identity import Caller
from api_queue.web.masked_logs import mask_sanic_logs
from api_queue.web.replies import reply

FLAC: Final = "audio/flac"

bp = Blueprint("media", url_prefix="/media")


@bp.before_server_start
async def mask_tokens(_app: "Sanic[Any, Any]") -> None:
    mask_sanic_logs()


@bp.post("/token")
async def mint(request: Request) -> HTTPResponse:
    service: MediaService = request.app.ctx.media
    caller: Caller = request.ctx.caller
    body = read_body(request, MintBody)
    return reply(minted_json(await service.mint(caller, body.track_id, body.turn())))


@bp.get("/tracks/<track_id>")
@bp.head("/tracks/<track_id>", name="track_head")
async def track(request: Request, track_id: str) -> HTTPResponse | None:
    service: MediaService = request.app.ctx.media
    files: FileSender = request.app.ctx.files
    path = await service.file_of(TrackId(track_id), request.args.get("token", ""))
    return await files.send(request, path, FLAC)


@bp.get("/preview/<track_id>")
@bp.head("/preview/<track_id>", name="preview_head")
async def preview(request: Request, track_id: str) -> HTTPResponse | None:
    service: PreviewService = request.app.ctx.previews
    files: FileSender = request.app.ctx.files
    queue = request.args.get("queue", "")
    path = await service.preview_of(TrackId(track_id), QueueName(queue))
    return await files.send(request, path, FLAC)
