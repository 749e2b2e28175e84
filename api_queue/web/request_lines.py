"""One line of the log for each request: what was asked, how it was answered, after how long, for whom.

Files of pages that are answered as they should be have none: opening one page would be thirty lines.

`who` is a public id, which names nobody. No address, no query string and no header is written, so no secret is.
"""

import asyncio
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sanic import Request

from api_queue.formats.json_bytes import json_bytes
from api_queue.logs import BoundedLines
from api_queue.web.identity import Caller
from api_queue.web.personal import is_personal, is_user_id
from api_queue.web.traffic import NO_ROUTE, template

#: Written together: a line by itself costs as much as counting, encoding and storing it.
_GATHER_S: Final = 0.05
_FILES_OF_PAGES: Final = "static/"

Line = Mapping[str, object]


class RequestLines:
    """Not through structlog, whose way to a line takes several times as long; bounded as its lines are."""

    def __init__(self) -> None:
        self._file = BoundedLines(sys.stderr)
        self._waiting: list[bytes] = []

    def add(self, request: Request, status: int, seconds: float) -> None:
        if _goes_without_saying(request, status) or not self._file.has_room():
            return
        if not self._waiting:
            asyncio.get_running_loop().call_later(_GATHER_S, self.write)
        self._waiting.append(json_bytes(_line_of(request, status, seconds)))

    def write(self) -> None:
        """Also at the end, since nothing is forgotten."""
        if self._waiting:
            text = b"\n".join([*self._waiting, b""]).decode()
            self._waiting.clear()
            self._file.put(text)
            self._file.flush()


def _goes_without_saying(request: Request, status: int) -> bool:
    return status < 400 and request.route is not None and request.route.path.startswith(_FILES_OF_PAGES)


def _line_of(request: Request, status: int, seconds: float) -> Line:
    caller: Caller | None = getattr(request.ctx, "caller", None)
    name = request.match_info.get("name") if request.route else None
    line: dict[str, object] = {
        "event": "request",
        "method": request.method,
        "route": template(request.route.path) if request.route else NO_ROUTE,
        "status": status,
        "ms": round(seconds * 1000, 2),
        "request_id": request.ctx.request_id,
        "role": (caller.highest_role if caller.grants else "guest") if caller else None,
        "who": caller.guest_id if caller else None,
        "level": "info",
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }
    if name and not is_personal(name) and not is_user_id(name):
        line["queue"] = name
    return line
