"""What the ears heard against what was promised: pure.

An overlap counts when it is certain: two looks are never at the same moment, so a hand-over between them is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import median
from typing import Final

from api_queue.clients.drill.seen import Done, Seen
from api_queue.clients.drill.sounds import Sample, Stretch, position_ms, stretches

#: Shorter silences are those between two samples, and the pause between two tracks.
_SILENCE_MS: Final = 1_000
#: The first samples of a device that continues; one alone may be off by its program's buffer.
_FIRST: Final = 5
#: What moves the music elsewhere, or the one who tells where it is.
_MOVING: Final = frozenset({"seek", "next", "pause", "play", "server"})


@dataclass(frozen=True, slots=True)
class Overlap:
    devices: tuple[str, str]
    at_ms: float
    length_ms: float


@dataclass(frozen=True, slots=True)
class Silence:
    """While music was asked for. `bar_ms`: how long it may be. `after`: the last strike before it ended."""

    at_ms: float
    length_ms: float
    bar_ms: float
    after: str


@dataclass(frozen=True, slots=True)
class Continuation:
    """A device went on with the music of another, so much later (+) or earlier in the track than it had to.

    It had to at the projected position if it was chosen, else where the one before had told last.
    """

    device: str
    before: str
    at_ms: float
    chosen: bool
    error_ms: float


@dataclass(frozen=True, slots=True)
class Drill:
    """All that is known of one: samples of each device, strikes and sessions in their order."""

    samples: Mapping[str, Sequence[Sample]]
    done: Sequence[Done]
    seen: Sequence[Seen]
    began_ms: float
    ended_ms: float
    lease_ms: float


def heard(drill: Drill) -> list[Stretch]:
    """By their begin."""
    every = (stretch for device, samples in drill.samples.items() for stretch in stretches(device, samples))
    return sorted(every, key=lambda stretch: stretch.from_ms)


def overlaps(sounds: Sequence[Stretch]) -> Iterator[Overlap]:
    for a, b in combinations(sounds, 2):
        if a.device != b.device and a.until_ms >= b.from_ms and b.until_ms >= a.from_ms:
            from_ms, until_ms = max(a.from_ms, b.from_ms), min(a.until_ms, b.until_ms)
            yield Overlap((a.device, b.device), from_ms, max(0.0, until_ms - from_ms))


# -- silence ---------------------------------------------------------------------------------------------------


def silences(drill: Drill, sounds: Sequence[Stretch], grace_ms: float) -> Iterator[Silence]:
    """The bar is a lease and `grace_ms`. A server that was away in it waits for one more lease when it is back."""
    for gap_ms, until_ms in _gaps(drill, sounds):
        host = [done for done in drill.done if done.verb in {"pause", "play"} and done.at_ms < until_ms]
        if host and host[-1].verb == "pause":
            continue
        from_ms = max([gap_ms, *(done.at_ms for done in host)])
        if until_ms - from_ms > _SILENCE_MS:
            away = [done for done in drill.done if done.verb == "server" and gap_ms < done.until_ms < until_ms]
            bar_ms = drill.lease_ms + grace_ms + sum(done.until_ms - done.at_ms + drill.lease_ms for done in away)
            yield Silence(from_ms, until_ms - from_ms, bar_ms, _last(drill.done, until_ms))


def _gaps(drill: Drill, sounds: Sequence[Stretch]) -> Iterator[tuple[float, float]]:
    until_ms = drill.began_ms
    for sound in sounds:
        if sound.from_ms > until_ms:
            yield until_ms, sound.from_ms
        until_ms = max(until_ms, sound.until_ms)
    if drill.ended_ms > until_ms:
        yield until_ms, drill.ended_ms


def _last(done: Sequence[Done], before_ms: float) -> str:
    return next((strike.verb for strike in reversed(done) if strike.at_ms < before_ms), "the beginning")


# -- going on --------------------------------------------------------------------------------------------------


def continuations(drill: Drill, sounds: Sequence[Stretch]) -> Iterator[Continuation | None]:
    """One for each time that another device is heard; None where something else has moved the music meanwhile."""
    for before, after in pairwise(sounds):
        if before.device != after.device:
            chosen = _choice(drill.done, before, after)
            line = _projected(drill, chosen, after) if chosen else _reported(drill, before, after)
            yield _continuation(before, after, line, chosen=chosen is not None) if line else None


@dataclass(frozen=True, slots=True)
class _Line:
    """Where the music has to be: at `position_ms` at `at_ms`, and on from there."""

    position_ms: float
    at_ms: float


def _continuation(before: Stretch, after: Stretch, line: _Line, *, chosen: bool) -> Continuation:
    error_ms = median(
        sample.position_ms - line.position_ms - (sample.at_ms - line.at_ms)
        for sample in after.samples[:_FIRST]
        if sample.position_ms is not None
    )
    return Continuation(after.device, before.device, after.from_ms, chosen, error_ms)


def _choice(done: Sequence[Done], before: Stretch, after: Stretch) -> Done | None:
    """It was chosen after the one before had begun."""
    return next(
        (
            strike
            for strike in reversed(done)
            if strike.verb == "choose"
            and strike.outcome == "done"
            and strike.device == after.device
            and before.from_ms < strike.at_ms < after.from_ms
        ),
        None,
    )


def _projected(drill: Drill, choice: Done, after: Stretch) -> _Line | None:
    then, now = _seen(drill, choice.at_ms), _seen(drill, after.from_ms)
    if then is None or now is None or now.play_state != "playing" or not _still(drill, then, choice.at_ms, now, after):
        return None
    return _Line(now.projected_ms(after.from_ms), after.from_ms)


def _reported(drill: Drill, before: Stretch, after: Stretch) -> _Line | None:
    """Where the one before sounded at its last heartbeat, which is when its lease began to run."""
    last = next((seen for seen in _until(drill, after.from_ms) if seen.speaker_name == before.device), None)
    if last is None or last.lease_until_ms is None:
        return None
    beat_ms = last.lease_until_ms - drill.lease_ms
    told_ms = position_ms(drill.samples[before.device], beat_ms)
    then, now = _seen(drill, beat_ms), _seen(drill, after.from_ms)
    if told_ms is None or then is None or now is None or not _still(drill, then, beat_ms, now, after):
        return None
    return _Line(told_ms, after.samples[0].at_ms)


def _still(drill: Drill, then: Seen, then_ms: float, now: Seen, after: Stretch) -> bool:
    """The same item, and nobody has moved it."""
    settled_ms = after.samples[:_FIRST][-1].told_ms
    moved = any(d.verb in _MOVING and d.until_ms >= then_ms and d.at_ms <= settled_ms for d in drill.done)
    return then.item_id == now.item_id and not moved


def _until(drill: Drill, at_ms: float) -> Iterator[Seen]:
    """The latest first."""
    return (seen for seen in reversed(drill.seen) if seen.position_at_ms <= at_ms)


def _seen(drill: Drill, at_ms: float) -> Seen | None:
    return next(_until(drill, at_ms), None)
