"""Priority tokens: a window of time in which a guest's next add passes the limits. `lua/tokens.lua` gives them out."""

from typing import Final, Literal

from msgspec import Struct

#: Why no token can be had: its window would end after the event, or begin too far ahead.
NoToken = Literal["end", "horizon"]
NO_TOKEN: Final[dict[str, NoToken]] = {"end": "end", "horizon": "horizon"}


class Window(Struct, frozen=True):
    """[valid_from, valid_until), ms since 1970."""

    valid_from: int
    valid_until: int

    @classmethod
    def from_text(cls, text: str) -> "Window":
        valid_from, _, valid_until = text.partition("|")
        return cls(int(valid_from), int(valid_until))

    def live(self, now_ms: int, end_ms: int | None) -> bool:
        """It is not over yet, nor has a host set the event's end to before its own."""
        return now_ms < self.valid_until and (end_ms is None or self.valid_until <= end_ms)

    def open(self, now_ms: int) -> bool:
        return self.valid_from <= now_ms < self.valid_until
