"""Names of what is shown with a track, as they stand below `/files/TRACK/`: `Default.webm`, `Vocal.vtt`. Pure."""

import re
from typing import Final

from api_queue.tracks.models import Track

DEFAULT: Final = "Default"
VIDEO: Final = f"{DEFAULT}.webm"
#: What lyrics are made into, where no file has them.
OF_LYRICS: Final = (f"{DEFAULT}.json", f"{DEFAULT}.vtt")
MEDIA_TYPES: Final = {"webm": "video/webm", "json": "application/json", "vtt": "text/vtt"}
_NAME: Final = re.compile(rf"[A-Za-z0-9_-]{{1,32}}\.(?:{'|'.join(MEDIA_TYPES)})")


def is_name(name: str) -> bool:
    """Nothing else has a chance of being a file."""
    return _NAME.fullmatch(name) is not None


def media_type(name: str) -> str:
    return MEDIA_TYPES[name.rpartition(".")[2]]


def beside(track: Track) -> dict[str, str]:
    """Of what lies there, by name: what its file ends with after the track's own name. `song.webm` comes before a
    `song.Default.webm`.
    """
    return {f"{DEFAULT}{ending}" if ending.count(".") == 1 else ending[1:]: ending for ending in sorted(track.sidecars)}


def offered(track: Track) -> list[str]:
    """The default first. The video is always among them: where none lies there, one can be made."""
    names = {VIDEO, *beside(track), *(OF_LYRICS if track.lyrics else ())}
    return sorted(names, key=lambda name: (not name.startswith(f"{DEFAULT}."), name))
