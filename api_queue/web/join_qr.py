"""The join address as a QR code."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.web.operation import Operation
from api_queue.web.pages import QUEUE
from api_queue.web.public_address import public_base
from api_queue.web.qr_codes import qr_svg

bp = Blueprint("join_qr")


@bp.get(f"{QUEUE}/join.svg")
@Operation(media_type="image/svg+xml")
async def join_svg(request: Request, name: str) -> HTTPResponse:
    """A QR code that leads to the guest page of the queue; the pages read the address in its `<title>`."""
    address = f"{public_base(request)}/queue/{name}/"
    drawing = qr_svg(address, address)
    return HTTPResponse(drawing, 200, {"Cache-Control": "no-cache"}, "image/svg+xml")
