"""Times of a DJ set as people write them: `1:02:03`, `62:03`, each with `.mmm`, or a number of seconds."""

import re
from typing import Final

_CLOCK: Final = re.compile(r"(?:(\d{1,2}):([0-5]\d)|(\d{1,3})):([0-5]\d)(?:\.(\d{1,3}))?", re.ASCII)
_SECONDS: Final = re.compile(r"(\d{1,6})(?:\.(\d{1,3}))?", re.ASCII)
#: What three digits of minutes, two of hours and six of seconds stay below: 100 h.
LONGEST_MS: Final = 360_000_000


def read_time(text: str) -> int | None:
    """In ms; None for anything else."""
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, all_minutes, seconds, fraction = clock.groups("")
        whole_s = int(hours or 0) * 3600 + int(minutes or all_minutes) * 60 + int(seconds)
    elif plain := _SECONDS.fullmatch(text):
        digits, fraction = plain.groups("")
        whole_s = int(digits)
    else:
        return None
    time_ms = whole_s * 1000 + int(fraction.ljust(3, "0"))
    return time_ms if time_ms < LONGEST_MS else None


def long_time(time_ms: int) -> str:
    """`HH:MM:SS`, and `.mmm` where it is not 0."""
    whole_s, fraction = divmod(time_ms, 1000)
    minutes, seconds = divmod(whole_s, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}" + (f".{fraction:03}" if fraction else "")


def short_time(time_ms: int) -> str:
    """`MM:SS` of the first hour, then `HH:MM:SS`."""
    text = long_time(time_ms // 1000 * 1000)
    return text.removeprefix("00:") if time_ms < 3_600_000 else text
