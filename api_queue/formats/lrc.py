"""LRC lyrics: `[01:23.45]a line`, as players have read it since 1998; nobody ever wrote a standard.

Several stamps before one text repeat it, `[offset:+250]` shows everything 250 ms sooner, `<01:23.45>` or `[01:23.45]`
inside a line times single words and is left out here. What is not a stamped line (titles, notes, junk) is passed over.
"""

import re
from itertools import islice
from typing import Final, NamedTuple

#: More lines, or letters in one, nobody sings; a text of stamps alone would otherwise be repeated beyond all memory.
LINES_MAX: Final = 5_000
TEXT_MAX: Final = 500

_STAMP = re.compile(r"\[(\d{1,3}):([0-5]?\d)(?:[.:](\d{1,3}))?\]")
_STAMPS = re.compile(rf"\s*(?:{_STAMP.pattern}\s*)+")
_WORD_STAMP = re.compile(r"(?:<\d{1,3}:[0-5]?\d(?:[.:]\d{1,3})?>|\[\d{1,3}:[0-5]?\d(?:[.:]\d{1,3})?\])\s?")
_OFFSET = re.compile(r"\s*\[offset:\s*([+-]?\d{1,7})\s*\]", re.IGNORECASE)


class Line(NamedTuple):
    at_ms: int
    text: str


def parse(text: str) -> tuple[Line, ...]:
    """The timed lines in the order in which they are sung; empty when there are no stamps."""
    rows = text.lstrip("\ufeff").splitlines()
    offset_ms = next((int(found[1]) for row in rows if (found := _OFFSET.match(row))), 0)
    lines = (line for row in rows for line in _row(row, offset_ms))
    return tuple(sorted(islice(lines, LINES_MAX), key=lambda line: line.at_ms))


def _row(row: str, offset_ms: int) -> list[Line]:
    stamps = _STAMPS.match(row)
    if stamps is None:
        return []
    text = _WORD_STAMP.sub("", row[stamps.end() :]).strip()[:TEXT_MAX]
    return [Line(max(0, _ms(*stamp) - offset_ms), text) for stamp in _STAMP.findall(stamps[0])]


def _ms(minutes: str, seconds: str, fraction: str) -> int:
    """The fraction has one to three digits: tenths, hundredths (as nearly always) or milliseconds."""
    return (int(minutes) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0") or 0)
