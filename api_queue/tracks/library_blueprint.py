"""`/library`: the folders of the music, for admins. The page is anybody's; what it shows is not."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.drivers.clock import Clock
from api_queue.errors import MissingCredential, MissingRight
from api_queue.tracks import library_wire as wire
from api_queue.tracks.folders import LibraryService
from api_queue.web.bodies import read_body, read_query
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.pages import page, wants_html
from api_queue.web.replies import empty, reply

bp = Blueprint("library")


@bp.get("/library")
@Operation(media_type="application/json, text/html", refuses=(401, 403))
async def show(request: Request) -> HTTPResponse:
    """Folders with their counts, totals, the last scan, and files that cannot be read. Browsers get the page."""
    if wants_html(request):
        return page("library")
    _admins_only(request.ctx.caller)
    library: LibraryService = request.app.ctx.library_keeper
    clock: Clock = request.app.ctx.clock
    return reply(wire.overview_json(await library.overview(), clock.now_ms()), headers={"Vary": "Accept"})


@bp.post("/library/folders")
@Operation(body=wire.FolderBody, status=201, also=(200,))
async def add_folder(request: Request) -> HTTPResponse:
    """Adds a folder below one of the roots and scans it at once; 200 for one that was added before."""
    library: LibraryService = request.app.ctx.library_keeper
    body = read_body(request, wire.FolderBody)
    folder, is_new, task = await library.add(body.path, _who(request))
    return reply(wire.added_json(f"{folder}", task), 201 if is_new else 200)


@bp.delete("/library/folders")
@Operation(query=wire.FolderBody, status=204)
async def remove_folder(request: Request) -> HTTPResponse:
    """Takes a folder that was added off the list; its music stays in the library."""
    library: LibraryService = request.app.ctx.library_keeper
    await library.remove(read_query(request, wire.FolderBody).path)
    return empty()


@bp.post("/library/scan")
@Operation(status=202, also=(200,))
async def scan(request: Request) -> HTTPResponse:
    """Scans all folders; 200 with the scan that is under way, if one is."""
    library: LibraryService = request.app.ctx.library_keeper
    task, is_new = await library.scan_all(_who(request))
    return reply(wire.scan_json(task), 202 if is_new else 200)


def _admins_only(caller: Caller) -> None:
    if caller.role_on(None) != "admin":
        raise MissingRight(needs="an admin of this server") if caller.signed_in else MissingCredential


def _who(request: Request) -> str:
    caller: Caller = request.ctx.caller
    return caller.grants[0].token_id
