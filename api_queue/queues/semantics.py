"""What the buttons of KaraKara's clients mean, on a queue whose `command_semantics` say so (docs/karakara.md).

There a song has a start or none: what plays is begun anew, sought in or taken off by moving its start.
"""

from dataclasses import replace as replace_stage
from functools import partial
from typing import Final

from msgspec.structs import replace

from api_queue.queues import transitions
from api_queue.queues.models import LEAD_MS
from api_queue.queues.transitions import SEEK_STEP_MS, Rule, Stage, Step


def play(stage: Stage, now_ms: int) -> Step:
    """What plays begins again, also from within the pause before it."""
    if stage.session.state != "playing":
        return transitions.play(stage, now_ms)
    return transitions.begun_at(stage, replace(stage.session, stop_after=False), -LEAD_MS, now_ms)


def skip(stage: Stage, now_ms: int) -> Step:
    """The music stops; where none is on, the song that would be next goes unsung."""
    if stage.current is not None:
        left = (stage.current, replace(stage.current, status="skipped"))
        return Step(transitions.stop(stage, now_ms).session, (left,))
    if stage.following is None:
        return Step(stage.session)
    return Step(stage.session, ((stage.following, replace(stage.following, status="skipped", timestamp_play=None)),))


def go_on(stage: Stage, now_ms: int) -> Step:
    """As ours; the song that is left began its whole length ago, and so is over for whoever knows its start alone."""
    if stage.current is None:
        return Step(stage.session)
    start_ms = min(now_ms - stage.session.duration_ms, stage.current.timestamp_play or now_ms)
    earlier = replace_stage(stage, current=replace(stage.current, timestamp_play=start_ms))
    step = transitions.go_on(earlier, now_ms, "played")
    (_, left), *others = step.changed
    return Step(step.session, ((stage.current, left), *others))


def seek_by(stage: Stage, now_ms: int, by_ms: int) -> Step:
    """The song begins sooner or later, within the pause before it or the song; beyond the end it is played."""
    session = stage.session
    if stage.current is None:
        return Step(session)
    if session.state != "playing":
        return transitions.seek_by(stage, now_ms, by_ms)
    position_ms = session.projected_ms(now_ms)
    if position_ms < 0:
        return transitions.begun_at(stage, session, _in_pause(position_ms, by_ms, stage.space_ms), now_ms)
    if position_ms + by_ms >= session.duration_ms:
        return go_on(stage, now_ms)
    return transitions.begun_at(stage, session, max(0, position_ms + by_ms), now_ms)


def _in_pause(position_ms: int, by_ms: int, space_ms: int) -> int:
    """A pause that is longer, since a start was set by hand, grows no longer."""
    longest_ms = max(space_ms, LEAD_MS)
    return min(0, max(position_ms + by_ms, min(position_ms, -longest_ms)))


#: All other commands are our own.
KARAKARA: Final[dict[str, Rule]] = {
    "play": play,
    "skip": skip,
    "next": go_on,
    "seek_forwards": partial(seek_by, by_ms=SEEK_STEP_MS),
    "seek_backwards": partial(seek_by, by_ms=-SEEK_STEP_MS),
}
