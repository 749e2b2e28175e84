"""What covers are called below `/files/`, and what stands for that of a track without one."""

from functools import cache
from importlib.resources import files
from typing import Final

from api_queue.tracks.models import Cover

#: By its media type.
NAMES: Final = {
    "image/jpeg": "cover.jpg",
    "image/png": "cover.png",
    "image/gif": "cover.gif",
    "image/webp": "cover.webp",
}
#: Beside `/files/TRACK/`, so that a phone loads it once for all tracks.
NO_COVER: Final = "cover.png"


@cache
def no_cover() -> Cover:
    return Cover(files("api_queue.static").joinpath("cover.png").read_bytes(), "image/png")
