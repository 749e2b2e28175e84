"""Why an add is refused, in words: each refusal says what would be right, and when it passes."""

from datetime import datetime
from typing import Any

from api_queue.errors import (
    ApiQueueError,
    DuplicatePerformer,
    DuplicateTrack,
    EndsTooLate,
    GuestFull,
    GuestMinutesFull,
    JoinCodeNeeded,
    LobbyFull,
    Muted,
    NotEnoughPoints,
    QueueFull,
    RateLimited,
    SessionEnded,
)
from api_queue.queues import points
from api_queue.queues.models import Item, Mute, QueueView, Refused
from api_queue.queues.settings import QueueSettings, iso
from api_queue.queues.timing import expected_starts, free_at
from api_queue.queues.tokens import Window
from api_queue.types import GuestId, QueueName


def refusal(refused: Refused, item: Item, view: QueueView, now_ms: int) -> ApiQueueError:
    """The error behind a script's refusal; `view` is the queue as it was read afterwards, for the times in it.

    Only `full`, `guest` and `minutes` look at the items.
    """
    match refused.why:
        case "rate":
            return RateLimited(retry_after=wait_s(int(refused.fact)))
        case "full" | "guest" | "minutes" | "late":
            return _beyond(refused, item, view, now_ms)
        case "track" | "performer":
            return _twice(refused, item, view.queue.settings, now_ms)
        case "points":
            return _too_poor(int(refused.fact), item, view.queue.settings)
        case _:
            return _shut_out(refused, view.queue.name)


def _shut_out(refused: Refused, queue: QueueName) -> ApiQueueError:
    match refused.why:
        case "join":
            return JoinCodeNeeded(queue=queue)
        case "lobby_full" | "lobby_own":
            return LobbyFull(whose=" of yours" if refused.why == "lobby_own" else "", waiting=int(refused.fact))
        case _:
            return SessionEnded(queue=queue)


def _beyond(refused: Refused, item: Item, view: QueueView, now_ms: int) -> ApiQueueError:
    """What a token passes."""
    settings, fact = view.queue.settings, int(refused.fact)
    if refused.why == "late":
        return _too_late(refused, settings, now_ms)
    if refused.why == "full":
        return QueueFull(max_items=fact, **_passing(refused, view, None, now_ms, many=view.queue.waiting - fact + 1))
    if refused.why == "minutes":
        return _too_much(refused, item, view, now_ms)
    many = fact - (settings.max_per_guest or fact) + 1
    facts = _passing(refused, view, item.session_owner, now_ms, many=many)
    return GuestFull(waiting=fact, max_per_guest=settings.max_per_guest, **facts)


def _twice(refused: Refused, item: Item, settings: QueueSettings, now_ms: int) -> ApiQueueError:
    if refused.why == "track":
        when, again, facts = _again(refused.fact, settings.duplicate_track_window, now_ms)
        return DuplicateTrack(track_id=item.track_id, when=when, again=again, **facts)
    when, again, facts = _again(refused.fact, settings.duplicate_performer_window, now_ms)
    return DuplicatePerformer(performer_name=item.performer_name, when=when, again=again, **facts)


def muted(mute: Mute, now_ms: int) -> Muted:
    if mute.until_ms is None:
        return Muted(reason=mute.reason, until="")
    wait = wait_s(mute.until_ms - now_ms)
    return Muted(reason=mute.reason, until=f" until {clock_text(mute.until_ms)}", retry_after=wait)


def clock_text(timestamp_ms: int) -> str:
    """As the clock on the server's wall shows it: 22:40."""
    return datetime.fromtimestamp(timestamp_ms / 1000).astimezone().strftime("%H:%M")


def length_text(length_ms: int) -> str:
    return f"{length_ms // 60_000}:{length_ms // 1000 % 60:02}"


def wait_s(wait_ms: int) -> int:
    """For `retry_after`: whole seconds, at least one."""
    return max(1, -(-wait_ms // 1000))


def _too_much(refused: Refused, item: Item, view: QueueView, now_ms: int) -> GuestMinutesFull:
    most = view.queue.settings.max_minutes_per_guest or 0
    wanted_ms, most_ms = int(refused.fact) + item.track_duration_ms, most * 60_000
    if item.track_duration_ms > most_ms and refused.token is None:
        facts: dict[str, Any] = {"place_free": "Take a shorter track."}
    else:
        facts = _passing(refused, view, item.session_owner, now_ms, needed_ms=wanted_ms - most_ms)
    return GuestMinutesFull(waiting_minutes=round(wanted_ms / 60_000, 1), max_minutes_per_guest=most, **facts)


def _passing(
    refused: Refused, view: QueueView, owner: GuestId | None, now_ms: int, *, many: int = 0, needed_ms: int = 0
) -> dict[str, object]:
    """When so `many` items of this owner (None: of anybody) and so many ms of them wait no longer, or the guest's token
    begins; `retry_after` is until the first of them.
    """
    place_ms = _frees(view, owner, now_ms, many, needed_ms)
    text = "when the music goes on" if place_ms is None else f"at about {clock_text(place_ms)}"
    turn, facts = _turn(refused, view.queue.settings, now_ms)
    starts = [at_ms for at_ms in (place_ms, _begins(refused)) if at_ms is not None]
    if starts:
        facts["retry_after"] = wait_s(min(starts) - now_ms)
    return {"place_free": f"A place comes free {text}.{turn}", **facts}


def _begins(refused: Refused) -> int | None:
    return refused.token.valid_from if isinstance(refused.token, Window) else None


def _turn(refused: Refused, settings: QueueSettings, now_ms: int) -> tuple[str, dict[str, object]]:
    """What to say of the guest's token, and its facts; nothing where there are none."""
    token = refused.token
    if token is None:
        return "", {}
    if isinstance(token, Window):
        shown = {"valid_from": token.valid_from, "valid_until": token.valid_until}
        times = f"from {clock_text(token.valid_from)} to {clock_text(token.valid_until)}"
        return f" Your turn to add is {times}.", {"token": shown, "clock_ms": now_ms}
    reason = {
        "end": " All turns to add before the end of the event are given out.",
        "horizon": f" All turns to add within {settings.token_horizon:g} hours are given out; ask again later.",
    }[token]
    return reason, {"token": None, "clock_ms": now_ms}


def _too_late(refused: Refused, settings: QueueSettings, now_ms: int) -> EndsTooLate:
    longest_ms, end_ms = int(refused.fact), settings.event_end_ms or 0
    turn, facts = _turn(refused, settings, now_ms)
    if isinstance(refused.token, Window):
        facts["retry_after"] = wait_s(refused.token.valid_from - now_ms)
    return EndsTooLate(
        event_end=iso(end_ms), longest=length_text(longest_ms), longest_ms=longest_ms, turn=turn, **facts
    )


def _too_poor(milli: int, item: Item, settings: QueueSettings) -> NotEnoughPoints:
    cost, has = points.cost(item.track_duration_ms), milli / 1000
    wait_ms = points.wait_ms(cost - milli, settings)
    if wait_ms is None:
        return NotEnoughPoints(
            cost=cost // 1000, again="Points do not come back here.", points=has, points_max=settings.points_max
        )
    again = f"It will be enough at {clock_text(item.timestamp_added + wait_ms)}."
    return NotEnoughPoints(
        cost=cost // 1000, again=again, retry_after=wait_s(wait_ms), points=has, points_max=settings.points_max
    )


def _frees(view: QueueView, owner: GuestId | None, now_ms: int, many: int, needed_ms: int) -> int | None:
    """When so much of what waits (of this owner) has started, and waits no longer. What stands back does not start."""
    free_ms = free_at(view.queue.session, now_ms)
    starts = expected_starts(view.to_come, free_ms, view.queue.settings.track_space_ms, view.queue.paused)
    for item, start_ms in zip(view.to_come, starts, strict=True):
        if start_ms is None or owner not in {None, item.session_owner}:
            continue
        many, needed_ms = many - 1, needed_ms - item.track_duration_ms
        if many <= 0 and needed_ms <= 0:
            return start_ms
    return None


def _again(last: str, window_min: int | None, now_ms: int) -> tuple[str, str, dict[str, int]]:
    if not last:
        return "is on the queue already", "Choose another, or wait until it has been played.", {}
    again_ms = int(last) + (window_min or 0) * 60_000
    text = f"It may come again at {clock_text(again_ms)}."
    return f"was on at {clock_text(int(last))}", text, {"retry_after": wait_s(again_ms - now_ms)}
