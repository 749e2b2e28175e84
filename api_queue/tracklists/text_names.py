"""The names of a row: artist, title, version and label, whatever stands between them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from api_queue.tracklists.models import Entry
from api_queue.tracklists.text_lines import Line
from api_queue.tracklists.track_names import split_title

#: By their names; the first of equals wins.
SEPARATORS: Final[Mapping[str, re.Pattern[str]]] = {
    "tab": re.compile(r"[ ]*\t\s*"),
    "pipe": re.compile(r"\s*\|\s*"),
    "em dash": re.compile(r"\s*[\u2014\uff0d]\s*"),
    "en dash": re.compile(r"\s*\u2013\s*"),
    "hyphen": re.compile(r"\s+-+\s+"),
    "loose hyphen": re.compile(r"\s+-+|(?<!-)-+\s+"),
    "by": re.compile(r"\s+by\s+"),
    "slash": re.compile(r"\s+/\s+|\s*\uff0f\s*"),
    "tilde": re.compile(r"\s+~\s+"),
}
#: Where a row has none of those before. A title by somebody comes after a loose hyphen.
_LAST_RESORTS: Final = ("loose hyphen", "by")
#: Part of so many titles that they count only where most rows have them.
_OF_MOST: Final = ("slash", "tilde")
DASHES: Final = frozenset({"em dash", "en dash", "hyphen", "loose hyphen"})
_LABEL: Final = re.compile(r"\[([^\[\]]+)\]$")
_QUOTES: Final = ('"', '"'), ("\u201c", "\u201d"), ("'", "'"), ("\u2018", "\u2019")
_UNKNOWN: Final = re.compile(r"(?i)(?:id|unknown|unknown (?:artist|title|track)|[?]+|id\s*[?])\s*(?:\([^()]*\))?$")
#: Of a name; what is longer is none.
MOST_CHARACTERS: Final = 500


def guess(names: Sequence[str]) -> str:
    """The separator of a list: what comes first in most rows."""
    votes = Counter(first for each in names if (first := _first(each)))
    most = max(SEPARATORS, key=lambda name: votes[name])
    if 2 * votes[most] >= len(names):
        return most
    return next(
        (name for name in _OF_MOST if 2 * sum(map(bool, map(SEPARATORS[name].search, names))) > len(names)), most
    )


def separator_of(names: str, usual: str) -> str | None:
    """The usual one, if it is here."""
    hit = SEPARATORS[usual].search(names)
    return usual if hit and hit.start() else _first(names)


def is_unknown(text: str) -> bool:
    return bool(_UNKNOWN.match(text))


def entry(row: Line, separator: str) -> Entry:
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
        is_id=is_unknown(artist) or is_unknown(plain),
    )


def _first(names: str) -> str | None:
    """The separator that comes first here."""
    found = {name: hit.start() for name, each in SEPARATORS.items() if (hit := each.search(names)) and hit.start()}
    plain = {name: at for name, at in found.items() if name not in {*_LAST_RESORTS, *_OF_MOST}}
    return min(plain, key=plain.__getitem__) if plain else next((name for name in _LAST_RESORTS if name in found), None)


def _split(names: str, separator: str) -> tuple[str, str, str | None]:
    """Artist, title, and a label where it has a column of its own."""
    used = separator_of(names, separator)
    if used is None:
        return ("ID", "ID", None) if is_unknown(names) else ("", names, None)
    before, after = (part.strip() for part in SEPARATORS[used].split(names, maxsplit=1))
    if used == "by":
        return after, before, None
    if used == "tab":
        before = before.rstrip(" \u2013\u2014") or before
    for column in ("tab", "pipe"):
        title, *label = SEPARATORS[column].split(after, maxsplit=1)
        if label and title:
            return before, title, label[0].strip("[]()| \t") or None
    return before, after, None


def _unquoted(title: str) -> str:
    pairs = (pair for pair in _QUOTES if len(title) > 2 and title.startswith(pair[0]) and title.endswith(pair[1]))
    return title[1:-1].strip() if next(pairs, None) else title
