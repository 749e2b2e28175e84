"""What may name a queue and a performer."""

import re
import unicodedata
from typing import Final

from api_queue.errors import BadPerformerName, BadQueueName, Invalid, ReservedQueueName, UnknownGuest, UnknownQueue
from api_queue.formats import crockford
from api_queue.types import GuestId, ItemId, QueueName
from api_queue.web.personal import is_personal

_QUEUE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_GUEST: Final = re.compile(r"[a-z2-7]{16}")
#: Ten characters are an id as it is shown, whatever they are.
_INTEGER: Final = re.compile(r"[0-9]{1,9}|[0-9]{11,16}")
#: Words that stand, or will stand, where a queue's name does.
RESERVED: Final = frozenset({"enqueue", "new", "names", "events", "queues", "settings", "static"})
LONGEST: Final = 64
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def queue_name(text: str) -> QueueName:
    """As an address names it: no queue can have another name."""
    if not _QUEUE.fullmatch(text):
        raise UnknownQueue(queue=text)
    return QueueName(text)


def new_queue_name(text: str) -> QueueName:
    """A name that somebody chooses for a queue of theirs."""
    if text in RESERVED or is_personal(text):
        raise ReservedQueueName(name=text)
    if not _QUEUE.fullmatch(text):
        raise BadQueueName(name=text)
    return QueueName(text)


def guest_id(text: str) -> GuestId:
    """A public id, as lists of items show it."""
    if not _GUEST.fullmatch(text):
        raise UnknownGuest(guest_id=text)
    return GuestId(text)


def performer_name(text: str) -> str:
    """NFC, trimmed; 1 to 64 code points, no control and no bidirectional-control characters, something to see."""
    return shown_name(text, BadPerformerName, "say who sings")


def shown_name(text: str, error: type[Invalid], wanted: str, longest: int = LONGEST) -> str:
    """As `performer_name`, of whatever has a name; `error` takes a `reason`."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise error(reason=f"is empty; {wanted}")
    if len(name) > longest:
        raise error(reason=f"is {len(name)} characters long; {longest} fit")
    if name.isascii() and name.isprintable():  # nothing below can be wrong with it
        return name
    if has_controls(name):
        raise error(reason="has a line break or a control character in it; write it on one line")
    if all(unicodedata.category(c)[0] in "CZ" for c in name):
        raise error(reason=f"has nothing that can be seen; {wanted}")
    return name


def has_controls(text: str) -> bool:
    """Line breaks, control and bidirectional-control characters, halves of characters."""
    return any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in _BIDI for c in text)


def read_item_id(text: str | int) -> ItemId:
    """As it is shown, in either case, or as the integer behind it (KaraKara's clients know no other)."""
    shown = str(text)
    if _INTEGER.fullmatch(shown) or isinstance(text, int):
        number = int(text)
        return ItemId(crockford.encode(number, 10) if 0 <= number < 2**50 else shown)
    return ItemId(shown.upper())
