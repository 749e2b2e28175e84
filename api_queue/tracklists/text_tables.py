"""A list under the names of its columns: what rekordbox, Serato and Traktor write of a night, and tables of sites."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from msgspec.structs import replace

from api_queue.formats.cue.sheet import Finding
from api_queue.tracklists.models import Entry
from api_queue.tracklists.text_findings import columns_left_out, lengths, no_row
from api_queue.tracklists.text_lines import Line, NumberedLine
from api_queue.types import Milliseconds

#: What a column may be called, the best name first.
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "title": ("title", "track title", "song title", "track name", "song", "name", "track"),
    "artist": ("artist", "artists", "track artist", "performer"),
    "remix": ("remixer", "remix", "mix", "version"),
    "label": ("label", "record label"),
    "genre": ("genre",),
    "key": ("key",),
    "bpm": ("bpm", "tempo"),
    "start": ("start time", "start", "timestamp", "time played", "played at", "cue", "time"),
}
#: Names of what is told otherwise.
_NUMBERS: Final = frozenset({"", "#", "no", "no.", "nr", "nr.", "number", "pos", "position", "track"})
_DELIMITERS: Final = ("\t", ";", ",", "|")
_CLOCK: Final = re.compile(r"(?i)(?<![\d:])(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?:[.,]\d+)?\s*([ap]m)?$", re.ASCII)
_DATE: Final = re.compile(r"\d{1,4}([/.-])\d{1,2}\1\d{1,4}", re.ASCII)
_RULER: Final = re.compile(r"[\s|:+-]+")
_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 3_600_000
#: Lines in which the names of the columns may stand.
_LOOK_AT: Final = 20
_LONGEST: Final = 1_000


class Table(NamedTuple):
    """`lines` are its rows, with their `cells` by what they tell; `before` is what stands over the names of the
    columns.
    """

    lines: Sequence[Line]
    before: Sequence[NumberedLine]
    findings: Sequence[Finding]
    cells: Sequence[Mapping[str, str]]

    def entries(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Those that were made of the rows, with what has a column of its own."""
        return tuple(_with_cells(entry, cells) for entry, cells in zip(entries, self.cells, strict=True))


def read_table(written: Sequence[NumberedLine]) -> Table | None:
    """Of numbered lines as they were written; None where no line names the columns."""
    for place, (at, line) in enumerate(written[:_LOOK_AT]):
        if len(line) > _LONGEST:
            continue
        for delimiter in _DELIMITERS:
            names = [cell.casefold() for cell in _cells(line, delimiter)]
            columns = {fact: column for fact, column in _columns(names) if column is not None}
            if "title" in columns and ("artist" in columns or "start" in columns) and len(names) > 1:
                rows = [(n, _cells(text, delimiter)) for n, text in written[place + 1 :] if not _RULER.fullmatch(text)]
                left_out = [name for n, name in enumerate(names) if n not in columns.values() and name not in _NUMBERS]
                told = [columns_left_out(at, left_out)] if left_out else []
                return _table(rows, columns, written[:place], told)
    return None


def _columns(names: Sequence[str]) -> Iterator[tuple[str, int | None]]:
    for fact, known in _NAMES.items():
        yield fact, next((names.index(name) for name in known if name in names), None)


def _cells(line: str, delimiter: str) -> list[str]:
    """Pipes may stand around a row, too."""
    text = line.strip().strip("|") if delimiter == "|" else line.strip("\r\n")
    quoted = delimiter in ",;" and len(text) < csv.field_size_limit()
    row = next(csv.reader([text], delimiter=delimiter), []) if quoted else text.split(delimiter)
    return [" ".join(cell.split()) for cell in row]


def _table(
    rows: Sequence[tuple[int, Sequence[str]]],
    columns: Mapping[str, int],
    before: Sequence[NumberedLine],
    findings: Sequence[Finding],
) -> Table:
    cells = [(n, {fact: row[column] for fact, column in columns.items() if column < len(row)}) for n, row in rows]
    tracks = [(n, each) for n, each in cells if each.get("title") and not _DATE.fullmatch(each["title"])]
    taken = {n for n, _ in tracks}
    told = [no_row(n, " ".join(filter(None, row))) for n, row in rows if n not in taken and any(row)]
    starts = _starts([each.get("start", "") for _, each in tracks])
    if any(_clock(each.get("start", "")) for _, each in tracks) and not any(start is not None for start in starts):
        told.append(lengths())
    lines = [_line(n, each, start) for (n, each), start in zip(tracks, starts, strict=True)]
    return Table(lines, before, [*findings, *told], [each for _, each in tracks])


def _line(number: int, cells: Mapping[str, str], start_ms: Milliseconds | None) -> Line:
    names = "\t".join(filter(None, (cells.get("artist"), cells["title"], cells.get("artist") and cells.get("label"))))
    return Line(number=number, text=names, names=names, start_ms=start_ms, timed=start_ms is not None)


def _starts(texts: Sequence[str]) -> list[Milliseconds | None]:
    """Times of day count from the first. Those that fall, or begin later than lists do, are lengths of tracks."""
    clocks = [_clock(text) for text in texts]
    known = [each for each in clocks if each is not None]
    zero = known[0] if known and known[0] >= _HOUR_MS else 0
    days = [each + 24 * _HOUR_MS if zero and each < zero else each for each in known]
    if not known or any(after < before for before, after in pairwise(days)) or days[0] - zero > _MINUTE_MS:
        return [None] * len(texts)
    of_known = iter(days)
    return [None if each is None else Milliseconds(next(of_known) - zero) for each in clocks]


def _clock(text: str) -> int | None:
    """In ms; `9:05:10 PM` is five past 21."""
    found = _CLOCK.search(text)
    if not found:
        return None
    first, second, third, half = found.groups()
    whole_s = int(first) * 60 + int(second) if third is None else (int(first) * 60 + int(second)) * 60 + int(third)
    if half:
        whole_s = whole_s % (12 * 3600) + (12 * 3600 if half.casefold() == "pm" else 0)
    return whole_s * 1000


def _with_cells(entry: Entry, cells: Mapping[str, str]) -> Entry:
    bpm = re.fullmatch(r"\d{2,3}(?:\.\d+)?", cells.get("bpm", "").replace(",", "."))
    return replace(
        entry,
        remix=entry.remix or cells.get("remix") or None,
        genre=cells.get("genre") or None,
        key=(cells.get("key") or "")[:20] or None,
        bpm=float(bpm[0]) if bpm and 60 <= float(bpm[0]) <= 200 else None,
    )
