"""The join address as a QR code: dark on light with its quiet zone, on whatever page it stands."""

import io

import segno
from sanic import Blueprint, HTTPResponse, Request

from api_queue.settings import Settings
from api_queue.web.operation import Operation
from api_queue.web.pages import QUEUE

bp = Blueprint("join_qr")


@bp.get(f"{QUEUE}/join.svg")
@Operation(media_type="image/svg+xml")
async def join_svg(request: Request, name: str) -> HTTPResponse:
    """A QR code that leads to the guest page of the queue."""
    settings: Settings = request.app.ctx.settings
    base = settings.public_url.rstrip("/") or f"{request.scheme}://{request.host}"
    drawing = qr_svg(f"{base}/queue/{name}/")
    return HTTPResponse(drawing, 200, {"Cache-Control": "no-cache"}, "image/svg+xml")


def qr_svg(address: str) -> bytes:
    """The address also stands in the `<title>`, where the pages read it."""
    drawing = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        drawing, kind="svg", border=4, dark="#140d07", light="#fffaf0", title=address, omitsize=True, xmldecl=False
    )
    return drawing.getvalue()
