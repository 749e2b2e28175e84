"""The key that signs access tokens. Workers read it when they start; so does a rotation take hold."""

from pathlib import Path
from typing import Final

from api_queue.drivers import keys

_CURRENT: Final = "jwt"
_PREVIOUS: Final = "jwt.previous"


def signing_keys(folder: Path) -> tuple[bytes, ...]:
    """The current one first; the one before it still verifies what it has signed."""
    current, previous = keys.load_or_make(folder / _CURRENT), folder / _PREVIOUS
    return (current, previous.read_bytes()) if previous.exists() else (current,)


def replace(folder: Path, current: bytes, previous: bytes | None = None) -> None:
    """With those of others; without a previous one what that has signed is good no more."""
    keys.replace(folder / _CURRENT, current)
    if previous is None:
        (folder / _PREVIOUS).unlink(missing_ok=True)
    else:
        keys.replace(folder / _PREVIOUS, previous)


def rotate(folder: Path) -> None:
    keys.load_or_make(folder / _CURRENT)
    (folder / _CURRENT).replace(folder / _PREVIOUS)
    keys.load_or_make(folder / _CURRENT)
