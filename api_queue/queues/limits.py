"""Why an add is refused, in words: each refusal says what would be right, and when it passes."""

from datetime import datetime
from functools import lru_cache

from api_queue.errors import (
    AddingClosed,
    ApiQueueError,
    DuplicatePerformer,
    DuplicateTrack,
    EndsTooLate,
    GuestFull,
    Muted,
    NotStarted,
    QueueFull,
    RateLimited,
    SessionEnded,
)
from api_queue.queues.models import Item, Limits, Mute, Queue, QueueView, Refused
from api_queue.queues.settings import QueueSettings, iso
from api_queue.queues.timing import expected_after, expected_last, expected_starts, free_at, free_if_played
from api_queue.types import GuestId, Milliseconds


@lru_cache(4096)  # the same guests come again
def limits_of(settings: QueueSettings, buckets: tuple[tuple[str, int, float], ...]) -> Limits:
    return Limits(
        max_items=settings.max_items,
        max_per_guest=settings.max_per_guest,
        track_window_ms=_minutes(settings.duplicate_track_window),
        performer_window_ms=_minutes(settings.duplicate_performer_window),
        buckets=buckets,
    )


def closed(settings: QueueSettings, now_ms: int) -> ApiQueueError | None:
    start_ms = settings.event_start_ms
    if start_ms is not None and now_ms < start_ms:
        return NotStarted(event_start=iso(start_ms), retry_after=_seconds(start_ms - now_ms))
    return None if settings.accepting else AddingClosed()


def check_fits(queue: Queue, waiting: tuple[Item, ...], duration_ms: Milliseconds, now_ms: int) -> None:
    """Against `event_end`. `waiting` is only needed where starts were set by hand."""
    end_ms = queue.settings.event_end_ms
    if end_ms is None:
        return
    free_ms, space_ms = free_if_played(queue.session, queue.settings, now_ms), queue.settings.track_space_ms
    if queue.fixed:
        start_ms = expected_last(waiting, free_ms, space_ms)
    else:
        start_ms = expected_after(queue.waiting, queue.waiting_ms, free_ms, space_ms) or 0
    if start_ms + duration_ms > end_ms:
        longest_ms = max(0, end_ms - start_ms)
        raise EndsTooLate(event_end=iso(end_ms), longest=length_text(longest_ms), longest_ms=longest_ms)


def refusal(refused: Refused, item: Item, view: QueueView, now_ms: int) -> ApiQueueError:
    """The error behind a script's refusal; `view` is the queue as it was read afterwards, for the times in it.

    Only `guest` looks at the items, and `full` at the first that waits.
    """
    settings = view.queue.settings
    match refused.why:
        case "rate":
            return RateLimited(retry_after=_seconds(int(refused.fact)))
        case "full":
            text, facts = _place_free(_first_start(view, None, now_ms), now_ms)
            return QueueFull(max_items=int(refused.fact), place_free=text, **facts)
        case "guest":
            text, facts = _place_free(_first_start(view, item.session_owner, now_ms), now_ms)
            limit = settings.max_per_guest
            return GuestFull(waiting=int(refused.fact), max_per_guest=limit, place_free=text, **facts)
        case "track":
            when, again, facts = _again(refused.fact, settings.duplicate_track_window, now_ms)
            return DuplicateTrack(track_id=item.track_id, when=when, again=again, **facts)
        case "performer":
            when, again, facts = _again(refused.fact, settings.duplicate_performer_window, now_ms)
            return DuplicatePerformer(performer_name=item.performer_name, when=when, again=again, **facts)
        case _:
            return SessionEnded(queue=view.queue.name)


def muted(mute: Mute, now_ms: int) -> Muted:
    if mute.until_ms is None:
        return Muted(reason=mute.reason, until="")
    wait = _seconds(mute.until_ms - now_ms)
    return Muted(reason=mute.reason, until=f" until {clock_text(mute.until_ms)}", retry_after=wait)


def clock_text(timestamp_ms: int) -> str:
    """As the clock on the server's wall shows it: 22:40."""
    return datetime.fromtimestamp(timestamp_ms / 1000).astimezone().strftime("%H:%M")


def length_text(length_ms: int) -> str:
    return f"{length_ms // 60_000}:{length_ms // 1000 % 60:02}"


def _first_start(view: QueueView, owner: GuestId | None, now_ms: int) -> int | None:
    """When the first waiting item (of this owner) starts, and so waits no longer."""
    free_ms = free_at(view.queue.session, now_ms)
    starts = expected_starts(view.to_come, free_ms, view.queue.settings.track_space_ms)
    pairs = zip(view.to_come, starts, strict=True)
    return next((start for item, start in pairs if owner in {None, item.session_owner}), None)


def _place_free(start_ms: int | None, now_ms: int) -> tuple[str, dict[str, int]]:
    if start_ms is None:
        return "A place comes free when the music goes on.", {}
    return f"A place comes free at about {clock_text(start_ms)}.", {"retry_after": _seconds(start_ms - now_ms)}


def _again(last: str, window_min: int | None, now_ms: int) -> tuple[str, str, dict[str, int]]:
    if not last:
        return "is on the queue already", "Choose another, or wait until it has been played.", {}
    again_ms = int(last) + (window_min or 0) * 60_000
    text = f"It may come again at {clock_text(again_ms)}."
    return f"was on at {clock_text(int(last))}", text, {"retry_after": _seconds(again_ms - now_ms)}


def _minutes(minutes: int | None) -> int | None:
    return None if minutes is None else minutes * 60_000


def _seconds(wait_ms: int) -> int:
    return max(1, -(-wait_ms // 1000))
