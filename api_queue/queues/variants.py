"""In which of a track's videos and subtitles an item is to be shown.

They stand beside the list, whose columns are a closed list, are written by the add itself, and leave and come back with
their item.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from api_queue.types import ItemId, QueueName


class Variants(msgspec.Struct, frozen=True, omit_defaults=True):
    """By the names that the library has for them."""

    video: str = "Default"
    subtitle: str = "Default"

    def as_text(self) -> str:
        """'' of what most items have: nothing is kept of it."""
        return "" if self == DEFAULT else _encode(self).decode()

    @classmethod
    def from_text(cls, text: str) -> "Variants":
        return _decode(text)


DEFAULT: Final = Variants()
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Variants).decode


class VariantStore(Protocol):
    """What `adding.AddService.add(variants=...)` has written."""

    async def of(self, name: QueueName, item_ids: Sequence[ItemId], /) -> dict[ItemId, Variants]:
        """Without those that have the default ones."""
