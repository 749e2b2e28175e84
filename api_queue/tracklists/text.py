"""A pasted list: `00:00 Artist - Title (Remix) [Label]`, however people write it.

What separates the names, on which side the times stand and whether bare numbers count is guessed of the whole text.
Each line that says something is a row, part of the head, or a finding.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from api_queue.formats.cue.sheet import Finding
from api_queue.formats.set_times import long_time
from api_queue.tracklists.models import Entry, Facts, Parsed
from api_queue.tracklists.set_titles import valid_date
from api_queue.tracklists.text_lines import Line, behind, counted, in_front
from api_queue.tracklists.track_names import split_title

#: By their names; the first of equals wins. A title by somebody is tried where nothing else is there.
SEPARATORS: Final[Mapping[str, re.Pattern[str]]] = {
    "tab": re.compile(r"[ ]*\t\s*"),
    "pipe": re.compile(r"\s*\|\s*"),
    "em dash": re.compile(r"\s*\u2014\s*"),
    "en dash": re.compile(r"\s*\u2013\s*"),
    "hyphen": re.compile(r"\s+-+\s+"),
    "loose hyphen": re.compile(r"\s+-+|(?<!-)-+\s+"),
    "by": re.compile(r"\s+by\s+"),
}
_LAST_RESORTS: Final = ("loose hyphen", "by")
_DASHES: Final = frozenset({"em dash", "en dash", "hyphen", "loose hyphen"})
_LABEL: Final = re.compile(r"\[([^\[\]]+)\]$")
_QUOTES: Final = ('"', '"'), ("\u201c", "\u201d"), ("'", "'"), ("\u2018", "\u2019")
_UNKNOWN: Final = re.compile(r"(?i)(?:id|unknown|unknown (?:artist|title|track)|[?]+|id\s*[?])\s*(?:\([^()]*\))?$")
_DATE: Final = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)[)\]]?$", re.ASCII)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
#: Characters of a name; what is longer is no name.
MOST_CHARACTERS: Final = 500
#: Of a text; what comes after is not looked at, and that is said.
MOST_LINES: Final = 5_000


def parse_text(text: str) -> Parsed:
    """Never raises."""
    written = text.splitlines()
    tidy = [(at, _tidy(line)) for at, line in enumerate(written[:MOST_LINES], 1)]
    lines = _read([(at, line) for at, line in tidy if line])
    separator = _guess(lines)
    rows, others = _rows(lines, separator)
    head, rest = _head([line for line in others if not rows or line.number < rows[0].number])
    after = [line for line in others if rows and line.number > rows[0].number]
    of_rows = parse_rows(rows, separator)
    findings = [*map(_no_row, (*rest, *after)), *_too_long(written), *of_rows.findings]
    facts = replace(head, entries=of_rows.facts.entries)
    return Parsed(facts, tuple(sorted(findings, key=lambda each: each.line)))


def parse_rows(rows: Sequence[Line], separator: str | None = None) -> Parsed:
    """Lines that are known to be rows."""
    separator = separator or _guess(rows)
    entries = _timed_with(_entry(row, separator) for row in rows)
    return Parsed(Facts(entries=entries), (*_times(rows), *_names(rows, separator)))


def _tidy(line: str) -> str:
    """A tab stays one; of other blanks in a row one stays, so that no pattern looks through them twice."""
    columns = (" ".join(column.split()) for column in line.translate(_INVISIBLE).split("\t"))
    return "\t".join(column for column in columns if column)


# -- how it is written -----------------------------------------------------------------------------------------


def _read(tidy: Sequence[tuple[int, str]]) -> list[Line]:
    """Times stand in front, unless more lines end in one. Bare numbers may stand before or behind them."""
    bare = counted([text for _, text in tidy])
    written = [(at, text if rest is None else rest) for (at, text), rest in zip(tidy, bare, strict=True)]
    front, back = ([side(at, text) for at, text in written] for side in (in_front, behind))
    lines = back if sum(line.timed for line in back) > sum(line.timed for line in front) else front
    lines = [replace(line, numbered=line.numbered or rest is not None) for line, rest in zip(lines, bare, strict=True)]
    return [
        line if rest is None else replace(line, names=rest, numbered=True)
        for line, rest in zip(lines, counted([line.names for line in lines]), strict=True)
    ]


def _guess(lines: Iterable[Line]) -> str:
    """What comes first in most lines."""
    votes = Counter(first for line in lines if (first := _first(line.names)))
    return max(SEPARATORS, key=lambda name: votes[name])


def _first(names: str) -> str | None:
    """The separator that comes first here."""
    found = {name: hit.start() for name, each in SEPARATORS.items() if (hit := each.search(names)) and hit.start()}
    plain = {name: at for name, at in found.items() if name not in _LAST_RESORTS}
    return min(plain, key=plain.__getitem__) if plain else next((name for name in _LAST_RESORTS if name in found), None)


# -- which lines are what --------------------------------------------------------------------------------------


def _rows(lines: Sequence[Line], separator: str) -> tuple[list[Line], list[Line]]:
    """And those that are none. Between the first and the last line that is one by its time, its number or its `w/`,
    a line with the separator is one without a time; without such lines, each that has it is.
    """
    certain = [at for at, line in enumerate(lines) if line.is_row]
    first, last = (certain[0], certain[-1]) if certain else (0, len(lines))
    while certain and last + 1 < len(lines) and _follows(lines[last], lines[last + 1], separator):
        last += 1
    rows = [
        line
        for at, line in enumerate(lines)
        if line.names and (line.is_row or (first <= at <= last and _may_be_row(line, separator)))
    ]
    taken = {row.number for row in rows}
    return rows, [line for line in lines if line.number not in taken]


def _follows(line: Line, following: Line, separator: str) -> bool:
    return following.number == line.number + 1 and _may_be_row(following, separator)


def _may_be_row(line: Line, separator: str) -> bool:
    if "://" in line.names or " @ " in line.names:
        return False
    return bool(SEPARATORS[separator].search(line.names)) or _is_unknown(line.names)


def _head(lines: Sequence[Line]) -> tuple[Facts, Sequence[Line]]:
    """`DJ @ Event, Place 2024-07-20` of the lines before the rows, and the other lines."""
    for at, line in enumerate(lines):
        dated = _DATE.search(line.text)
        if " @ " in line.text or (dated and valid_date(dated[1])):
            return head_facts(line.text), [*lines[:at], *lines[at + 1 :]]
    return Facts(), lines


def head_facts(text: str) -> Facts:
    """What stands behind the `@` is the event, and behind its first comma the place."""
    dated = _DATE.search(text)
    day = dated[1] if dated and valid_date(dated[1]) else None
    words = text[: dated.start()].rstrip(" ([,|-\t") if dated and day else text
    dj_name, at, event = (part.strip()[:MOST_CHARACTERS] for part in words.partition(" @ "))
    event_name, _, venue = (part.strip() for part in event.partition(","))
    if not at:
        return Facts(title=dj_name or None, date=day)
    return Facts(title=text[:MOST_CHARACTERS], dj_name=dj_name, event_name=event_name, venue=venue or None, date=day)


# -- rows ------------------------------------------------------------------------------------------------------


def _entry(row: Line, separator: str) -> Entry:
    artist, title, label = _split(row.names, separator)
    in_title = _LABEL.search(title)
    if in_title and in_title.start():
        label, title = label or in_title[1].strip(), title[: in_title.start()].strip()
    plain, remix = split_title(_unquoted(title))
    return Entry(
        artist=artist[:MOST_CHARACTERS],
        title=(plain or "ID")[:MOST_CHARACTERS],
        remix=remix and remix[:MOST_CHARACTERS],
        label=label and label[:MOST_CHARACTERS],
        start_ms=row.start_ms,
        end_ms=row.end_ms if row.end_ms and row.end_ms > (row.start_ms or 0) else None,
        kind="with" if row.is_with else "main",
        is_id=_is_unknown(artist) or _is_unknown(plain),
    )


def _split(names: str, separator: str) -> tuple[str, str, str | None]:
    """Artist, title, and a label where it has a column of its own."""
    used = _used(names, separator)
    if used is None:
        return ("ID", "ID", None) if _is_unknown(names) else ("", names, None)
    before, after = (part.strip() for part in SEPARATORS[used].split(names, maxsplit=1))
    if used == "by":
        return after, before, None
    for column in ("tab", "pipe"):
        title, *label = SEPARATORS[column].split(after, maxsplit=1)
        if label and title:
            return before, title, label[0].strip("[]()| \t") or None
    return before, after, None


def _used(names: str, separator: str) -> str | None:
    hit = SEPARATORS[separator].search(names)
    return separator if hit and hit.start() else _first(names)


def _timed_with(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """What is played together with the row above has its time."""
    timed: list[Entry] = []
    for entry in entries:
        if entry.kind == "main" or not timed:
            timed.append(replace(entry, kind="main"))
        else:
            timed.append(entry if entry.start_ms is not None else replace(entry, start_ms=timed[-1].start_ms))
    return tuple(timed)


def _is_unknown(text: str) -> bool:
    return bool(_UNKNOWN.match(text))


def _unquoted(title: str) -> str:
    pairs = (pair for pair in _QUOTES if len(title) > 2 and title.startswith(pair[0]) and title.endswith(pair[1]))
    return title[1:-1].strip() if next(pairs, None) else title


# -- findings --------------------------------------------------------------------------------------------------


def _no_row(line: Line) -> Finding:
    said = f"This is no row, and was left out: {_short(line.text)}"
    return Finding("not_a_row", "warning", line.number, said)


def _too_long(written: Sequence[str]) -> Iterable[Finding]:
    if len(written) > MOST_LINES:
        said = f"The text has {len(written):,} lines; what stands here and below was not looked at."
        yield Finding("too_long", "error", MOST_LINES + 1, said)


def _times(rows: Sequence[Line]) -> Iterable[Finding]:
    """Of main rows: the others have the time of the row above."""
    main = [row for row in rows if not row.is_with]
    if rows and not any(row.start_ms is not None for row in main):
        yield Finding("no_times", "warning", 0, "No row has a time; set them before the list is published.")
    else:
        for row in main:
            if row.start_ms is None:
                yield Finding("no_time", "warning", row.number, f"No time stands here: {_short(row.names)}")
    timed = [(row, row.start_ms) for row in main if row.start_ms is not None]
    for (_, before_ms), (row, start_ms) in pairwise(timed):
        if start_ms < before_ms:
            said = f"{long_time(start_ms)} lies before the time of the row above, {long_time(before_ms)}."
            yield Finding("times_fall", "warning", row.number, said)


def _names(rows: Sequence[Line], separator: str) -> Iterable[Finding]:
    for row in rows:
        used = _used(row.names, separator)
        if used is None and not _is_unknown(row.names):
            said = f"Nothing stands between artist and title, so all of it is the title: {_short(row.names)}"
            yield Finding("no_separator", "warning", row.number, said)
        elif used not in {separator, None} and not {used, separator} <= _DASHES:
            said = f"Artist and title are set apart by the {used} here, and by the {separator} elsewhere."
            yield Finding("other_separator", "warning", row.number, said)
        if len(row.names) > MOST_CHARACTERS:
            said = f"Names have at most {MOST_CHARACTERS} characters; what is longer was cut off."
            yield Finding("name_cut", "warning", row.number, said)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}\u2026"
