"""When the rows of a page begin. A page says it up to three times, and is silent in a way that looks like 0:00.

Printed text counts first, then the seconds of the page's script. 0 without text is unset; but the first row begins at
0:00 as soon as any row has a time. This is how the site exports its own lists.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from api_queue.formats.cue.sheet import Finding
from api_queue.formats.set_times import read_time
from api_queue.tracklists.page_rows import PageRow
from api_queue.tracklists.page_tree import Element, select
from api_queue.types import Milliseconds

_SCRIPTS: Final = "//script[contains(., 'cueValuesEntry')]"
#: `ids` names each row that begins then.
_ASSIGNMENT: Final = re.compile(r"cueValuesEntry\.(?:seconds = (\d{1,6})|ids\[\d{1,4}\] = '(\w{1,40})');")


def script_seconds(root: Element) -> dict[str, int]:
    """By the content id of the row; without zeros, which may mean nothing."""
    seconds, found = 0, {}
    for script in select(root, _SCRIPTS):
        for assignment in _ASSIGNMENT.finditer("".join(script.itertext())):
            if assignment[1]:
                seconds = int(assignment[1])
            elif seconds:
                found[assignment[2]] = seconds
    return found


def own_times(rows: Sequence[PageRow], seconds: Mapping[str, int]) -> list[Milliseconds | None]:
    """What each row says of itself; None: nothing, or nothing that can be read."""
    times = [_own(row, seconds) for row in rows]
    if times and times[0] is None and any(time is not None for time in times):
        times[0] = Milliseconds(0)
    return times


def _own(row: PageRow, seconds: Mapping[str, int]) -> Milliseconds | None:
    printed_ms = read_time(row.printed)
    if printed_ms is not None:
        return Milliseconds(printed_ms)
    return Milliseconds(seconds[row.content_id] * 1000) if row.content_id in seconds else None


def starts_of(rows: Sequence[PageRow], times: Sequence[Milliseconds | None]) -> list[Milliseconds | None]:
    """A row that is played together with the one above begins with it, and so does what a mashup is made of."""
    starts: list[Milliseconds | None] = []
    for row, time in zip(rows, times, strict=True):
        starts.append(time if row.kind == "main" or not starts else starts[-1])
    return starts


def cue_findings(rows: Sequence[PageRow], starts: Sequence[Milliseconds | None]) -> list[Finding]:
    """Times that nobody can read, and times that do not rise: those of several players are of several clocks."""
    unread = [
        Finding("bad_time", "warning", at, f"The time of row {at} is '{row.printed}', and not one like 1:02:03.")
        for at, row in enumerate(rows, start=1)
        if row.printed and read_time(row.printed) is None
    ]
    timed = [(at, row, start) for at, (row, start) in enumerate(zip(rows, starts, strict=True), start=1)]
    mains = [(at, row.player, start) for at, row, start in timed if row.kind == "main" and start is not None]
    falls = [
        _fall(at, above, several=len({player for _, player, _ in mains}) > 1)
        for (above, _, before), (at, _, start) in pairwise(mains)
        if start <= before
    ]
    return unread + falls


def _fall(at: int, above: int, *, several: bool) -> Finding:
    why = "the page has several players, each with a clock of its own" if several else "one of both times is wrong"
    return Finding("time_not_rising", "warning", at, f"Row {at} does not begin after row {above}: {why}.")
