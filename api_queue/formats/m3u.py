"""Extended M3U in UTF-8 (`.m3u8`): for each entry how long it is, what it is called, and where it lies."""

from collections.abc import Iterable
from typing import NamedTuple


class Entry(NamedTuple):
    seconds: int
    title: str
    place: str


def write(entries: Iterable[Entry]) -> str:
    """A line has no way to quote: a line break in a title is a space, and a place with one is left out."""
    lines = ["#EXTM3U"]
    for seconds, title, place in entries:
        if place.splitlines() == [place]:
            lines += [f"#EXTINF:{seconds},{' '.join(title.split())}", place]
    return "\n".join(lines) + "\n"
