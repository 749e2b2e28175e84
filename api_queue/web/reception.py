"""Where each request is numbered and timed on its way in, counted and written down on its way out."""

import re
import sys
from itertools import count
from secrets import token_hex
from time import perf_counter
from typing import Final

from sanic import Request
from sanic.response import BaseHTTPResponse

from api_queue import logs
from api_queue.settings import Settings
from api_queue.web.request_lines import RequestLines
from api_queue.web.traffic import Traffic

HEADER: Final = "X-Request-ID"
#: Somebody else's is taken where it can do no harm in a log or a header.
_GOOD_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Reception:
    """Of one worker."""

    def __init__(self, settings: Settings) -> None:
        self.traffic = Traffic()
        self.lines = RequestLines() if _writes_lines(settings) else None
        self._worker = token_hex(4)
        self._numbers = count(1)

    def begin(self, request: Request) -> None:
        context = request.ctx
        context.began_s = perf_counter()
        given: str | None = request.headers.get(HEADER)
        mine = given is None or not _GOOD_ID.fullmatch(given)
        context.request_id = f"{self._worker}-{next(self._numbers):x}" if mine else given
        logs.request_id.set(context.request_id)

    def end(self, request: Request, response: BaseHTTPResponse) -> None:
        """What could not be read as a request has never begun."""
        context = request.ctx
        if not hasattr(context, "began_s"):
            self.begin(request)
        seconds = perf_counter() - context.began_s
        response.headers[HEADER] = context.request_id
        self.traffic.answered(request.method, request.route, response.status, seconds)
        if refused := getattr(context, "refused", ""):
            self.traffic.refused(refused)
        if self.lines:
            self.lines.add(request, response.status, seconds)

    def close(self) -> None:
        """With the worker."""
        if self.lines:
            self.lines.write()


def _writes_lines(settings: Settings) -> bool:
    if settings.log_level not in {"debug", "info"}:
        return False
    if settings.log_requests == "auto":  # a terminal shows the way to the party, and would show it for a moment only
        return not sys.stderr.isatty()
    return settings.log_requests == "on"
