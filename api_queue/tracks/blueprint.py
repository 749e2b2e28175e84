"""`/tracks`: the library, for everybody. A track is named by its id or an alias."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final
from urllib.parse import unquote

import msgspec
from sanic import Blueprint, HTTPResponse, Request

from api_queue.errors import BadQuery, NotAnalyzed
from api_queue.tracks.data_files import DataFiles
from api_queue.tracks.library_wire import waveform_json
from api_queue.tracks.likes import NO_LIKES, Likes, LikeSource
from api_queue.tracks.models import AnalysisStore, Track
from api_queue.tracks.parts import peaks_of
from api_queue.tracks.service import TrackService
from api_queue.tracks.wire import SearchQuery, found_json, full_json, lyrics_json
from api_queue.types import TrackId
from api_queue.web.file_ranges import FileSender
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

#: A name never means another content.
_FOR_EVER: Final = "public, max-age=31536000, immutable"
#: A new cover shows a day later at most; until then nobody asks for it at each visit.
_A_DAY: Final = "public, max-age=86400"

bp = Blueprint("tracks")


@bp.get("/tracks")
@Operation(query=SearchQuery, refuses=(404,))
async def search(request: Request) -> HTTPResponse:
    """The tracks that match. Each `tag` must be there, each `-tag` must not; `queue` has only what it offers."""
    service: TrackService = request.app.ctx.tracks
    query = _query(request)
    found = await service.search(query.search(), query.queue)
    return reply(found_json(found, await _likes(request, found.tracks)))


@bp.get("/tracks/<track_id>")
async def show(request: Request, track_id: str) -> HTTPResponse:
    """Everything about one track; how loud it is by its tags, or as it was measured."""
    service: TrackService = request.app.ctx.tracks
    analyses: AnalysisStore = request.app.ctx.analyses
    track = await service.track(unquote(track_id))
    measured = None if track.replaygain else await analyses.get(track.recording)
    likes = (await _likes(request, [track])).get(track.track_id, NO_LIKES)
    return reply(full_json(track, measured and measured[0], likes))


@bp.get("/tracks/<track_id>/cover")
@Operation(media_type="image/*", also=(304,))
async def cover(request: Request, track_id: str) -> HTTPResponse:
    """The picture that is in the file, or beside it."""
    service: TrackService = request.app.ctx.tracks
    found = await service.cover(unquote(track_id))
    headers = {"ETag": f'"{sha256(found.image).hexdigest()[:32]}"', "Cache-Control": _A_DAY}
    if _is_known(request, headers):
        return HTTPResponse(None, 304, headers)
    return HTTPResponse(found.image, 200, headers, found.media_type)


@bp.get("/tracks/<track_id>/lyrics")
async def lyrics(request: Request, track_id: str) -> HTTPResponse:
    """The words, and when each line is sung where the file says it."""
    service: TrackService = request.app.ctx.tracks
    return reply(lyrics_json(await service.lyrics(unquote(track_id))))


@bp.get("/tracks/<track_id>/waveform")
async def waveform(request: Request, track_id: str) -> HTTPResponse:
    """The peaks of the track, and how loud it is, once it was analyzed."""
    service: TrackService = request.app.ctx.tracks
    analyses: AnalysisStore = request.app.ctx.analyses
    track = await service.track(unquote(track_id))
    found = await analyses.get(track.recording)
    if found is None:
        raise NotAnalyzed(track_id=track.track_id)
    analysis, peaks = found
    if track.part_of:
        peaks = peaks_of(peaks, track.part_of, (await service.track(track.recording)).duration_ms)
    return reply(waveform_json(track.track_id, analysis, peaks))


@bp.get("/tracks/data/<file>")
@Operation(also=(304,))
async def data(request: Request, file: str) -> HTTPResponse | None:
    """All tracks that a queue offers, in one file that never changes."""
    data_files: DataFiles = request.app.ctx.data_files
    files: FileSender = request.app.ctx.files
    gzipped = "gzip" in request.headers.get("accept-encoding", "")
    path = data_files.path(file.removesuffix(".json"), gzipped=gzipped)
    headers = {"ETag": f'"{path.name}"', "Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    if _is_known(request, headers):
        return HTTPResponse(None, 304, headers)
    return await files.send(
        request, path, "application/json", headers | ({"Content-Encoding": "gzip"} if gzipped else {})
    )


def _query(request: Request) -> SearchQuery:
    fields = {name: values[-1] for name, values in request.args.items()}
    try:
        return msgspec.convert(fields | {"tag": request.args.getlist("tag", [])}, SearchQuery, strict=False)
    except msgspec.ValidationError as error:
        raise BadQuery(reason=f"{error}.") from None


async def _likes(request: Request, tracks: Sequence[Track]) -> Mapping[TrackId, Likes]:
    source: LikeSource = request.app.ctx.likes
    caller: Caller = request.ctx.caller
    return await source.likes([track.track_id for track in tracks], caller.likes_as)


def _is_known(request: Request, headers: dict[str, str]) -> bool:
    return headers["ETag"] in request.headers.get("if-none-match", "")
