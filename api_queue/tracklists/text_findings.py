"""What is said of a pasted list beside its rows."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from api_queue.formats.cue.sheet import Finding
from api_queue.formats.set_times import long_time
from api_queue.tracklists.text_lines import Line
from api_queue.tracklists.text_names import DASHES, MOST_CHARACTERS, is_unknown, separator_of


def no_row(number: int, text: str) -> Finding:
    return Finding("not_a_row", "warning", number, f"This is no row, and was left out: {_short(text)}")


def too_long(lines: int, most: int) -> Iterable[Finding]:
    if lines > most:
        said = f"The text has {lines:,} lines; what stands here and below was not looked at."
        yield Finding("too_long", "error", most + 1, said)


def lengths() -> Finding:
    said = "The times are lengths of tracks, by how they go up and down: they do not tell when a track begins."
    return Finding("lengths", "warning", 0, said)


def columns_left_out(number: int, names: Sequence[str]) -> Finding:
    said = f"A tracklist has nothing of these columns, and they were left out: {_short(', '.join(names))}"
    return Finding("columns_left_out", "warning", number, said)


def of_times(rows: Sequence[Line]) -> Iterable[Finding]:
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


def of_names(rows: Sequence[Line], separator: str) -> Iterable[Finding]:
    for row in rows:
        used = separator_of(row.names, separator)
        if used is None and not is_unknown(row.names):
            said = f"Nothing stands between artist and title, so all of it is the title: {_short(row.names)}"
            yield Finding("no_separator", "warning", row.number, said)
        elif used not in {separator, None} and not {used, separator} <= DASHES:
            said = f"Artist and title are set apart by the {used} here, and by the {separator} elsewhere."
            yield Finding("other_separator", "warning", row.number, said)
        if len(row.names) > MOST_CHARACTERS:
            said = f"Names have at most {MOST_CHARACTERS} characters; what is longer was cut off."
            yield Finding("name_cut", "warning", row.number, said)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}\u2026"
