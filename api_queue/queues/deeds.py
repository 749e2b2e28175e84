"""What hosts and helpers did, as it is kept for a minute so that it can be taken back."""

from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from api_queue.queues.settings import QueueSettings
from api_queue.types import ItemId, Role

#: How long something can be taken back.
UNDO_MS: Final = 60_000
Verb = Literal["delete", "refuse", "admit", "skip", "clear", "move", "edit", "settings"]
#: The HASHes beside the list whose fields a verb may write.
Part = Literal["meta", "turns", "points", "moves", "lobby", "played", "variants"]
#: The same text before and after; '' where there was none.
Texts = tuple[str, str]


class Undoable(Struct, frozen=True):
    """The newest that a host did, in the last minute or earlier."""

    verb: Verb
    at_ms: int

    @property
    def until_ms(self) -> int:
        return self.at_ms + UNDO_MS

    def holds(self, now_ms: int) -> bool:
        return now_ms < self.until_ms


class Noted(Struct, frozen=True, array_like=True):
    """An item of the list as lines, `after` is '' when it left; which items it stood behind and before ('' for none),
    and what it was sorted by, '' where the queue was not.
    """

    place: int
    before: str
    after: str
    ahead: str = ""
    behind: str = ""
    score: str = ""


class Deed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Scripts write down `items` and `fields`, which they alone can see as they were; the rest says who calls them."""

    #: The first three, in this order, are what `view.lua` reads of it.
    verb: Verb
    by: Role
    at_ms: int
    #: Of each key that was changed the value before and after, as JSON has it.
    settings: dict[str, tuple[Any, Any]] = {}
    #: What it put on the list.
    added: tuple[ItemId, ...] = ()
    items: tuple[Noted, ...] = ()
    fields: dict[Part, dict[str, Texts]] = {}

    def as_text(self) -> str:
        return _encode(self).decode()

    @classmethod
    def from_text(cls, text: str) -> "Deed":
        return _decode(text)

    @property
    def undoable(self) -> Undoable:
        return Undoable(self.verb, self.at_ms)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Deed).decode


def settings_changed(before: QueueSettings, after: QueueSettings) -> dict[str, tuple[Any, Any]]:
    was, now = msgspec.to_builtins(before), msgspec.to_builtins(after)
    return {key: (was[key], now[key]) for key in was if was[key] != now[key]}
