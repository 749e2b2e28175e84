"""What a handler's signature does not say about its route, for the description of the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import msgspec

H = TypeVar("H", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A decorator, below the routes. `query` is read as a struct, or its names have a sentence each.

    A GET that is not `safe` changes something. `most_bytes`: of a body, where the route is a stream.
    One that `waits` for something to happen is over when its caller hangs up, though it is no GET.
    """

    body: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] | Mapping[str, str] | None = None
    status: int = 200
    media_type: str = "application/json"
    safe: bool = True
    most_bytes: int | None = None
    waits: bool = False

    def __call__(self, handler: H) -> H:
        handler.operation = self  # type: ignore[attr-defined]  # a function or a view may carry what it likes
        return handler

    @property
    def has_head(self) -> bool:
        return self.safe and self.media_type != "text/event-stream"

    @classmethod
    def of(cls, handler: Callable[..., Any]) -> Self:
        described: Self = getattr(handler, "operation", cls())
        return described
