"""Extended M3U in UTF-8 (`.m3u8`): for each entry how long it is, what it is called, and where it lies."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Entry(NamedTuple):
    """`part_ms`: where in the file it begins and ends, unless it is all of it."""

    seconds: int
    title: str
    place: str
    part_ms: tuple[int, int] | None = None


def write(entries: Iterable[Entry]) -> str:
    """A line has no way to quote: a line break in a title is a space, and a place with one is left out.

    The format knows no parts of files: VLC reads them, others play the whole.
    """
    lines = ["#EXTM3U"]
    for seconds, title, place, part_ms in entries:
        if place.splitlines() == [place]:
            lines += [f"#EXTINF:{seconds},{' '.join(title.split())}", *_part(part_ms), place]
    return "\n".join(lines) + "\n"


def _part(part_ms: tuple[int, int] | None) -> Iterator[str]:
    for name, at_ms in zip(("start-time", "stop-time"), part_ms or (), strict=False):
        yield f"#EXTVLCOPT:{name}={at_ms / 1000:.3f}"
