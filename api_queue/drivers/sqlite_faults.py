"""What SQLite says of its disk, in our words: it passes when somebody makes room, and is no fault of the caller's."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import Engine, ExceptionContext, event

from api_queue.drivers.disk import AGAIN_S
from api_queue.errors import DiskFailing, DiskFull, Unavailable

#: By what the names of its codes begin with.
_FAULTS: Final[Mapping[str, type[Unavailable]]] = MappingProxyType(
    {
        "SQLITE_FULL": DiskFull,
        "SQLITE_READONLY": DiskFailing,
        "SQLITE_CANTOPEN": DiskFailing,
        "SQLITE_IOERR": DiskFailing,
    }
)


def name_disk_faults(engine: Engine) -> None:
    """From now on whoever uses it gets DiskFull and DiskFailing for them."""
    event.listen(engine, "handle_error", _raise_ours)


def _raise_ours(context: ExceptionContext) -> None:
    code: str = getattr(context.original_exception, "sqlite_errorname", "")
    for start, fault in _FAULTS.items():
        if code.startswith(start):
            raise fault(retry_after=AGAIN_S) from context.original_exception
