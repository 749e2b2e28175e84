"""The pages and their files: read once per process, answered from memory."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import InvalidHeader, NotFound

from api_queue import __version__
from api_queue.settings import Settings
from api_queue.web.operation import Operation
from api_queue.web.programs import RIGHTS
from api_queue.web.replies import reply

bp = Blueprint("pages")

#: What is served; anything else in the folder is not a file of the pages.
CONTENT_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
QUEUE: Final = r"/queue/<name:[a-z0-9][a-z0-9_-]{0,31}>"
_HTML: Final = "text/html"
#: Asked for again at each visit and answered 304: no versions in names, no stale page after an update.
_FRESH: Final = {"Cache-Control": "no-cache"}


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    gzipped: bytes
    etag: str
    content_type: str


@cache
def assets() -> dict[str, Asset]:
    """Every file by its path below `static/`. A closed list: no path of a request meets the disk."""
    return dict(_walk(files("api_queue.static"), ""))


def page(name: str, status: int = 200) -> HTTPResponse:
    """One of the pages, whole: `page("guest")`."""
    asset = assets()[f"{name}.html"]
    return HTTPResponse(asset.body, status, _FRESH | {"Vary": "Accept"}, asset.content_type)


def wants_html(request: Request) -> bool:
    """Whether the client prefers a page to JSON, as browsers do; `*/*` (curl, fetch) does not."""
    return prefers(request, _HTML)


def prefers(request: Request, media_type: str) -> bool:
    """Whether the client would rather have this than JSON."""
    try:
        return bool(request.accept.match("application/json", media_type).mime == media_type)
    except InvalidHeader:  # no wish that anybody can read, and something has to be answered
        return False


@bp.get("/")
@Operation(media_type=f"{_HTML}, application/json")
async def landing(request: Request) -> HTTPResponse:
    """The page to join a party, or to start one. To programs, what they find here (source 004's words)."""
    return page("index") if wants_html(request) else reply(_about(request.app.ctx.settings), headers={"Vary": "Accept"})


@bp.get("/login")
@Operation(media_type=_HTML)
async def login(_request: Request) -> HTTPResponse:
    """The page to log in; links of the host lead here."""
    return page("login")


@bp.get(f"{QUEUE}/admin")
@Operation(media_type=_HTML)
async def admin(_request: Request, **_: str) -> HTTPResponse:
    """The page of the host."""
    return page("admin")


@bp.get(f"{QUEUE}/display")
@Operation(media_type=_HTML)
async def display(_request: Request, **_: str) -> HTTPResponse:
    """The page for the screen on the wall."""
    return page("display")


@bp.get(f"{QUEUE}/player")
@Operation(media_type=_HTML)
async def player(_request: Request, **_: str) -> HTTPResponse:
    """The page that plays the music."""
    return page("player")


@bp.get("/jobs")
@Operation(media_type=_HTML)
async def jobs(_request: Request) -> HTTPResponse:
    """The page of background work: tasks, their progress, their errors."""
    return page("jobs")


@bp.get("/status")
@Operation(media_type=_HTML)
async def status(_request: Request) -> HTTPResponse:
    """The page that says how the server is."""
    return page("status")


@bp.get("/tracklists")
@Operation(media_type=_HTML)
async def tracklists(_request: Request) -> HTTPResponse:
    """The page of tracklists: what recordings are made of, entered, heard, published and taken home as CUE sheets."""
    return page("tracklists")


@bp.get("/static/<path:path>")
@Operation(media_type="*/*", also=(304,))
async def static_file(request: Request, path: str) -> HTTPResponse:
    """What the pages are made of."""
    asset = assets().get(path)
    if asset is None or path.endswith(".html"):
        raise NotFound(f"There is no file '{path}'")
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    etag = f'"{asset.etag}{"-gz" if zipped else ""}"'
    headers = _FRESH | {"ETag": etag, "Vary": "Accept-Encoding"}
    if etag in request.headers.get("if-none-match", ""):
        return HTTPResponse(None, 304, headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return HTTPResponse(asset.gzipped if zipped else asset.body, 200, headers, asset.content_type)


def _about(settings: Settings) -> dict[str, object]:
    return {
        "message": "PyQueue Server",
        "version": __version__,
        "docs": "/docs",
        "health": "/health",
        "storage_backend": settings.messages_storage,
        "security": {"authentication": "API key", "header": "X-API-Key", "permissions": [*map(str.upper, RIGHTS)]},
    }


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Asset]]:
    for entry in folder.iterdir():
        path = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, f"{path}/")
        elif content_type := CONTENT_TYPES.get(entry.name[entry.name.rfind(".") :]):
            yield path, _asset(entry.read_bytes(), content_type)


def _asset(body: bytes, content_type: str) -> Asset:
    return Asset(body, gzip.compress(body, mtime=0), sha256(body).hexdigest()[:16], content_type)
