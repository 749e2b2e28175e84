"""The password that makes a visitor the host of a room."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final, Literal

from api_queue.formats import crockford
from api_queue.queues.models import Queue

#: Each is 5 bits. At ten guesses a minute half of all would take a hundred thousand years.
_LETTERS: Final = 8
_BYTES: Final = _LETTERS * 5 // 8
_ALIKE: Final = str.maketrans("ilo", "110")


@dataclass(frozen=True, slots=True)
class Passwords:
    """Worked out, not kept: whoever has the key file knows them all, and a later room of the same name has another."""

    key: bytes = field(repr=False)
    habit: Literal["random", "name"]

    def of(self, room: Queue) -> str:
        """In small letters, as the clients write whatever is typed."""
        if self.habit == "name":
            return room.name
        digest = hmac.digest(self.key, f"{room.name}\n{room.created_at_ms}\n{room.rekeyed}".encode(), "sha256")
        return crockford.encode(int.from_bytes(digest[:_BYTES], "big"), _LETTERS).lower()

    def is_right(self, room: Queue, given: str) -> bool:
        """In a time that tells nothing of how much of it is right. I and L are read as 1, O as 0: it is read aloud."""
        return hmac.compare_digest(_digest(given), _digest(self.of(room)))


def _digest(text: str) -> bytes:
    """Of one length, whatever was typed."""
    return hashlib.sha256(text.strip().lower().translate(_ALIKE).encode(errors="replace")).digest()
