"""`/exports`: what the tasks of the type `export` have written, for admins."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.queues.exports import Exports
from api_queue.web.file_ranges import FileSender
from api_queue.web.operation import Operation

bp = Blueprint("exports")


@bp.get("/exports/<file>")
@Operation(media_type="application/zip")
async def fetch(request: Request, file: str) -> HTTPResponse | None:
    """A queue as a ZIP: items and history as CSV and JSON, a playlist of the server's own files, and the last night."""
    exports: Exports = request.app.ctx.exports
    files: FileSender = request.app.ctx.files
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
    return await files.send(request, exports.path(file), "application/zip", headers)
