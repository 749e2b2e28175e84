"""What a handler's signature does not say about its route, for the description of the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, TypeVar

import msgspec

#: What a file may be answered with besides the whole of it: parts of it, and what its conditions say.
OF_FILES: Final = (206, 304, 412, 416)

H = TypeVar("H", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A decorator, below the routes. `query` is read as a struct, or its names have a sentence each.

    A GET that is not `safe` changes something. `most_bytes`: of a body, where the route is a stream.
    One that `waits` for something to happen is over when its caller hangs up, though it is no GET.
    `also`: other statuses of what is no problem. `refuses`: those of problems that neither the door nor the signature
    tells of. `media_type` has several with `, ` between them.
    """

    body: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] | Mapping[str, str] | None = None
    status: int = 200
    media_type: str = "application/json"
    safe: bool = True
    most_bytes: int | None = None
    waits: bool = False
    also: tuple[int, ...] = ()
    refuses: tuple[int, ...] = ()

    def __call__(self, handler: H) -> H:
        handler.operation = self  # type: ignore[attr-defined]  # a function or a view may carry what it likes
        return handler

    @property
    def has_head(self) -> bool:
        return self.safe and not self._streams

    @property
    def lasts(self) -> bool:
        return self.waits or self._streams

    @property
    def _streams(self) -> bool:
        return self.media_type == "text/event-stream"

    @classmethod
    def of(cls, handler: Callable[..., Any]) -> Self:
        described: Self = getattr(handler, "operation", cls())
        return described
