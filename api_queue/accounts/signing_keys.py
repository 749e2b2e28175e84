"""The key that signs access tokens. Workers read it when they start; so does a rotation take hold."""

from pathlib import Path
from typing import Final

from api_queue.drivers.keys import load_or_make

_CURRENT: Final = "jwt"
_PREVIOUS: Final = "jwt.previous"


def signing_keys(folder: Path) -> tuple[bytes, ...]:
    """The current one first; the one before it still verifies what it has signed."""
    current, previous = load_or_make(folder / _CURRENT), folder / _PREVIOUS
    return (current, previous.read_bytes()) if previous.exists() else (current,)


def rotate(folder: Path) -> None:
    load_or_make(folder / _CURRENT)
    (folder / _CURRENT).replace(folder / _PREVIOUS)
    load_or_make(folder / _CURRENT)
