"""The judge's findings, each against its bar."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from api_queue.clients.drill import judge
from api_queue.clients.drill.judge import Continuation, Drill, Overlap, Silence

GRACE_MS: Final = 2_000
OFF_MS: Final = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sound_ms` of each device. `unmeasured`: hand-overs during which something else moved the music."""

    overlaps: tuple[Overlap, ...]
    silences: tuple[Silence, ...]
    continuations: tuple[Continuation, ...]
    unmeasured: int
    stale_refused: int
    stale_taken: int
    sound_ms: dict[str, float]

    @property
    def misses(self) -> tuple[str, ...]:
        """The bars that are missed; none: it is passed."""
        found = {
            "two devices sounded at once": self.overlaps,
            "a silence was too long": [silence for silence in self.silences if silence.length_ms > silence.bar_ms],
            "a device went on in the wrong place": [c for c in self.continuations if abs(c.error_ms) > OFF_MS],
            "a stale report was taken": self.stale_taken,
            "nothing was heard": not any(self.sound_ms.values()),
        }
        return tuple(sentence for sentence, there in found.items() if there)


def verdict(drill: Drill) -> Verdict:
    sounds = judge.heard(drill)
    continued = list(judge.continuations(drill, sounds))
    stale = [done.outcome for done in drill.done if done.verb == "stale"]
    return Verdict(
        overlaps=tuple(judge.overlaps(sounds)),
        silences=tuple(judge.silences(drill, sounds, GRACE_MS)),
        continuations=tuple(found for found in continued if found),
        unmeasured=continued.count(None),
        stale_refused=stale.count("refused"),
        stale_taken=stale.count("done"),
        sound_ms={
            device: sum(sound.length_ms for sound in sounds if sound.device == device) for device in drill.samples
        },
    )


def lines(verdict: Verdict, moment: Callable[[float], str]) -> Iterator[str]:
    """As people read it. `moment` writes a time of the wall clock."""
    heard = ", ".join(f"{device} {sound_ms / 1000:.0f} s" for device, sound_ms in verdict.sound_ms.items())
    yield f"heard: {heard}"
    longest_ms = max((overlap.length_ms for overlap in verdict.overlaps), default=0)
    yield f"two at once: {len(verdict.overlaps)} times (bar 0), the longest {longest_ms:.0f} ms"
    for overlap in verdict.overlaps:
        yield f"    at {moment(overlap.at_ms)}: {' and '.join(overlap.devices)}, {overlap.length_ms:.0f} ms"
    yield from _silence_lines(verdict, moment)
    yield from _place_lines(verdict, moment)
    yield f"stale reports: {verdict.stale_refused} refused, {verdict.stale_taken} taken (bar 0)"
    yield f"verdict: {'; '.join(verdict.misses) or 'passed'}"


def _silence_lines(verdict: Verdict, moment: Callable[[float], str]) -> Iterator[str]:
    yield f"silences of more than a second while music was asked for: {len(verdict.silences)}"
    for silence in sorted(verdict.silences, key=lambda silence: silence.bar_ms - silence.length_ms)[:5]:
        yield (
            f"    at {moment(silence.at_ms)}: {silence.length_ms / 1000:.1f} s (bar {silence.bar_ms / 1000:.1f} s), "
            f"after {silence.after}"
        )


def _place_lines(verdict: Verdict, moment: Callable[[float], str]) -> Iterator[str]:
    chosen = [found for found in verdict.continuations if found.chosen]
    deaths = [found for found in verdict.continuations if not found.chosen]
    yield from _place_line("after a choice, off the projected position", chosen, moment)
    yield from _place_line("after a death, off the last reported position", deaths, moment)
    yield f"hand-overs in which something else moved the music, not measured: {verdict.unmeasured}"


def _place_line(what: str, found: list[Continuation], moment: Callable[[float], str]) -> Iterator[str]:
    worst_ms = max((abs(each.error_ms) for each in found), default=0)
    yield f"{what}: at most {worst_ms:.0f} ms of {len(found)} (bar {OFF_MS} ms)"
    for each in found:
        if abs(each.error_ms) > OFF_MS:
            yield f"    at {moment(each.at_ms)}: {each.before} to {each.device}, {each.error_ms:+.0f} ms"
