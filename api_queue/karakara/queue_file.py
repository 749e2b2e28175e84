"""KaraKara's `queue.csv`, as it is moved over: names in the first line, then one item a line in playing order.

Columns are found by their names. All but the first two may be missing, and others are passed over.
"""

import csv
import hashlib
import io
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from api_queue.errors import StartRefused
from api_queue.karakara.queue_wire import item_of
from api_queue.queues.variants import DEFAULT, Variants
from api_queue.types import ItemId

_NEEDED: Final = ("track_id", "performer_name")
#: Ids are numbers of this many bits.
_ID_BITS: Final = 50
_NUMBER: Final = re.compile(r"[0-9]{1,16}")


class Row(Struct, frozen=True):
    """`line` is where it ends, 1 is that of the names; `end_ms` when it is over, None while nothing plays."""

    line: int
    item_id: ItemId
    track_id: str
    performer_name: str
    variants: Variants
    end_ms: int | None


def rows(text: str) -> list[Row]:
    """Raises StartRefused for what is no such file."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), restval="")
    seen: Counter[str] = Counter()
    try:
        _check(reader.fieldnames or ())
        return [_row(cells, reader.line_num, seen) for cells in reader]
    except csv.Error as error:
        raise StartRefused(reason=f"The queue cannot be read at line {reader.line_num + 1}: {error}.") from None


def _check(names: Sequence[str]) -> None:
    if missing := [name for name in _NEEDED if name not in names]:
        raise StartRefused(
            reason=f"The queue's first line has no {' and no '.join(missing)}: KaraKara's queue.csv begins with the "
            "names of its columns, with commas between them."
        )


def _row(cells: Mapping[str, str], line: int, seen: Counter[str]) -> Row:
    track_id, performer_name = (cells[name] for name in _NEEDED)
    video, subtitle = (cells.get(f"{kind}_variant") for kind in ("video", "subtitle"))
    variants = Variants(video or DEFAULT.video, subtitle or DEFAULT.subtitle)
    return Row(line, _item_id(cells, seen), track_id, performer_name, variants, _end_ms(cells))


def _item_id(cells: Mapping[str, str], seen: Counter[str]) -> ItemId:
    """The file's own. Without a whole number one that is the same again when the same file is: an item is then known
    by its track, its performer and how many such are above it.
    """
    text = cells.get("id", "")
    if _NUMBER.fullmatch(text) and int(text) < 2**_ID_BITS:
        return item_of(int(text))
    what = f"{cells['track_id']}\n{cells['performer_name']}"
    seen[what] += 1
    digest = hashlib.sha256(f"{seen[what]}\n{what}".encode()).digest()
    return item_of(int.from_bytes(digest) >> (8 * len(digest) - _ID_BITS))


def _end_ms(cells: Mapping[str, str]) -> int | None:
    start_s = _seconds(cells.get("start_time", ""))
    return None if start_s is None else round((start_s + (_seconds(cells.get("track_duration", "")) or 0)) * 1000)


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None
