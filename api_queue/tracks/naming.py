"""Names for files, from what their tags say: `{artist}/{album}/{track:02} {title}.flac`. Pure.

Whatever stands in a tag, the name is one that every file system takes, and it leads nowhere else.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from api_queue.tracks.models import Track
from api_queue.tracks.music_file import ENDING

#: Bytes of one part of a path; file systems take 255, and `.flac` has to fit as well.
_PART_MAX_BYTES: Final = 240
_FIELD: Final = re.compile(r"\{(\w*)(?::0(\d))?\}")
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
#: Names of devices on Windows, whatever comes after the dot.
_DEVICE: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")

FIELDS: Final[Mapping[str, Callable[[Track], str | int | None]]] = {
    "artist": lambda track: track.artist or "Unknown artist",
    "album": lambda track: track.album or "Unknown album",
    "title": lambda track: track.title,
    "track": lambda track: track.track_number,
    "disc": lambda track: track.disc_number,
    "date": lambda track: track.date,
    "year": lambda track: track.date[:4],
    "genre": lambda track: next(iter(track.genres), "Unknown genre"),
    "track_id": lambda track: track.track_id,
}


def template_fault(template: str) -> str:
    """Why it cannot be one, as the end of a sentence; empty if it can."""
    names = [found[1] for found in _FIELD.finditer(template)]
    if unknown := [name for name in names if name not in FIELDS]:
        return f"the template knows no {{{unknown[0]}}}; it knows {', '.join(FIELDS)}"
    if not template.endswith(ENDING) or {"{", "}"} & set(_FIELD.sub("", template)):
        return f"the template has to look like {{artist}}/{{album}}/{{track:02}} {{title}}{ENDING}"
    if not {"title", "track_id"} & set(names):
        return "the template needs {title} or {track_id}, or all tracks would get one name"
    if any(part.strip() in {"", ".", ".."} for part in template.split("/")):
        return "the template leads out of the folder or has an empty part"
    return ""


def name_of(track: Track, template: str) -> str:
    """Relative to the root, of a template without fault."""
    stem = template.removesuffix(ENDING)
    return "/".join(_part(track, part) for part in stem.split("/")) + ENDING


def _part(track: Track, part: str) -> str:
    filled = _FORBIDDEN.sub("_", _FIELD.sub(lambda found: _filled(track, found), part))
    cut = filled.strip().encode()[:_PART_MAX_BYTES].decode(errors="ignore").rstrip(" .")
    shown = f"_{cut[1:]}" if cut.startswith(".") else cut or "_"
    return f"_{shown}" if _DEVICE.match(shown) else shown


def _filled(track: Track, field: re.Match[str]) -> str:
    """A number that the track has not is nothing; a text is never padded."""
    value = FIELDS[field[1]](track)
    if isinstance(value, int):
        return f"{value:0{field[2] or 1}}"
    return value or ""
