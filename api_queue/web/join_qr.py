"""The join address as a QR code: dark on light with its quiet zone, on whatever page it stands."""

import io
import socket
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import segno
from sanic import Blueprint, HTTPResponse, Request

from api_queue.settings import Settings
from api_queue.web.pages import QUEUE

bp = Blueprint("join_qr")

#: An address for documentation (RFC 5737): asking the system for the way there sends nothing.
_ELSEWHERE: Final = ("192.0.2.1", 9)


@bp.get(f"{QUEUE}/join.svg")
async def join_svg(request: Request, name: str) -> HTTPResponse:
    settings: Settings = request.app.ctx.settings
    address = f"{public_url(settings, request.scheme, request.host)}/queue/{name}/"
    return HTTPResponse(qr_svg(address), 200, {"Cache-Control": "no-cache"}, "image/svg+xml")


def qr_svg(address: str) -> bytes:
    """The address also stands in the <title>, where the display reads it."""
    out = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        out,
        kind="svg",
        border=4,
        dark="#140d07",
        light="#fffaf0",
        title=address,
        omitsize=True,
        xmldecl=False,
    )
    return out.getvalue()


def public_url(settings: Settings, scheme: str, host: str) -> str:
    """As set, else as this client reached us. No phone can follow a loopback address: then this machine's."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    parts = urlsplit(f"//{host}")
    if not is_loopback(parts.hostname or ""):
        return f"{scheme}://{host}"
    port = f":{parts.port}" if parts.port else ""
    return f"{scheme}://{network_address()}{port}"


def is_loopback(hostname: str) -> bool:
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return hostname == "localhost" or hostname.endswith(".localhost")


def network_address() -> str:
    """This machine's address on its network, or its name when it has no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])
