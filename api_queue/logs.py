"""Logs go to stderr: one line of JSON each, or words and colours where that is a terminal."""

import logging
import sys
from contextvars import ContextVar
from typing import Any, Final

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

#: Takes the place of a progress line that another process shows.
LINE_ANEW: Final = "\r\x1b[K"


def configure_logs(level: str) -> None:
    """Ours and those of the libraries, alike. Libraries below warning are only heard at `debug`."""
    number = logging.getLevelNamesMapping()[level.upper()]
    renderer = _for_a_terminal() if sys.stderr.isatty() else structlog.processors.JSONRenderer(_json)
    structlog.configure(
        processors=[*_SHARED, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=number if level == "debug" else logging.WARNING, handlers=[handler], force=True)


def _for_a_terminal() -> Processor:
    """The default tracebacks show the values of variables, and secrets among them."""
    render = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return lambda *event: f"{LINE_ANEW}{render(*event)}"


def _json(event: object, **_: Any) -> str:
    return json_bytes(event).decode()
