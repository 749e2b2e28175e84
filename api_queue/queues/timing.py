"""When what plays: the one rule behind every view, the add answer, the limits and the pages (docs/timing.md).

An item starts `track_space` after the end of the one before, and not before a start that was set for it by hand. What
stands back has no time, and nobody waits for it.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from api_queue.queues.models import LEAD_MS, Item
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.turn_taking import Paused, stands_back

_NOBODY: Final[Paused] = {}


def free_at(session: Session, now_ms: int) -> int | None:
    """When the current item ends; None when nothing is promised (stopped, stopping after this one or repeating it).

    Paused counts as going on right now: the earliest that it can be.
    """
    if session.state == "stopped" or session.stop_after or session.repeat_mode == "one":
        return None
    return _end(session, now_ms)


def free_if_played(session: Session, settings: QueueSettings, now_ms: int) -> int:
    """The same for limits, which take a queue that stands still to be started now."""
    if session.state == "stopped":
        return now_ms + LEAD_MS - settings.track_space_ms
    return _end(session, now_ms)


def _end(session: Session, now_ms: int) -> int:
    return now_ms + max(0, session.duration_ms - session.projected_ms(now_ms))


def expected_starts(
    waiting: Iterable[Item], free_ms: int | None, space_ms: int, paused: Paused = _NOBODY
) -> Iterator[int | None]:
    """One start for each waiting item, in order, when the music is free at `free_ms`."""
    end = free_ms
    for item in waiting:
        if end is None or stands_back(item, paused):
            yield None
        else:
            start = max(end + space_ms, item.timestamp_play or 0)
            yield start
            end = start + item.track_duration_ms


def expected_after(ahead: int, ahead_ms: int, free_ms: int | None, space_ms: int) -> int | None:
    """The start of what comes behind `ahead` waiting items of together `ahead_ms`, none with a start set by hand."""
    return None if free_ms is None else free_ms + ahead_ms + (ahead + 1) * space_ms


def expected_last(waiting: Iterable[Item], free_ms: int, space_ms: int, paused: Paused = _NOBODY) -> int:
    """The start of what comes behind these items, whatever was set by hand."""
    end = free_ms
    for item in waiting:
        if not stands_back(item, paused):
            end = max(end + space_ms, item.timestamp_play or 0) + item.track_duration_ms
    return end + space_ms
