"""What to do with mpv at this moment, given where it is and where it should be. Pure; positions are media ms."""

from dataclasses import dataclass
from typing import Final

from api_queue.clients.speaker.plan import Plan

#: Nobody hears less; more is corrected.
DRIFT_MS: Final = 80
#: Until it is no more than this.
GOOD_MS: Final = 15
#: More than this is jumped over, less is caught up with.
JUMP_MS: Final = 250
#: How much faster or slower: a third of a semitone, for a few seconds.
NUDGE: Final = 0.02
#: A wait that is longer is looked at again: the server's clock may turn out otherwise.
LOOK_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class Cue:
    """Paused, go to `position_ms`."""

    position_ms: float


@dataclass(frozen=True, slots=True)
class Wait:
    """It is where it should be; look again in `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Start:
    """Now."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Pause, at once."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Play on at this speed."""

    factor: float


Step = Cue | Wait | Start | Silence | Speed


@dataclass(frozen=True, slots=True)
class Needle:
    """mpv as it is. `ready_in_ms`: how long it takes to be ready at another position."""

    position_ms: float
    paused: bool
    speed: float
    ready_in_ms: float


def step(plan: Plan, needle: Needle, now_ms: float, *, allowed: bool) -> Step:
    if not (allowed and plan.runs):
        return _rest(plan, needle, now_ms, stay=plan.runs)
    if needle.paused:
        return _before(plan, needle, now_ms)
    return _under_way(plan, needle, now_ms)


def _rest(plan: Plan, needle: Needle, now_ms: float, *, stay: bool) -> Step:
    """Silent; and where the pause will end, if that is known."""
    if not needle.paused:
        return Silence()
    position_ms = max(0, plan.media_ms(now_ms))
    if stay or abs(needle.position_ms - position_ms) <= DRIFT_MS:
        return Wait(LOOK_S)
    return Cue(position_ms)


def _before(plan: Plan, needle: Needle, now_ms: float) -> Step:
    """Waits, a little ahead, until the music has come to where the needle is."""
    target_ms = plan.media_ms(now_ms)
    off_ms = needle.position_ms - max(0.0, target_ms)
    if not -DRIFT_MS <= off_ms <= needle.ready_in_ms * plan.tempo + JUMP_MS:
        return Cue(max(0.0, plan.media_ms(now_ms + needle.ready_in_ms)))
    early_s = (needle.position_ms - target_ms) / plan.tempo / 1000
    return Wait(min(early_s, LOOK_S)) if early_s > 0 else Start()


def _under_way(plan: Plan, needle: Needle, now_ms: float) -> Step:
    drift_ms = needle.position_ms - plan.media_ms(now_ms)
    if abs(drift_ms) > JUMP_MS:
        return Silence()  # then it is cued as from a pause
    nudged = needle.speed != plan.tempo
    if abs(drift_ms) > (GOOD_MS if nudged else DRIFT_MS):
        return Speed(plan.tempo * (1 - NUDGE if drift_ms > 0 else 1 + NUDGE))
    return Speed(plan.tempo)
