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
from api_queue.web.operation import OF_FILES, Operation
from api_queue.web.replies import reply

FLAC: Final = "audio/flac"

bp = Blueprint("media", url_prefix="/media")


@bp.before_server_start
async def mask_tokens(_app: "Sanic[Any, Any]") -> None:
    mask_sanic_logs()


@bp.post("/token")
@Operation(body=MintBody, refuses=(404, 410))
async def mint(request: Request) -> HTTPResponse:
    """An address of the music, for the active speaker. It lives for `ttl_s` seconds unless a heartbeat renews it."""
    service: MediaService = request.app.ctx.media
    caller: Caller = request.ctx.caller
    body = read_body(request, MintBody)
    return reply(minted_json(await service.mint(caller, body.track_id, body.turn())))


@bp.get("/tracks/<track_id>")
@Operation(
    query={"token": "What the address came with."},
    media_type=FLAC,
    also=OF_FILES,
    refuses=(401, 403, 410),
)
async def track(request: Request, track_id: str) -> HTTPResponse | None:
    """The music, whole or by ranges, at an address of `POST /media/token`."""
    service: MediaService = request.app.ctx.media
    files: FileSender = request.app.ctx.files
    path = await service.file_of(TrackId(track_id), request.args.get("token", ""))
    return await files.send(request, path, FLAC)


@bp.get("/preview/<track_id>")
@Operation(query={"queue": "Name of the queue."}, media_type=FLAC, also=OF_FILES, refuses=(403, 410))
async def preview(request: Request, track_id: str) -> HTTPResponse | None:
    """Half a minute of the music, where the queue has previews switched on."""
    service: PreviewService = request.app.ctx.previews
    files: FileSender = request.app.ctx.files
    queue = request.args.get("queue", "")
    path = await service.preview_of(TrackId(track_id), QueueName(queue))
    return await files.send(request, path, FLAC)
