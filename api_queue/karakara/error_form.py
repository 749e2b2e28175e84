"""Errors as the clients read them: they look for `status` in the body, and show `message` and `context`."""

from http import HTTPStatus
from typing import Final

from api_queue.errors import RoomNotFound, UnknownQueue
from api_queue.web.errors import Facts

#: Where errors have this form.
ADDRESSES: Final = (b"/api/room/", b"/api/misc/", b"/files/")


def room_error(status: int, code: str, detail: str, facts: Facts) -> tuple[int, Facts]:
    """web.errors.Form: `{"status", "message", "context", "description"}`, and 400 for 422."""
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        status = HTTPStatus.BAD_REQUEST
    if code == UnknownQueue.code:
        detail = RoomNotFound(room=facts["queue"]).detail
    context = {"code": code, **facts}
    return status, {
        "status": status,
        "message": detail,
        "context": context,
        "description": HTTPStatus(status).phrase,
    }
