"""What an add is held against: by the script the bounds of the settings, before it what needs no look at the queue."""

from difflib import get_close_matches
from functools import lru_cache

from api_queue.errors import AddingClosed, ApiQueueError, NotStarted, TrackTooLong, UnknownPerformer
from api_queue.formats.performers import same_performer
from api_queue.queues import points
from api_queue.queues.models import HELPERS, Limits, Queue, QueueView, Room
from api_queue.queues.refusals import wait_s
from api_queue.queues.settings import QueueSettings, iso
from api_queue.queues.timing import expected_last, free_if_played
from api_queue.types import Milliseconds, Role


@lru_cache(4096)  # the same guests come again
def limits_of(
    queue_limit: int | None,
    settings: QueueSettings,
    buckets: tuple[tuple[str, int, float], ...],
    role: Role = "guest",
) -> Limits:
    """Of all but hosts; without `room`. `queue_limit`: how many may wait whoever adds."""
    return Limits(
        most=queue_limit,
        max_items=settings.max_items,
        max_per_guest=settings.max_per_guest,
        max_per_guest_ms=_minutes(settings.max_minutes_per_guest),
        track_window_ms=_minutes(settings.duplicate_track_window),
        performer_window_ms=_minutes(settings.duplicate_performer_window),
        join_code=settings.join == "code" and role not in HELPERS,
        points=(settings.points_max * 1000, settings.points_per_hour) if settings.limit_model == "points" else None,
        tokens=_tokens(settings) if settings.limit_model == "token" else None,
        approval=settings.approval if role not in HELPERS else "off",
        buckets=buckets,
    )


def _tokens(settings: QueueSettings) -> tuple[int, int, int | None]:
    return settings.token_window * 60_000, round(settings.token_horizon * 3_600_000), settings.event_end_ms


def closed(settings: QueueSettings, now_ms: int) -> ApiQueueError | None:
    start_ms = settings.event_start_ms
    if start_ms is not None and now_ms < start_ms:
        return NotStarted(event_start=iso(start_ms), retry_after=wait_s(start_ms - now_ms))
    return None if settings.accepting else AddingClosed()


def room(queue: Queue, now_ms: int) -> Room | None:
    """Before `event_end`, where what waits is not `uneven`. None: without an end."""
    return _room(queue, free_if_played(queue.session, queue.settings, now_ms))


def room_behind(view: QueueView, now_ms: int) -> Room | None:
    """The same where it is: `view` is of all that wait, and what they take besides their sums is taken off."""
    queue = view.queue
    free_ms, space_ms = free_if_played(queue.session, queue.settings, now_ms), queue.settings.track_space_ms
    sums_ms = queue.waiting_ms + (queue.waiting + 1) * space_ms
    return _room(queue, expected_last(view.to_come, free_ms, space_ms, queue.paused) - sums_ms)


def _room(queue: Queue, free_ms: int) -> Room | None:
    end_ms = queue.settings.event_end_ms
    return None if end_ms is None else Room(end_ms - free_ms, queue.settings.track_space_ms, queue.session_rev)


def unnamed(settings: QueueSettings, performer: str) -> UnknownPerformer | None:
    """Where only who is listed performs: the refusal of the first who is not. Each singer of a duet has to be."""
    if settings.performer_names is None:
        return None
    listed = _listed(settings.performer_names)
    if same_performer(performer) in listed:
        return None
    others = (name for name in performer.split(" & ") if name.strip() and same_performer(name.strip()) not in listed)
    name = next(others, None)
    return None if name is None else UnknownPerformer(performer_name=name.strip(), hint=_nearest(name, listed))


def _nearest(name: str, listed: dict[str, str]) -> str:
    near = get_close_matches(same_performer(name.strip()), listed, 1)
    return f" Did you mean {listed[near[0]]}?" if near else ""


def check_named(settings: QueueSettings, performer: str) -> None:
    if refusal := unnamed(settings, performer):
        raise refusal


@lru_cache(1000)
def _listed(names: tuple[str, ...]) -> dict[str, str]:
    return {same_performer(name): name for name in names}


def too_long(settings: QueueSettings, duration_ms: Milliseconds) -> TrackTooLong | None:
    """For the points that anybody can have."""
    cost = points.cost(duration_ms) // 1000
    if settings.limit_model != "points" or cost <= settings.points_max:
        return None
    return TrackTooLong(cost=cost, points_max=settings.points_max)


def _minutes(minutes: int | None) -> int | None:
    return None if minutes is None else minutes * 60_000
