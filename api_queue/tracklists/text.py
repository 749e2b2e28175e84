"""A pasted list: `00:00 Artist - Title (Remix) [Label]`, however people write it.

What separates the names, on which side the times stand and whether bare numbers count is guessed of the whole text.
Each line that says something is a row or part of one, part of the head, or a finding.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from api_queue.formats.cue.sheet import Finding
from api_queue.tracklists.models import Entry, Facts, Parsed
from api_queue.tracklists.text_findings import lengths, no_row, of_names, of_times, too_long
from api_queue.tracklists.text_head import read_head
from api_queue.tracklists.text_layout import laid_out
from api_queue.tracklists.text_lines import Line, NumberedLine, behind, counted, in_front
from api_queue.tracklists.text_names import SEPARATORS, entry, guess, is_unknown
from api_queue.tracklists.text_tables import read_table

#: Of a text; what comes after is not looked at, and that is said.
MOST_LINES: Final = 5_000
#: Lists begin within their first minute; lengths of tracks seldom do.
_BEGIN_MS: Final = 60_000


def parse_text(text: str) -> Parsed:
    """Never raises."""
    written = text.splitlines()
    numbered = [*enumerate(written[:MOST_LINES], 1)]
    parsed = _table(numbered) or _list(numbered)
    findings = [*parsed.findings, *too_long(len(written), MOST_LINES)]
    return replace(parsed, findings=tuple(sorted(findings, key=lambda each: each.line)))


def parse_rows(rows: Sequence[Line], separator: str | None = None) -> Parsed:
    """Lines that are known to be rows."""
    separator = separator or guess([row.names for row in rows])
    entries = _timed_with(entry(row, separator) for row in rows)
    return Parsed(Facts(entries=entries), (*of_times(rows), *of_names(rows, separator)))


def _table(written: Sequence[NumberedLine]) -> Parsed | None:
    table = read_table(written)
    if table is None:
        return None
    of_rows = parse_rows(table.lines)
    head, rest = read_head([in_front(at, line) for at, line in laid_out(table.before)])
    facts = replace(head, entries=table.entries(of_rows.facts.entries))
    return Parsed(facts, (*table.findings, *_no_rows(rest), *of_rows.findings))


def _list(written: Sequence[NumberedLine]) -> Parsed:
    lines, of_sides = _read(laid_out(written))
    separator = guess([line.names for line in lines])
    rows, others = _rows(lines, separator)
    first = rows[0].number if rows else len(written) + 1
    head, rest = read_head([line for line in others if line.number < first])
    after = [line for line in others if line.number >= first]
    of_rows = parse_rows(rows, separator)
    findings = (*of_sides, *_no_rows((*rest, *after)), *of_rows.findings)
    return Parsed(replace(head, entries=of_rows.facts.entries), findings)


def _no_rows(lines: Iterable[Line]) -> Iterable[Finding]:
    return (no_row(line.number, line.text) for line in lines)


# -- how it is written -----------------------------------------------------------------------------------------


def _read(tidy: Sequence[NumberedLine]) -> tuple[list[Line], Sequence[Finding]]:
    """Times stand in front, unless more lines end in one. Bare numbers may stand before or behind them."""
    bare = counted([text for _, text in tidy])
    written = [(at, text if rest is None else rest) for (at, text), rest in zip(tidy, bare, strict=True)]
    front, back = ([side(at, text) for at, text in written] for side in (in_front, behind))
    at_end = sum(line.timed for line in back) > sum(line.timed for line in front)
    lines = back if at_end else front
    lines = [replace(line, numbered=line.numbered or rest is not None) for line, rest in zip(lines, bare, strict=True)]
    told = [lengths()] if at_end and _are_lengths(lines) else []
    if told:
        lines = [replace(line, start_ms=None) for line in lines]
    return [
        line if rest is None else replace(line, names=rest, numbered=True)
        for line, rest in zip(lines, counted([line.names for line in lines]), strict=True)
    ], told


def _are_lengths(lines: Sequence[Line]) -> bool:
    times = [line.start_ms for line in lines if line.start_ms is not None]
    return bool(times) and times[0] > _BEGIN_MS and any(after < before for before, after in pairwise(times))


# -- which lines are what --------------------------------------------------------------------------------------


def _rows(lines: Sequence[Line], separator: str) -> tuple[list[Line], list[Line]]:
    """And those that are none. Between the first and the last line that is one by its time, its number or its `w/`,
    a line with the separator is one without a time; without such lines, each that has it is.
    """
    certain = [at for at, line in enumerate(lines) if line.is_row]
    first, last = (certain[0], certain[-1]) if certain else (0, len(lines))
    while certain and first and lines[first].is_within and _follows(lines[first - 1], lines[first], separator):
        first -= 1
    while certain and last + 1 < len(lines) and _follows(lines[last + 1], lines[last], separator):
        last += 1
    rows: list[Line] = []
    others: list[Line] = []
    for at, line in enumerate(lines):
        is_row = line.names and (line.is_row or (first <= at <= last and _may_be_row(line, separator)))
        (rows if is_row else others).append(line)
    return rows, others


def _follows(line: Line, neighbour: Line, separator: str) -> bool:
    return abs(line.number - neighbour.number) == 1 and _may_be_row(line, separator)


def _may_be_row(line: Line, separator: str) -> bool:
    if "://" in line.names or " @ " in line.names:
        return False
    return bool(SEPARATORS[separator].search(line.names)) or is_unknown(line.names)


def _timed_with(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """What is played together with the row above has its time."""
    timed: list[Entry] = []
    for each in entries:
        if each.kind == "main" or not timed:
            timed.append(replace(each, kind="main"))
        else:
            timed.append(each if each.start_ms is not None else replace(each, start_ms=timed[-1].start_ms))
    return tuple(timed)
