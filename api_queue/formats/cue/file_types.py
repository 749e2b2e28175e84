"""The types that FILE may have, and which of them fit a name. The grammar knows five; what is decoded goes as WAVE."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

_BY_ENDING: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("wav", "flac", "ape", "wv", "ogg", "opus", "m4a", "tta"), ("WAVE",)),
    **dict.fromkeys(("aif", "aiff", "aifc"), ("AIFF",)),
    **dict.fromkeys(("bin", "img", "iso"), ("BINARY", "MOTOROLA")),
    "mp3": ("MP3",),
}
LEGAL_TYPES: Final = frozenset(chain.from_iterable(_BY_ENDING.values()))
_NOT_WAVE: Final = frozenset({"MP3", "AIFF"})


def types_of(name: str) -> tuple[str, ...]:
    """None where the name does not tell."""
    _, dot, ending = name.rpartition(".")
    return _BY_ENDING.get(ending.lower(), ()) if dot else ()


def kind_of(name: str) -> str:
    """Of sound: what is no MP3 and no AIFF is a WAVE to players."""
    return next((kind for kind in types_of(name) if kind in _NOT_WAVE), "WAVE")
