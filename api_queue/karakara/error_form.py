"""Errors as the clients read them: they look for `status` in the body, and show `message` and `context`."""

from http import HTTPStatus
from typing import Final

from sanic import HTTPResponse

from api_queue.errors import Invalid, RoomNotFound, UnknownQueue
from api_queue.web.errors import STATUS, with_headers
from api_queue.web.replies import reply

#: Where errors have this form.
ADDRESSES: Final = (b"/api/room/", b"/api/misc/", b"/files/")


def room_error(status: int, code: str, detail: str, facts: dict[str, object]) -> HTTPResponse:
    """web.errors.Form: `{"status", "message", "context", "description"}`, and 400 for 422."""
    if status == STATUS[Invalid]:
        status = HTTPStatus.BAD_REQUEST
    if code == UnknownQueue.code:
        detail = RoomNotFound(room=facts["queue"]).detail
    body = {
        "status": status,
        "message": detail,
        "context": {"code": code, **facts},
        "description": HTTPStatus(status).phrase,
    }
    answer = reply(body, status, {"Cache-Control": "no-store"})  # what is not there now may be soon
    return with_headers(answer, code, facts)
