"""One line of a pasted list: what stands before and behind its names. How a list is written is `text.py`'s to guess."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

from api_queue.formats.set_times import read_time
from api_queue.types import Milliseconds

#: Its number, counted from 1, and what stands there.
NumberedLine = tuple[int, str]
CLOCK: Final = r"\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:[.]\d{1,3})?(?!:?\d)"
#: As sites write a time that nobody set.
_NO_CLOCK: Final = r"(?:[?x-]{1,2}:){1,2}[?x-]{2}"
TIME: Final = rf"(?:\[\s*(?:{CLOCK})\s*\]|\(\s*(?:{CLOCK})\s*\)|{CLOCK}|\[\s*(?:{_NO_CLOCK}|\?|)\s*\]|{_NO_CLOCK})"
_RANGE: Final = re.compile(rf"({TIME})(?:\s*(?:[-\u2013\u2014]|to)\s*({TIME}))?[\s|:,;>\u2013\u2014-]*", re.ASCII)
#: `~`, `@` and pictures.
_BEFORE_TIME: Final = re.compile(rf"[^\w\s\[(?#]{{1,3}}\s?(?={TIME})", re.ASCII)
_INSIDE: Final = re.compile(CLOCK, re.ASCII)
#: Behind the names a bare time needs a blank before it.
_LAST: Final = re.compile(rf"(?:^|[\s|,;@\u2013\u2014-])({TIME})$", re.ASCII)
_NUMBER: Final = re.compile(
    r"(?:#\s?\d{1,3}[.):]?|[\[(]\d{1,3}[\])]|\d{1,3}(?:[.)\]]|:(?!\d)))(?!\d)[\s\u2013\u2014-]*", re.ASCII
)
#: Only where all rows have one is it no part of a name: `50 Cent`.
_BARE_NUMBER: Final = re.compile(r"(\d{1,3})(?:\s+[-\u2013\u2014|]\s+|[\s|]+)", re.ASCII)
_BETWEEN: Final = " \t|,;@\u2013\u2014-"
_WITH: Final = re.compile(r"w[/\\]\s*", re.IGNORECASE)
_BULLET: Final = re.compile(r"(?:[-*+>\u2022\u00b7\u25aa\u2023\u25ba\u2013\u2014]|#(?!\s?\d))\s+")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """`names` is what is left of `text`. `timed` where a time stands, be it one that nobody knows."""

    number: int
    text: str
    names: str
    start_ms: Milliseconds | None = None
    end_ms: Milliseconds | None = None
    timed: bool = False
    numbered: bool = False
    is_with: bool = False

    @property
    def is_row(self) -> bool:
        """Whatever else it says."""
        return self.timed or self.numbered or self.is_with

    @property
    def is_within(self) -> bool:
        """Of a list, and not its first row."""
        return self.is_with or (bool(self.start_ms) and not self.numbered)


class _Front:
    """Takes away what stands before the names, in whatever order; each of it once."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self.times: tuple[str, str] | None = None
        self.numbered = self.is_with = False

    def take(self, *, timed: bool) -> None:
        more = True
        self._cut(_BULLET)
        if timed:
            self._cut(_BEFORE_TIME)
        while more:
            more = (timed and self._time()) or self._number() or self._with()

    def _time(self) -> bool:
        found = None if self.times else self._cut(_RANGE)
        if found:
            self.times = (found[1], found[2] or "")
        return bool(found)

    def _number(self) -> bool:
        found = not self.numbered and bool(self._cut(_NUMBER))
        self.numbered |= found
        return found

    def _with(self) -> bool:
        found = not self.is_with and bool(self._cut(_WITH))
        self.is_with |= found
        return found

    def _cut(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.rest)
        if found:
            self.rest = self.rest[found.end() :]
        return found


def in_front(number: int, text: str) -> Line:
    """A line whose time, if it has one, stands before the names."""
    front = _Front(text)
    front.take(timed=True)
    start, end = front.times or ("", "")
    return _line(number, text, front, start, end)


def behind(number: int, text: str) -> Line:
    """As `in_front`, for a list that has its times behind the names."""
    last = _LAST.search(text)
    front = _Front(text[: last.start()].rstrip(_BETWEEN) if last else text)
    front.take(timed=False)
    front.times = (last[1], "") if last else None
    return _line(number, text, front, last[1] if last else "", "")


def counted(texts: Sequence[str]) -> list[str | None]:
    """Without the bare numbers that they begin with, where nearly all do and each number is one more than the last:
    `01 Artist - Title`. None for one that has none.
    """
    found = [_BARE_NUMBER.match(text) for text in texts]
    numbers = [int(each[1]) for each in found if each]
    rising = all(after == before + 1 for before, after in pairwise(numbers))
    if len(numbers) < 2 or not rising or 2 * len(numbers) < len(texts):
        return [None] * len(texts)
    return [each and text[each.end() :] for text, each in zip(texts, found, strict=True)]


def _line(number: int, text: str, front: _Front, start: str, end: str) -> Line:
    return Line(
        number=number,
        text=text,
        names=front.rest.strip(),
        start_ms=_ms(start),
        end_ms=_ms(end),
        timed=front.times is not None,
        numbered=front.numbered,
        is_with=front.is_with,
    )


def _ms(text: str) -> Milliseconds | None:
    found = _INSIDE.search(text)
    time_ms = read_time(found[0]) if found else None
    return None if time_ms is None else Milliseconds(time_ms)
