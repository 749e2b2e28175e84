"""The card for the table: how to join, on paper. The Wi-Fi's password is drawn and nowhere kept."""

from base64 import b64encode
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from sanic import Blueprint, HTTPResponse, Request

from api_queue.formats.wifi import wifi_text
from api_queue.web.bodies import read_body
from api_queue.web.operation import Operation
from api_queue.web.pages import QUEUE, page
from api_queue.web.qr_codes import qr_svg
from api_queue.web.replies import reply

bp = Blueprint("card")

_SSID_BYTES: Final = 32
_PASSWORD_LEAST: Final = 8


class Wifi(msgspec.Struct):
    """An empty password is that of an open network; `hidden` networks do not tell their name."""

    ssid: Annotated[str, Meta(min_length=1)]
    password: Annotated[str, Meta(max_length=64)] = ""
    hidden: bool = False

    def __post_init__(self) -> None:
        if len(self.ssid.encode()) > _SSID_BYTES:
            raise ValueError(f"the name of a network has at most {_SSID_BYTES} bytes")
        if self.password and len(self.password) < _PASSWORD_LEAST:
            raise ValueError(f"the password of a network has {_PASSWORD_LEAST} to 64 characters, or there is none")


@bp.get(f"{QUEUE}/card")
@Operation(media_type="text/html")
async def card(_request: Request, **_: str) -> HTTPResponse:
    """The page that prints cards for the tables."""
    return page("card")


@bp.post(f"{QUEUE}/card/wifi")
@Operation(body=Wifi)
async def draw_wifi(request: Request, **_: str) -> HTTPResponse:
    """A QR code by which a phone joins this network, as `image`: the address of a picture that is in it itself."""
    wifi = read_body(request, Wifi)
    drawing = qr_svg(wifi_text(wifi.ssid, wifi.password, hidden=wifi.hidden))
    image = f"data:image/svg+xml;base64,{b64encode(drawing).decode()}"
    return reply({"image": image}, headers={"Cache-Control": "no-store"})
