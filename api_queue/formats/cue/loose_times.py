"""Times that are no mm:ss:ff, as they are found in sheets, and what was meant."""

import re
from typing import Final, NamedTuple

from api_queue.formats.cue.times import FRAMES_A_SECOND, frames_of

_FIELDS: Final = re.compile(r"[0-9]{1,9}(?::[0-9]{1,9}){0,3}(?:[.,][0-9]{1,9})?")


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
    if fraction:
        return LooseTime(_seconds(fields) * FRAMES_A_SECOND + _fraction(fraction), "time_malformed")
    if len(fields) == 1:
        return LooseTime(fields[0], "time_malformed")
    if len(fields) == 2:
        return LooseTime(_seconds(fields) * FRAMES_A_SECOND, "time_malformed")
    return _with_frames(fields, whole.rpartition(":")[2])


def _with_frames(fields: list[int], frames: str) -> LooseTime:
    *upper, last = fields
    fault = "time_malformed" if len(fields) == 4 else "frames_over_74" if last > 74 else "seconds_over_59"
    return LooseTime(_seconds(upper) * FRAMES_A_SECOND + _too_many(last, frames), fault)


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
