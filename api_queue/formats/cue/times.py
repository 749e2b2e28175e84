"""Times of a sheet, `mm:ss:ff`: a second has 75 frames, so that a frame is 13.3 ms, and minutes go on past 99.

What is rounded is rounded as a whole: neither a frame of 75 nor a second of 60 can come of it.
"""

import re
from typing import Final

#: A second has 75 frames, as on a disc.
FRAMES_A_SECOND: Final = 75

#: Minutes, seconds and frames.
MSF: Final = re.compile(r"([0-9]{1,9}):([0-5]?[0-9]):([0-6]?[0-9]|7[0-4])")


def frames_of(ms: int) -> int:
    """The frame that is nearest."""
    return (ms * 3 + 20) // 40


def ms_of(frames: int) -> int:
    """The millisecond that is nearest; `frames_of` it are the same frames again."""
    return (frames * 80 + 3) // 6


def parse_msf(text: str) -> int:
    """Frames; ValueError unless minutes, seconds below 60 and frames below 75 are there."""
    found = MSF.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time mm:ss:ff with seconds to 59 and frames to 74")
    minutes, seconds, frames = map(int, found.groups())
    return (minutes * 60 + seconds) * FRAMES_A_SECOND + frames


def format_msf(frames: int) -> str:
    """Two digits each, more for minutes that need them: never hours."""
    seconds, frames = divmod(frames, FRAMES_A_SECOND)
    return f"{seconds // 60:02}:{seconds % 60:02}:{frames:02}"
