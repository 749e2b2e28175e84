"""`/exports`: what the tasks of the type `export` have written, for admins."""

from sanic import Blueprint, Request
from sanic.response import ResponseStream, file_stream

from api_queue.queues.exports import Exports
from api_queue.web.operation import Operation

bp = Blueprint("exports")


@bp.get("/exports/<file>")
@Operation(media_type="application/zip")
async def fetch(request: Request, file: str) -> ResponseStream:
    """A queue as a ZIP: items and history as CSV and JSON, a playlist of the server's own files, and the last night."""
    exports: Exports = request.app.ctx.exports
    path = exports.path(file)
    headers = {"Content-Length": str(path.stat().st_size), "Cache-Control": "no-store"}
    return await file_stream(path, mime_type="application/zip", headers=headers, filename=file)
