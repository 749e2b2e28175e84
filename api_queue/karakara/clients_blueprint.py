"""`/browser3/` and `/player3/`: KaraKara's clients as they were built, out of the folder that the settings name."""

from pathlib import Path
from typing import Final
from urllib.parse import unquote

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import redirect

from api_queue.errors import ClientsMissing
from api_queue.karakara.client_files import INDEX, caching, content_type, find
from api_queue.web.file_ranges import FileSender
from api_queue.web.operation import OF_FILES, Operation
from api_queue.web.pages import page, wants_html

#: Others build these pages, with scripts and styles in line, WebAssembly and workers made of blobs, and a browser must
#: run them as they are. It is looser than our own pages' for that alone: nothing is loaded from elsewhere, no frame.
#: Some browsers count a websocket not as `'self'`, therefore any.
POLICY: Final = (
    "default-src 'self' 'unsafe-inline' data: blob:; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; "
    "connect-src 'self' ws: wss: data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)

bp = Blueprint("karakara_clients")


@bp.get("/browser3", name="browser3")
@bp.get("/player3", name="player3")
@Operation(media_type="text/html", also=(302, *OF_FILES), refuses=(404,))
async def front(request: Request) -> HTTPResponse | None:
    """A client of KaraKara, its first page."""
    return await _sent(request, INDEX) if request.path.endswith("/") else redirect(f"{request.path}/")


@bp.get("/browser3/<path:path>", name="browser3_file")
@bp.get("/player3/<path:path>", name="player3_file")
@Operation(media_type="*/*", also=OF_FILES)
async def file(request: Request, path: str) -> HTTPResponse | None:
    """A file of a client. What names none is a place in the client, and gets its first page."""
    return await _sent(request, unquote(path))


async def _sent(request: Request, path: str) -> HTTPResponse | None:
    """Raises NotFound for a file that the client has not."""
    client = request.path.split("/")[1]
    clients: str = request.app.ctx.settings.karakara_clients
    if not clients or find(Path(clients, client), INDEX) is None:
        return _no_client(request, client)
    found = find(Path(clients, client), path)
    if found is None:
        raise NotFound(f"There is no file '{path}'")
    files: FileSender = request.app.ctx.client_files
    headers = {"Cache-Control": caching(found), "Content-Security-Policy": POLICY}
    return await files.send(request, found, content_type(found), headers)


def _no_client(request: Request, client: str) -> HTTPResponse:
    """A page for browsers; else raises ClientsMissing."""
    if wants_html(request):
        return page("karakara", 404)
    raise ClientsMissing(client=client)
