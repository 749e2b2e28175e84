"""What is shown with a track and lies beside it: `song.webm`, `song.vtt`, `song.json`, and variants of each.

The names are KaraKara's: `song.Vocal.webm` is the variant `Vocal` of what is shown with `song.flac`.
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

ENDINGS: Final = (".webm", ".vtt", ".json")
#: More of one track nobody chooses from.
SIDECARS_MAX: Final = 50
SUBTITLES_MAX_BYTES: Final = 1 << 20
_VARIANT: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Shown(msgspec.Struct, frozen=True):
    """One line of subtitles in JSON; times in s."""

    start: float
    end: float
    text: str


_SUBTITLES: Final = msgspec.json.Decoder(list[Shown])


class SidecarsOf:
    """Endings of what lies beside a FLAC in a folder, of which these are all `names`: `.webm`, `.Vocal.webm`. What has
    the whole name of another FLAC is that one's.
    """

    def __init__(self, names: Iterable[str], ending: str) -> None:
        known = list(names)
        shown = sorted(name for name in known if name.endswith(ENDINGS))
        self._ending = ending
        self._music = {self._stem(name) for name in known if name.lower().endswith(ending)} if shown else set()
        self._own: dict[str, list[str]] = {}
        for name in shown:
            if (stem := self._owner(name)) is not None:
                self._own.setdefault(stem, []).append(name[len(stem) :])

    def __call__(self, name: str) -> tuple[str, ...]:
        return tuple(self._own.get(self._stem(name), ()))[:SIDECARS_MAX]

    def _owner(self, name: str) -> str | None:
        whole = name.rpartition(".")[0]
        stem, _, variant = whole.rpartition(".")
        if whole in self._music:
            return whole
        return stem if stem in self._music and _VARIANT.fullmatch(variant) else None

    def _stem(self, name: str) -> str:
        return name[: -len(self._ending)]


def are_subtitles(content: bytes) -> bool:
    """Much else is called `.json`, and not all of it is for everybody."""
    try:
        return bool(_SUBTITLES.decode(content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
