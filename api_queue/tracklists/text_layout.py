"""How a pasted list is laid out: each row becomes one line, whatever the place that it comes from has put around it."""

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from itertools import pairwise
from typing import Final

from api_queue.formats.set_times import long_time
from api_queue.tracklists.text_lines import CLOCK, TIME, NumberedLine

_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
_ENTITY: Final = re.compile(r"&(?:#\d{1,6}|#x[\da-fA-F]{1,5}|amp|quot|apos|lt|gt|nbsp);", re.ASCII)
_LINK: Final = re.compile(r"\[([^\[\]]+)\]\(https?://[^\s()]*\)")
_BOLD: Final = re.compile(r"\*\*|__|(?<!\S)([*_])(?=\w)([^*_]+)(?<=\w)\1(?!\S)")
_WIDE: Final = re.compile(r"[\d\uff10-\uff19]{1,3}(?:\uff1a[\d\uff10-\uff19]{2}){1,2}", re.ASCII)
_NARROW: Final = {0xFF1A: ":", **{0xFF10 + digit: f"{digit}" for digit in range(10)}}
#: `1h02m03s` and `4'12"`.
_SPELLED: Final = re.compile(
    r"^(?:(\d{1,2})h\s?([0-5]?\d)m(?:\s?([0-5]?\d)s)?|(\d{1,3})['\u2019\u2032]([0-5]\d)[\"\u201d\u2033])(?=\s)",
    re.ASCII,
)
_POINT: Final = re.compile(r"(\d{1,3})\.([0-5]\d)(?=\s)", re.ASCII)
#: `[04]` as MixesDB writes minutes.
_MINUTES: Final = re.compile(r"\[(\d{1,3}|\?{1,3})\](?=\s)", re.ASCII)
#: `A1` of a record's side, `1-01` of a disc.
_PLACE: Final = re.compile(r"([A-Z]\d{1,2}|\d-\d\d)[.)]?[\s]+(?:[-\u2013]\s+)?", re.ASCII)
_ALONE: Final = re.compile(rf"(?:\d{{1,3}}[.)]\s*)?{TIME}", re.ASCII)
_COUNT: Final = re.compile(r"(\d{1,3})[.)]?", re.ASCII)
_BY: Final = re.compile(r"by\s+(\S.*)", re.IGNORECASE)
_IN_A_ROW: Final = re.compile(rf"\s+(?=[\[(]?{CLOCK})", re.ASCII)
_ROW: Final = re.compile(rf"[\[(]?({CLOCK})[\])]?[^\w\n]*\w", re.ASCII)
#: Of a line that may be several rows.
_LONGEST: Final = 50_000
_DIVIDED: Final = re.compile(r"\t|\||\s[-\u2013\u2014]+\s|[\u2013\u2014]")


def laid_out(written: Sequence[NumberedLine]) -> list[NumberedLine]:
    """One line a row; those that say nothing are gone."""
    tidy = [(at, text) for at, line in written if (text := tidied(line))]
    lines = [each for line in tidy for each in _apart(*line)]
    for step in (_with_artists, _with_counts, _with_times):
        lines = step(lines)
    return _with_clocks(lines)


def tidied(line: str) -> str:
    """Without the marks of Markdown and HTML. A tab stays one; of other blanks in a row one stays, so that no pattern
    looks through them twice.
    """
    plain = _BOLD.sub(r"\2", _LINK.sub(r"\1", _ENTITY.sub(lambda found: unescape(found[0]), line)))
    columns = (" ".join(column.split()) for column in plain.translate(_INVISIBLE).split("\t"))
    return _SPELLED.sub(_spelled, _WIDE.sub(_narrowed, "\t".join(column for column in columns if column)))


def _narrowed(found: re.Match[str]) -> str:
    return found[0].translate(_NARROW)


def _spelled(found: re.Match[str]) -> str:
    hours, minutes, seconds, all_minutes, of_minute = (int(each or 0) for each in found.groups())
    return long_time((hours * 3600 + (minutes + all_minutes) * 60 + seconds + of_minute) * 1000)


# -- rows and lines --------------------------------------------------------------------------------------------


def _apart(at: int, text: str) -> list[NumberedLine]:
    """Three rows and more in one line: `0:00 A - B 3:00 C - D 6:00 E - F`."""
    pieces = _IN_A_ROW.split(text) if len(text) < _LONGEST else [text]
    timed = sum(bool(_ROW.match(piece)) for piece in pieces)
    if timed < 3 or timed < len(pieces) - 1:
        return [(at, text)]
    return [(at, piece) for piece in pieces]


def _with_artists(lines: Sequence[NumberedLine]) -> list[NumberedLine]:
    """A title, and `by Artist` below."""
    by = {place for place, (_, text) in enumerate(lines) if place and _BY.fullmatch(text)}
    if len(by) < 2:
        return [*lines]
    return [*_joined(lines, by, above=True, join=lambda said, title: f"{_without_by(said)}\t{title}")]


def _without_by(text: str) -> str:
    found = _BY.fullmatch(text)
    return found[1] if found else text


def _with_counts(lines: Sequence[NumberedLine]) -> list[NumberedLine]:
    """A number, and the row below."""
    counts = {place: int(found[1]) for place, (_, text) in enumerate(lines) if (found := _COUNT.fullmatch(text))}
    if len(counts) < 2 or not _counting([*counts.values()]):
        return [*lines]
    return [*_joined(lines, set(counts), above=False, join=lambda count, row: f"{count.rstrip('.)')}. {row}")]


def _with_times(lines: Sequence[NumberedLine]) -> list[NumberedLine]:
    """A time, and the row below it or above."""
    alone = [place for place, (_, text) in enumerate(lines) if _ALONE.fullmatch(text)]
    if len(alone) < 2:
        return [*lines]
    row = next((place for place, (_, text) in enumerate(lines) if _DIVIDED.search(text)), len(lines))
    return [*_joined(lines, set(alone), above=alone[0] > row, join=lambda time, names: f"{time} {names}")]


def _joined(
    lines: Sequence[NumberedLine], parts: set[int], *, above: bool, join: Callable[[str, str], str]
) -> Iterator[NumberedLine]:
    """Each of `parts` with its neighbour, unless that is one too, or has a time in front already."""
    step = -1 if above else 1
    pairs = {place: place + step for place in parts if _may_join(lines, parts, place + step)}
    rows = {row: place for place, row in pairs.items()}
    for place, (at, text) in enumerate(lines):
        if place in rows:
            part_at, part = lines[rows[place]]
            yield min(at, part_at), join(part, text)
        elif place not in pairs:
            yield at, text


def _may_join(lines: Sequence[NumberedLine], parts: set[int], place: int) -> bool:
    return 0 <= place < len(lines) and place not in parts and not _ROW.match(lines[place][1])


# -- numbers and times -----------------------------------------------------------------------------------------


def _with_clocks(lines: Sequence[NumberedLine]) -> list[NumberedLine]:
    """What counts as a time, and as a number, only where most lines begin with one."""
    texts = [text for _, text in lines]
    for read in (_minutes, _points, _places):
        texts = read(texts)
    return [(at, text) for (at, _), text in zip(lines, texts, strict=True)]


def _minutes(texts: list[str]) -> list[str]:
    """`[04]`; where they count the rows they are numbers."""
    known = [int(found[1]) for text in texts if (found := _MINUTES.match(text)) and found[1].isdigit()]
    if not _are_most(known, texts) or (known[0] != 0 and (known[0] == 1 or _counting(known))):
        return texts
    return [_MINUTES.sub(lambda found: f"[{found[1]}:00]" if found[1].isdigit() else "[?]", text, 1) for text in texts]


def _points(texts: list[str]) -> list[str]:
    """`4.12`, in a list that begins within its first minute."""
    known = [int(found[1]) * 60 + int(found[2]) for text in texts if (found := _POINT.match(text))]
    if not _are_most(known, texts) or known[0] >= 60:
        return texts
    return [_POINT.sub(r"\1:\2", text, 1) if _POINT.match(text) else text for text in texts]


def _places(texts: list[str]) -> list[str]:
    """`A1` and `1-01` are numbers."""
    known = [(found[1][0], int(found[1][1:].lstrip("-"))) for text in texts if (found := _PLACE.match(text))]
    if not _are_most(known, texts) or len(set(known)) < len(known):
        return texts
    return [
        f"{place}. {text[found.end() :]}" if (found := _PLACE.match(text)) else text
        for place, text in enumerate(texts, 1)
    ]


def _are_most(known: Sequence[object], texts: Sequence[str]) -> bool:
    """And never fall."""
    return len(known) > 1 and 2 * len(known) >= len(texts) and [*known] == sorted(known)  # type: ignore[type-var]


def _counting(numbers: Sequence[int]) -> bool:
    return all(after == before + 1 for before, after in pairwise(numbers))
