"""The song book: what a queue offers, by artist under letters."""

import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Final, NamedTuple

from api_queue.tracks.folding import fold
from api_queue.tracks.models import Track

_DIGITS: Final = "0–9"
#: Signs, and scripts that have no alphabet to leaf through.
_OTHERS: Final = "#"


class Section(NamedTuple):
    letter: str
    #: Each with their songs; without a name those that nobody is named for.
    artists: list[tuple[str, list[Track]]]


def sections(tracks: Iterable[Track]) -> list[Section]:
    ordered = sorted(tracks, key=lambda track: (_rank(letter_of(track)), fold(track.artist), fold(track.title)))
    return [Section(letter, _by_artist(under)) for letter, under in groupby(ordered, letter_of)]


def letter_of(track: Track) -> str:
    """`É` is `E`. A track without an artist stands under its title."""
    first = next((sign for sign in fold(track.artist or track.title) if sign.isalnum()), "")
    if first.isdecimal():
        return _DIGITS
    return first.upper() if unicodedata.category(first or " ") == "Ll" else _OTHERS


def _rank(letter: str) -> tuple[bool, bool, str]:
    return letter == _OTHERS, letter != _DIGITS, letter


def _by_artist(tracks: Iterable[Track]) -> list[tuple[str, list[Track]]]:
    groups = [list(group) for _, group in groupby(tracks, lambda track: fold(track.artist))]
    return [(group[0].artist, group) for group in groups]
