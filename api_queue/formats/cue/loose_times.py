"""Times that are no mm:ss:ff, as they are found in sheets, and what was meant."""

import re
from typing import Final, NamedTuple

from api_queue.formats.cue.times import FRAMES_A_SECOND, frames_of

_FIELDS: Final = re.compile(r"[0-9]{1,9}(?::[0-9]{1,9}){0,3}(?:[.,][0-9]{1,9})?")
#: Frames of a day. What metaflac writes of no disc are samples, at a rate that stands nowhere in the sheet: a number
#: past this one can be nothing else.
_FRAMES_ALONE_MAX: Final = 24 * 3600 * FRAMES_A_SECOND


class LooseTime(NamedTuple):
    """`fault` is the code of what is wrong with it."""

    frames: int
    fault: str


def read_loosely(text: str) -> LooseTime | None:
    """`mm:ss`, `mm:ss.s`, `hh:mm:ss.s`, `hh:mm:ss:ff`, frames alone as foobar2000 has them, and fields that are too
    large. None where nothing of this is meant.
    """
    if _FIELDS.fullmatch(text) is None:
        return None
    whole, _, fraction = text.replace(",", ".").partition(".")
    fields = [int(field) for field in whole.split(":")]
    if len(fields) == 1 and not fraction:
        return LooseTime(fields[0], "time_malformed") if fields[0] <= _FRAMES_ALONE_MAX else None
    if len(fields) == 2 or fraction:
        return LooseTime(_seconds(fields) * FRAMES_A_SECOND + _fraction(fraction), _fault(fields))
    *upper, last = fields
    frames = _seconds(upper) * FRAMES_A_SECOND + _too_many(last, whole.rpartition(":")[2])
    return LooseTime(frames, "frames_over_74" if last > 74 else _fault(upper))


def _fault(fields: list[int]) -> str:
    """Of fields that end in seconds."""
    return "seconds_over_59" if len(fields) > 1 and fields[-1] > 59 else "time_malformed"


def _too_many(frames: int, text: str) -> int:
    """75 was a rounding that should have been carried; from there to 99 hundredths of a second are meant, beyond them
    milliseconds.
    """
    return frames if frames <= FRAMES_A_SECOND else _fraction(text)


def _fraction(digits: str) -> int:
    """Frames of the part of a second that stands after the point."""
    return frames_of(int(digits[:3].ljust(3, "0")))


def _seconds(fields: list[int]) -> int:
    seconds = 0
    for field in fields:
        seconds = seconds * 60 + field
    return seconds
