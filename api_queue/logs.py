"""Logs go to stderr: one line of JSON each, or words and colours where that is a terminal."""

import io
import logging
import sys
from contextlib import suppress
from contextvars import ContextVar
from time import monotonic
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor

from api_queue.formats.json_bytes import json_bytes

#: Of the request that is answered here; all that is done for it inherits it.
request_id: ContextVar[str] = ContextVar("request_id", default="")


def _name_request(_logger: object, _method: str, event: EventDict) -> EventDict:
    if found := request_id.get():
        event.setdefault("request_id", found)
    return event


_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    _name_request,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)

#: Of one process. A worker that answers so many requests in a second is not watched line by line.
LINES_PER_S: Final = 200
#: Takes the place of a progress line that another process shows.
LINE_ANEW: Final = "\r\x1b[K"


def configure_logs(level: str) -> None:
    """Ours and those of the libraries, alike. Libraries below warning are only heard at `debug`."""
    number = logging.getLevelNamesMapping()[level.upper()]
    stderr: Any = BoundedLines(sys.stderr)  # libraries ask for a TextIO, and use no more than this has
    renderer = _for_a_terminal() if sys.stderr.isatty() else structlog.processors.JSONRenderer(_json)
    structlog.configure(
        processors=[*_SHARED, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=number if level == "debug" else logging.WARNING, handlers=[handler], force=True)


class BoundedLines(io.TextIOBase):
    """Writes lines to `file`: at most LINES_PER_S, with a count of those that were left out, or a storm fills the disk.

    A disk that is full ends no thread and fails no request because nothing can be said of it.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._second = 0
        self._lines = 0

    def write(self, text: str) -> int:
        """One line."""
        if self.has_room():
            self.put(text)
        return len(text)

    def has_room(self) -> bool:
        """For one more line in this second. Where there is, whoever asks has to `put` it."""
        if (now_s := int(monotonic())) != self._second:
            left_out, self._second, self._lines = self._lines - LINES_PER_S, now_s, 0
            if left_out > 0:
                self.put(f'{{"event":"log lines were left out","lines":{left_out},"level":"warning"}}\n')
        self._lines += 1
        return self._lines <= LINES_PER_S

    def put(self, text: str) -> None:
        """Lines for which there was room."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()

    def isatty(self) -> bool:
        return self._file.isatty()


def _for_a_terminal() -> Processor:
    """The default tracebacks show the values of variables, and secrets among them."""
    render = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return lambda *event: f"{LINE_ANEW}{render(*event)}"


def _json(event: object, **_: Any) -> str:
    return json_bytes(event).decode()
