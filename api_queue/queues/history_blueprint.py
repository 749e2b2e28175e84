"""What was played on a queue: its history, for everybody, and a night as files, for its host."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Final

from sanic import Blueprint, HTTPResponse, Request

from api_queue.errors import UnknownNightFile
from api_queue.queues.names import queue_name
from api_queue.queues.night import Night, Played
from api_queue.queues.night_service import NightService
from api_queue.queues.night_sheets import night_cue, setlist_txt
from api_queue.queues.night_wire import HistoryQuery, NightQuery, history_csv, history_json, playlist, setlist_csv
from api_queue.web.bodies import read_query
from api_queue.web.operation import Operation
from api_queue.web.public_address import public_base
from api_queue.web.replies import reply, text_reply

bp = Blueprint("history")

_M3U: Final = "audio/x-mpegurl"
#: By the name of the file: what it is, and who writes it.
_FILES: Final[Mapping[str, tuple[str, Callable[[Night, tzinfo | None, str], str]]]] = {
    "setlist.csv": ("text/csv", lambda night, zone, _: setlist_csv(night, zone)),
    "setlist.txt": ("text/plain", lambda night, zone, _: setlist_txt(night, zone)),
    "night.m3u": (_M3U, lambda night, _, base: playlist(night.setlist, base)),
    "night.cue": ("application/x-cue", lambda night, zone, _: night_cue(night, zone)),
}


@bp.get("/queue/<name>/history", name="history")
@bp.get("/queue/<name>/history.json", name="history_json")
@Operation(query=HistoryQuery)
async def show_history(request: Request, name: str) -> HTTPResponse:
    """What was played, skipped or failed, oldest first."""
    return reply(history_json(await _history(request, name)))


@bp.get("/queue/<name>/history.csv", name="history_csv")
@Operation(query=HistoryQuery, media_type="text/csv")
async def show_history_csv(request: Request, name: str) -> HTTPResponse:
    """The history as CSV."""
    return text_reply(history_csv(await _history(request, name)), "text/csv")


@bp.get("/queue/<name>/history.m3u", name="history_m3u")
@Operation(query=HistoryQuery, media_type=_M3U)
async def show_history_m3u(request: Request, name: str) -> HTTPResponse:
    """The history as a playlist of this server's addresses."""
    return text_reply(playlist(await _history(request, name), public_base(request)), _M3U)


async def _history(request: Request, name: str) -> list[Played]:
    nights: NightService = request.app.ctx.nights
    query = read_query(request, HistoryQuery)
    return await nights.history(queue_name(name), query.since_ms, query.statuses)


@bp.get("/queue/<name>/night/<file>")
@Operation(query=NightQuery, media_type="text/plain")
async def fetch_night(request: Request, name: str, file: str) -> HTTPResponse:
    """The last night, or all since a time, as `setlist.csv`, `setlist.txt`, `night.m3u` or `night.cue`."""
    nights: NightService = request.app.ctx.nights
    if file not in _FILES:
        raise UnknownNightFile(file=file, files=", ".join(_FILES))
    query = read_query(request, NightQuery)
    media_type, write = _FILES[file]
    zone, night = query.time_zone, await nights.night(queue_name(name), query.since_ms)
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
    return text_reply(write(night, zone, public_base(request)), media_type, headers)
