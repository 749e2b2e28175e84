"""The Range header of RFC 9110, section 14: which bytes a request asks for, and how an answer names them.

What is malformed or in another unit is to be ignored, not refused: such a header selects the whole file.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

#: More ranges than this in one request are not a player at work; the answer is then the whole file (14.2).
MAX_RANGES: Final = 16

#: Numbers are cut to this many digits: past the end of any file, and never a slow conversion.
_MAX_DIGITS: Final = 20

_UNIT = re.compile(r"bytes=(.*)", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(r"([0-9]*)-([0-9]*)")


class Asked(NamedTuple):
    """`first-last`, `first-` (no last) or `-last` (no first: that many bytes from the end)."""

    first: int | None
    last: int | None


class Span(NamedTuple):
    """Bytes of a file from `start` up to, not including, `stop`; never empty."""

    start: int
    stop: int


def select(header: str, size: int) -> tuple[Span, ...] | None:
    """The spans to send, in the order asked. Empty: 416. None: the whole file, as if nothing was asked."""
    asked = parse(header)
    if asked is None or len(asked) > MAX_RANGES:
        return None
    if size == 0 and any(one.first is None and one.last for one in asked):
        return None  # satisfiable by 14.1.2, but no Content-Range can name a part of nothing
    return merge([span for one in asked if (span := _within(one, size))])


def parse(header: str) -> tuple[Asked, ...] | None:
    """None when the header is to be ignored. Empty list elements are allowed (5.6.1)."""
    if not (unit := _UNIT.fullmatch(header)):
        return None
    elements = [text for element in unit[1].split(",") if (text := element.strip(" \t"))]
    asked = [_asked(element) for element in elements]
    valid = tuple(one for one in asked if one)
    return valid if valid and len(valid) == len(asked) else None


def merge(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Overlapping spans become one, in the place of the one that was asked for first."""
    if len(spans) < 2:
        return tuple(spans)
    merged: list[tuple[int, Span]] = []
    for place, span in sorted(enumerate(spans), key=lambda placed: placed[1]):
        if merged and span.start < merged[-1][1].stop:
            first_place, before = merged[-1]
            merged[-1] = (min(first_place, place), Span(before.start, max(before.stop, span.stop)))
        else:
            merged.append((place, span))
    return tuple(span for _, span in sorted(merged))


def content_range(span: Span, size: int) -> str:
    return f"bytes {span.start}-{span.stop - 1}/{size}"


def unsatisfied_range(size: int) -> str:
    return f"bytes */{size}"


def part_head(boundary: str, content_type: str, span: Span, size: int) -> bytes:
    """What stands before the bytes of one part of a `multipart/byteranges` body (14.6)."""
    lines = f"Content-Type: {content_type}\r\nContent-Range: {content_range(span, size)}"
    return f"\r\n--{boundary}\r\n{lines}\r\n\r\n".encode()


def parts_end(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode()


def _asked(element: str) -> Asked | None:
    found = _RANGE.fullmatch(element)
    if not found or element == "-":
        return None
    first, last = _number(found[1]), _number(found[2])
    return None if first is not None and last is not None and last < first else Asked(first, last)


def _number(digits: str) -> int | None:
    return int(digits.lstrip("0")[:_MAX_DIGITS] or "0") if digits else None


def _within(asked: Asked, size: int) -> Span | None:
    if asked.first is None:
        start, stop = max(size - (asked.last or 0), 0), size
    else:
        start, stop = asked.first, size if asked.last is None else min(asked.last + 1, size)
    return Span(start, stop) if start < stop else None
