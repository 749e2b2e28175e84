"""What the ears heard. Times are ms of the wall clock, which the server of a drill has too."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

#: Of two samples that are farther apart nobody knows what was between them.
_BLIND_MS: Final = 250


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a device, at some moment between `asked_ms` and `told_ms`. `position_ms` None: it was silent."""

    asked_ms: float
    told_ms: float
    position_ms: float | None

    @property
    def at_ms(self) -> float:
        return (self.asked_ms + self.told_ms) / 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound of one device, without a silent sample in it."""

    device: str
    samples: tuple[Sample, ...]

    @property
    def from_ms(self) -> float:
        """It sounded by then at the latest."""
        return self.samples[0].told_ms

    @property
    def until_ms(self) -> float:
        """It sounded until then at least."""
        return self.samples[-1].asked_ms

    @property
    def length_ms(self) -> float:
        """At least."""
        return max(0.0, self.until_ms - self.from_ms)


def stretches(device: str, samples: Sequence[Sample]) -> Iterator[Stretch]:
    """In the order of time, as the samples are."""
    run: list[Sample] = []
    for sample in samples:
        if run and (sample.position_ms is None or sample.asked_ms - run[-1].told_ms > _BLIND_MS):
            yield Stretch(device, tuple(run))
            run = []
        if sample.position_ms is not None:
            run.append(sample)
    if run:
        yield Stretch(device, tuple(run))


def position_ms(samples: Sequence[Sample], at_ms: float) -> float | None:
    """Where the device was in its track, by the samples on both sides; None unless both of them sound."""
    after = bisect_left(samples, at_ms, key=lambda sample: sample.at_ms)
    if not 0 < after < len(samples):
        return None
    left, right = samples[after - 1], samples[after]
    if left.position_ms is None or right.position_ms is None or right.at_ms - left.at_ms > _BLIND_MS:
        return None
    share = (at_ms - left.at_ms) / (right.at_ms - left.at_ms)
    return left.position_ms + share * (right.position_ms - left.position_ms)
