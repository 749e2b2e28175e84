"""What stands for the cover of a track that has none."""

from functools import cache
from importlib.resources import files
from typing import Final

from api_queue.tracks.models import Cover

#: Beside `/files/TRACK/`, so that a phone loads it once for all tracks.
NAME: Final = "cover.png"


@cache
def no_cover() -> Cover:
    return Cover(files("api_queue.static").joinpath(NAME).read_bytes(), "image/png")
