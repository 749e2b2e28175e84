"""One CSV line for each item, RFC 4180 quoting, as Redis keeps it and `queue.csv` sends it.

The first four columns are seed 000's. Spreadsheets run cells that start with `= + - @`; what is made for them
(`spreadsheet_rows`) carries an apostrophe in front.
"""

import csv
from collections.abc import Iterable, Sequence
from typing import Final, cast

COLUMNS: Final = (
    "track_id",
    "performer_name",
    "session_owner",
    "timestamp_play",
    "id",
    "timestamp_added",
    "track_duration_ms",
    "weight",
    "status",
    "added_by",
    "key_shift",
    "tempo",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """`writerow` returns what the file's `write` returned, so one writer serves all lines and nothing is kept.

    The line end is cut off here and not left out of the dialect: the writer quotes only line breaks that it knows of.
    """

    @staticmethod
    def write(line: str) -> str:
        return line.removesuffix("\r\n")


_writerow = csv.writer(_Echo(), lineterminator="\r\n").writerow


def encode_line(cells: Sequence[object]) -> str:
    """Without the line end. None is an empty cell."""
    return cast("str", _writerow(cells))


def decode_line(line: str) -> list[str]:
    """ValueError unless the line is CSV with exactly the columns above."""
    try:
        cells = next(csv.reader((line,), strict=True), [])
    except csv.Error as error:
        raise ValueError(f"no line of CSV, {error}: {line!r}") from None
    if len(cells) != len(COLUMNS):
        raise ValueError(f"an item has {len(COLUMNS)} columns, this line {len(cells)}: {line!r}")
    return cells


def document(heading: Sequence[str], lines: Iterable[str]) -> str:
    return "\r\n".join((encode_line(heading), *lines, ""))


def spreadsheet_rows(rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """Lines whose cells a spreadsheet shows and never runs (OWASP, CSV injection)."""
    return (encode_line([_shown(cell) for cell in row]) for row in rows)


def _shown(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
