"""`/cue/files`: stored CUE files, their versions, and what is kept of them all."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.drivers.clock import Clock
from api_queue.formats.cue.variants import variant_of
from api_queue.tracklists import cue_wire as wire
from api_queue.tracklists.cue_bodies import ConvertBody, DeleteQuery, FilesQuery, RegenerateBody, ValidateFileBody
from api_queue.tracklists.cue_files import CueFile
from api_queue.tracklists.cue_service import CueService
from api_queue.tracklists.revisions import who
from api_queue.web.bodies import read_body, read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import empty, reply

CUE = "application/x-cue"

bp = Blueprint("cue_files", url_prefix="/api/v1/cue")


@bp.get("/files")
@Operation(query=FilesQuery, refuses=(400,))
async def find(request: Request) -> HTTPResponse:
    """Stored files, the newest first, without their text."""
    wanted = read_query(request, FilesQuery).wanted()
    return reply(wire.files_json(*await _service(request).find(wanted), wanted))


@bp.get("/files/<cue_id>", name="show_of_files")
@bp.get("/<cue_id>", name="show")
async def show(request: Request, cue_id: str) -> HTTPResponse:
    """One file with its text."""
    return reply(wire.cue_json(await _service(request).file(cue_id)))


@bp.delete("/files/<cue_id>")
@Operation(query=DeleteQuery, status=204)
async def remove(request: Request, cue_id: str) -> HTTPResponse:
    """Takes a file off the list, or away for good."""
    await _service(request).remove(cue_id, soft=read_query(request, DeleteQuery).soft_delete)
    return empty()


@bp.get("/files/<cue_id>/download", name="download_of_files")
@bp.get("/download/<cue_id>", name="download")
@Operation(media_type=CUE)
async def download(request: Request, cue_id: str) -> HTTPResponse:
    """The file itself."""
    return _file(await _service(request).file(cue_id))


@bp.get("/files/<cue_id>/versions")
async def versions(request: Request, cue_id: str) -> HTTPResponse:
    """All files of the same tracklist and format, the newest first."""
    return reply(wire.versions_json(await _service(request).versions(cue_id)))


@bp.post("/files/<cue_id>/regenerate")
@Operation(body=RegenerateBody, refuses=(400,))
async def regenerate(request: Request, cue_id: str) -> HTTPResponse:
    """A new version, of the tracklist as it is now, or as it came along."""
    began_ms, body = _now_ms(request), read_body(request, RegenerateBody)
    made = await _service(request).regenerate(cue_id, body.options, who(request))
    return reply(wire.generated_json(made, _now_ms(request) - began_ms))


@bp.post("/files/<cue_id>/validate")
@Operation(body=ValidateFileBody)
async def validate(request: Request, cue_id: str) -> HTTPResponse:
    """All that is wrong with a file, also against its recording or another one; suggestions are for its tracklist."""
    body = read_body(request, ValidateFileBody)
    return reply(wire.judgement_json(await _service(request).judge_file(cue_id, body.audio_file_path)))


@bp.post("/files/<cue_id>/convert")
@Operation(body=ConvertBody, refuses=(400,))
async def convert(request: Request, cue_id: str) -> HTTPResponse:
    """The same sheet in another format, as a file of its own; `warnings` tell what that cost."""
    began_ms, body = _now_ms(request), read_body(request, ConvertBody)
    target, options = variant_of(body.target_format).name, body.conversion_options
    made = await _service(request).convert(cue_id, target, options, who(request), preserve=body.preserve_metadata)
    return reply(wire.converted_json(made, cue_id, _now_ms(request) - began_ms))


# -- what is kept ----------------------------------------------------------------------------------------------


@bp.get("/cache/stats")
async def stats(request: Request) -> HTTPResponse:
    """How many files are kept, and how many of them are taken to be of their tracklist as it is."""
    return reply(wire.stored_json(await _service(request).stored()))


@bp.delete("/cache/clear")
async def clear(request: Request) -> HTTPResponse:
    """No file counts any more as one of its tracklist as it is; the files stay."""
    return reply(wire.cleared_json(await _service(request).invalidate()))


@bp.delete("/cache/invalidate/<tracklist_id>")
async def invalidate(request: Request, tracklist_id: str) -> HTTPResponse:
    """As clearing, for the files of one tracklist."""
    return reply(wire.cleared_json(await _service(request).invalidate(tracklist_id)))


def _file(file: CueFile) -> HTTPResponse:
    headers = {
        "Content-Disposition": f"attachment; filename={file.filename}",
        "X-File-Version": f"{file.version}",
        "X-File-Format": file.format,
        "Cache-Control": "no-cache",
    }
    return HTTPResponse(file.bytes, 200, headers, CUE)


def _service(request: Request) -> CueService:
    service: CueService = request.app.ctx.cue
    return service


def _now_ms(request: Request) -> int:
    clock: Clock = request.app.ctx.clock
    return clock.now_ms()
