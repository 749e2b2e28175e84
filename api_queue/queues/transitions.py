"""What the transport does, as pure functions: a view of the queue and the time in, the next state out.

A `Step` that equals the state before changes nothing, and no revision is spent on it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as replace_stage
from typing import Final

from msgspec.structs import replace

from api_queue.errors import BadSeek, NothingPlaying
from api_queue.queues.models import LEAD_MS, Item
from api_queue.queues.seat import renewed, vacated
from api_queue.queues.session import Session, Yielding
from api_queue.queues.settings import CommandSemantics
from api_queue.types import GuestId, ItemId, ItemStatus, Milliseconds, PlayState, TrackId

#: prev goes back only within the first seconds of a track; later it means "from the beginning".
PREV_MS: Final = 5_000
SEEK_STEP_MS: Final = 20_000
#: Within which a clock that was set is noticed.
STEP_SEEN_MS: Final = 2_000
#: A speaker that never reports an end is not waited for any longer.
GRACE_MS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Stage:
    """The few items that the transport touches, by their place in the list."""

    session: Session
    previous: Item | None
    current: Item | None
    following: Item | None
    space_ms: int
    #: What is over, in the order of the list; where nothing waits and `repeat_mode` is `all`, the whole of it.
    over: tuple[Item, ...] = ()
    semantics: CommandSemantics = "own"


@dataclass(frozen=True, slots=True)
class Step:
    """The session afterwards, and each item that changed as (before, after); before is None for a new one."""

    session: Session
    changed: tuple[tuple[Item | None, Item], ...] = ()


Rule = Callable[[Stage, int], Step]

_ANOTHER: Final = Item(
    track_id=TrackId(""),
    performer_name="",
    session_owner=GuestId(""),
    id=ItemId(""),
    timestamp_added=0,
    track_duration_ms=Milliseconds(0),
)


def lacks_music(rule: Rule, stage: Stage, now_ms: int) -> bool:
    """Whether by this rule the music goes no further only because nothing follows."""
    step = rule(stage, now_ms)
    if step.session.item_id is not None and step != Step(stage.session):
        return False
    return rule(replace_stage(stage, following=_ANOTHER), now_ms).session.item_id == _ANOTHER.id


def play(stage: Stage, now_ms: int, *, stop_after: bool = False) -> Step:
    """Starts the first waiting item, resumes, or cuts the pause before a track short. A speaker that is away by then
    has lost its seat.
    """
    stage = replace_stage(stage, session=_without_the_lost(stage.session, now_ms))
    session = replace(stage.session, stop_after=stop_after)
    if session.state == "stopped":
        return _start(stage, now_ms + LEAD_MS, now_ms, stop_after=stop_after)
    if session.projected_ms(now_ms) < -LEAD_MS:
        return begun_at(stage, session, -LEAD_MS, now_ms)
    return Step(_at(session, session.projected_ms(now_ms), now_ms, "playing") if session.state == "paused" else session)


def pause(stage: Stage, now_ms: int) -> Step:
    session = stage.session
    if session.state != "playing":
        return Step(replace(session, paused_because=None))
    return Step(_at(session, session.projected_ms(now_ms), now_ms, "paused"))


def toggle(stage: Stage, now_ms: int) -> Step:
    return pause(stage, now_ms) if stage.session.state == "playing" else play(stage, now_ms)


def stop(stage: Stage, now_ms: int) -> Step:
    """The current item goes back to its place as the next one."""
    changed = ((stage.current, stage.current.put_back()),) if stage.current else ()
    return Step(_emptied(stage.session, now_ms), changed)


def go_on(stage: Stage, now_ms: int, leave_as: ItemStatus, ended_at_ms: int | None = None) -> Step:
    """The current item is over (`played`, `skipped` or `failed`); the following one starts after the pause.

    With `ended_at_ms` exactly then, also if that has passed: its speaker has begun it.
    """
    if stage.current is None:
        return Step(stage.session)
    left = replace(stage.current, status=leave_as)
    if stage.session.stop_after:
        return Step(_emptied(stage.session, now_ms), ((stage.current, left),))
    behind = replace_stage(stage, over=(*stage.over, left))
    step = _start(behind, _pause_end(stage, now_ms, ended_at_ms), now_ms)
    return Step(step.session, ((stage.current, left), *step.changed))


def next_track(stage: Stage, now_ms: int) -> Step:
    """As players have it: where no track comes next, nothing changes."""
    if stage.following is None and stage.session.repeat_mode != "all":
        return Step(stage.session)
    return go_on(stage, now_ms, "played")


def _over(stage: Stage, now_ms: int, leave_as: ItemStatus, ended_at_ms: int | None = None) -> Step:
    """By itself: nobody asked for the next one. An end of what is to begin again, and has not yet, was told twice."""
    step = _repeated(stage, now_ms, leave_as, ended_at_ms)
    began = stage.current is None or now_ms >= (stage.current.timestamp_play or 0)
    return step if began or step.session.item_id != stage.session.item_id else Step(stage.session)


def _repeated(stage: Stage, now_ms: int, leave_as: ItemStatus, ended_at_ms: int | None) -> Step:
    """With `repeat_mode` `one` what was played begins again."""
    session = stage.session
    if stage.current is None or leave_as != "played" or session.repeat_mode != "one" or session.stop_after:
        return go_on(stage, now_ms, leave_as, ended_at_ms)
    return _start(replace_stage(stage, following=stage.current), _pause_end(stage, now_ms, ended_at_ms), now_ms)


def _pause_end(stage: Stage, now_ms: int, ended_at_ms: int | None) -> int:
    return now_ms + max(stage.space_ms, LEAD_MS) if ended_at_ms is None else ended_at_ms + stage.space_ms


def ended(stage: Stage, now_ms: int, leave_as: ItemStatus, ended_at_ms: int | None = None) -> Step:
    """Its speaker says so. What ended before this item began, or just then, was the one before or an earlier round."""
    if ended_at_ms is None or stage.current is None:
        return _over(stage, now_ms, leave_as)
    if ended_at_ms <= (stage.current.timestamp_play or 0):
        return Step(stage.session)
    return _over(stage, now_ms, leave_as, min(ended_at_ms, now_ms + LEAD_MS))


def over_ms(session: Session, now_ms: int) -> int | None:
    """When the current item is over by itself; None while nothing plays.

    A speaker is given time to say so, also one that has to catch up with what it played while the server was away.
    """
    if session.state != "playing":
        return None
    end_ms = session.position_at_ms - session.position_ms + session.duration_ms
    return max(end_ms, session.position_at_ms) + GRACE_MS if session.has_speaker(now_ms) else end_ms


def end(stage: Stage, now_ms: int) -> Step:
    """Of itself, when nobody has said so."""
    over = over_ms(stage.session, now_ms)
    return Step(stage.session) if over is None or over > now_ms else _over(stage, now_ms, "played")


def prev(stage: Stage, now_ms: int) -> Step:
    if stage.current is None:
        return Step(stage.session)
    if stage.session.projected_ms(now_ms) > PREV_MS:
        return seek(stage, now_ms, 0)
    if stage.previous is None:
        return Step(stage.session)
    again = stage.previous.started(now_ms + LEAD_MS)
    session = _on(stage.session, again, -LEAD_MS, now_ms)
    return Step(session, ((stage.current, stage.current.put_back()), (stage.previous, again)))


def restart(stage: Stage, now_ms: int) -> Step:
    """While a song has hardly begun, the one before is meant."""
    if stage.previous and stage.session.projected_ms(now_ms) <= PREV_MS:
        return prev(stage, now_ms)
    return seek(stage, now_ms, 0)


def seek(stage: Stage, now_ms: int, position_ms: int) -> Step:
    """BadSeek outside the track, NothingPlaying without one."""
    session = stage.session
    if stage.current is None:
        raise NothingPlaying
    if not 0 <= position_ms <= session.duration_ms:
        raise BadSeek(duration_ms=session.duration_ms)
    return Step(_at(session, position_ms, now_ms, session.state))


def seek_by(stage: Stage, now_ms: int, by_ms: int) -> Step:
    """As far as the track goes."""
    position_ms = stage.session.projected_ms(now_ms) + by_ms
    return seek(stage, now_ms, min(max(0, position_ms), stage.session.duration_ms))


def clock_set(stage: Stage, now_ms: int, *, step_ms: int, lease_ms: int) -> Step:
    """The clock was set by `step_ms` a moment ago: the music is where it is, and its speaker has a lease from now on.

    What was begun by the new clock already stays.
    """
    session = stage.session
    if session.state != "playing" or _is_of_new_clock(session.position_at_ms, now_ms, step_ms):
        return Step(session)
    if session.active:
        session = renewed(session, now_ms, lease_ms)
    yielding = tuple(Yielding(y.device_id, min(y.until_ms + step_ms, now_ms + lease_ms)) for y in session.yielding)
    return begun_at(stage, replace(session, yielding=yielding), session.projected_ms(now_ms - step_ms), now_ms)


def _is_of_new_clock(at_ms: int, now_ms: int, step_ms: int) -> bool:
    """Going back, what was written long before looks as if it were of the new one; it is seen to within moments."""
    return at_ms > now_ms - step_ms if step_ms > 0 else now_ms - STEP_SEEN_MS < at_ms <= now_ms


def begun_at(stage: Stage, session: Session, position_ms: int, now_ms: int) -> Step:
    """The same item from there, as if it had begun, or were to begin, that much earlier or later."""
    at = _at(session, position_ms, now_ms, "playing")
    if stage.current is None:
        return Step(at)
    return Step(at, ((stage.current, stage.current.started(now_ms - position_ms)),))


def _without_the_lost(session: Session, now_ms: int) -> Session:
    away = session.state != "playing" and session.speaker is not None and not session.has_speaker(now_ms)
    return vacated(session, now_ms) if away else session


def _start(stage: Stage, at_ms: int, now_ms: int, *, stop_after: bool = False) -> Step:
    if stage.following is None:
        return _again(stage, at_ms, now_ms, stop_after=stop_after)
    start_ms = max(at_ms, stage.following.timestamp_play or 0)
    item = stage.following.started(start_ms)
    session = _on(stage.session, item, now_ms - start_ms, now_ms, stop_after=stop_after)
    return Step(session, ((stage.following, item),))


def _again(stage: Stage, at_ms: int, now_ms: int, *, stop_after: bool) -> Step:
    """With `repeat_mode` `all` what is over begins again in its order, unless none of it could be played."""
    if stage.session.repeat_mode != "all" or all(item.status == "failed" for item in stage.over):
        return Step(_emptied(stage.session, now_ms))
    first, *others = stage.over
    item = first.started(at_ms)
    session = _on(stage.session, item, now_ms - at_ms, now_ms, stop_after=stop_after)
    return Step(session, ((first, item), *((other, other.put_back()) for other in others)))


def _on(session: Session, item: Item, position_ms: int, now_ms: int, *, stop_after: bool = False) -> Session:
    return replace(
        session,
        state="playing",
        paused_because=None,
        item_id=item.id,
        track_id=item.track_id,
        duration_ms=item.track_duration_ms,
        key_shift=item.key_shift,
        tempo=item.tempo,
        position_ms=position_ms,
        position_at_ms=now_ms,
        stop_after=stop_after,
    )


def _at(session: Session, position_ms: int, now_ms: int, state: PlayState) -> Session:
    return replace(session, state=state, paused_because=None, position_ms=position_ms, position_at_ms=now_ms)


def _emptied(session: Session, now_ms: int) -> Session:
    if session.item_id is None:
        return session
    return replace(
        session,
        state="stopped",
        paused_because=None,
        item_id=None,
        track_id=None,
        duration_ms=Milliseconds(0),
        key_shift=0,
        tempo=1,
        position_ms=0,
        position_at_ms=now_ms,
        stop_after=False,
    )
