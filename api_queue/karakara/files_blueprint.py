"""`/files/`: the map of all tracks, and what it names. Open to anybody, as KaraKara's are."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from sanic import Blueprint, HTTPResponse, Request

from api_queue.karakara.attachments import AttachmentService
from api_queue.karakara.covers import NO_COVER, no_cover
from api_queue.karakara.track_map import TrackMaps
from api_queue.web.file_ranges import FileSender
from api_queue.web.operation import OF_FILES, Operation

#: KaraKara's own words. What is not there yet is refused, and no refusal is kept.
_KEPT: Final = "public, max-age=604800, immutable"

bp = Blueprint("karakara_files", url_prefix="/files")


@bp.get("/tracks.json")
@Operation(
    query={"ver": "The `tracks_json_mtime` that was heard last. What it names never changes."},
    also=OF_FILES,
)
async def tracks(request: Request) -> HTTPResponse | None:
    """All tracks, in KaraKara's form."""
    maps: TrackMaps = request.app.ctx.track_maps
    files: FileSender = request.app.ctx.client_files
    found = await maps.current()
    is_named = found.mtime_s is not None and request.args.get("ver") == f"{found.mtime_s:.15g}"
    headers = {"Cache-Control": _KEPT if is_named else "no-cache", "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return await files.send(request, found.plain, "application/json", headers)
    return await files.send(request, found.compressed, "application/json", headers | {"Content-Encoding": "gzip"})


@bp.get(f"/{NO_COVER}")
@Operation(media_type="image/png", also=(304,))
async def cover(request: Request) -> HTTPResponse:
    """The picture of a track that has none."""
    return _made(request, no_cover().image, no_cover().media_type)


@bp.get("/<track_id>/<file>")
@Operation(media_type="*/*", also=OF_FILES)
async def attachment(request: Request, track_id: str, file: str) -> HTTPResponse | None:
    """A video, by ranges, subtitles or the cover of a track: `Default.webm`, `Vocal.vtt`, `cover.jpg`."""
    attachments: AttachmentService = request.app.ctx.attachments
    found = await attachments.find(track_id, file)
    if not isinstance(found.content, Path):
        return _made(request, found.content, found.media_type)
    files: FileSender = request.app.ctx.files if found.is_beside else request.app.ctx.client_files
    return await files.send(request, found.content, found.media_type, {"Cache-Control": _KEPT})


def _made(request: Request, content: bytes, media_type: str) -> HTTPResponse:
    headers = {"Cache-Control": _KEPT, "ETag": f'"{sha256(content).hexdigest()[:32]}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return HTTPResponse(None, 304, headers)
    return HTTPResponse(content, 200, headers, media_type)
