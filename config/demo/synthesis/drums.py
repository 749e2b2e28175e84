"""The drum kit. Drums have the key numbers of General MIDI, so a kit is an instrument like any other."""

from collections.abc import Callable
from functools import cache
from math import exp, sin, tau

from .tone import BAND, HIGH, RATE_HZ, Sound, decayed, filtered, frames_in, mixed, noise, ring, shaped


def _hit(seed: int, length_s: float, decay_s: float, cutoff_hz: float, through: tuple[float, float, float]) -> Sound:
    raw = noise(frames_in(length_s), seed)
    return decayed(filtered(raw, lambda _: cutoff_hz, 1.0, through), decay_s)


def _drop(from_hz: float, to_hz: float, fall_s: float, decay_s: float) -> Sound:
    """A skin: a sine whose pitch falls while it dies."""
    sound, phase = [], 0.0
    for i in range(frames_in(decay_s * 5)):
        t = i / RATE_HZ
        phase += (to_hz + (from_hz - to_hz) * exp(-t / fall_s)) / RATE_HZ
        sound.append(sin(tau * phase) * exp(-t / decay_s))
    return sound


def kick() -> Sound:
    click = _hit(1, 0.02, 0.003, 1_800, BAND)
    return mixed(_drop(190, 48, 0.028, 0.11), [0.3 * y for y in click])


def soft_kick() -> Sound:
    return [0.8 * y for y in _drop(110, 50, 0.03, 0.1)]


def snare() -> Sound:
    rattle = _hit(2, 0.25, 0.06, 2_600, BAND)
    return mixed([0.7 * y for y in rattle], [0.5 * y for y in _drop(290, 185, 0.02, 0.05)])


def clap() -> Sound:
    sound = [0.0] * frames_in(0.3)
    for number, at_s in enumerate((0.0, 0.011, 0.023)):
        burst = _hit(10 + number, 0.2, 0.008 if number < 2 else 0.06, 1_500, BAND)
        sound = mixed(sound, [0.0] * frames_in(at_s) + burst)
    return [0.8 * y for y in sound]


def rim() -> Sound:
    return mixed(ring(820, 1_500, [(1, 0.5, 0.012), (2.1, 0.3, 0.008)]), _hit(3, 0.02, 0.003, 3_000, BAND))


def hat() -> Sound:
    return [0.5 * y for y in _hit(4, 0.09, 0.018, 7_000, HIGH)]


def open_hat() -> Sound:
    return [0.45 * y for y in _hit(5, 0.4, 0.09, 6_500, HIGH)]


def shaker() -> Sound:
    return shaped([0.5 * y for y in _hit(6, 0.12, 0.03, 5_500, BAND)], 0.05, 0.02, 0.06)


def brush() -> Sound:
    return shaped([0.5 * y for y in _hit(7, 0.4, 0.12, 3_500, BAND)], 0.12, 0.05, 0.2)


def low_tom() -> Sound:
    return _drop(150, 82, 0.05, 0.13)


def high_tom() -> Sound:
    return _drop(230, 130, 0.05, 0.1)


def ride() -> Sound:
    metal = [
        (1, 0.05, 0.16),
        (1.34, 0.05, 0.2),
        (1.57, 0.04, 0.15),
        (1.83, 0.04, 0.12),
        (2.41, 0.04, 0.1),
        (2.93, 0.03, 0.08),
    ]
    return mixed(ring(3_150, frames_in(0.7), metal), [0.4 * y for y in hat()])


def crackle() -> Sound:
    """A speck of dust in the groove."""
    return [0.6 * y for y in _hit(8, 0.01, 0.0012, 2_500, BAND)]


DRUMS: dict[int, Callable[[], Sound]] = {
    35: soft_kick, 36: kick, 37: rim, 38: snare, 39: clap, 40: brush, 42: hat, 45: low_tom, 46: open_hat,
    50: high_tom, 51: ride, 70: shaker, 75: crackle,
}  # fmt: skip


@cache
def _struck(key: int) -> Sound:
    return DRUMS[key]()


def kit(key: int, _held_s: float) -> Sound:
    return _struck(key)
