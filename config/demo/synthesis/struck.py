"""What is struck or plucked, and dies away by itself."""

from functools import lru_cache
from math import exp, pi, sin, sqrt, tau

from .tone import (
    RATE_HZ,
    Sound,
    decayed,
    filtered,
    frames_in,
    harmonics_below,
    hertz_of,
    mixed,
    noise,
    ring,
    shaped,
)


@lru_cache(maxsize=128)
def _piano_string(key: int) -> Sound:
    hertz = hertz_of(key)
    decay_s = 2.6 * 2 ** ((60 - key) / 18)
    partials = []
    for n in harmonics_below(hertz, 7_000)[:12]:
        ratio = n * sqrt(1 + 0.00035 * n * n)
        # The hammer strikes at an eighth of the string: every eighth partial is missing.
        level = 0.5 * abs(sin(pi * n / 8)) / n**1.15 * exp(-n * max(0, key - 48) / 160)
        # Two strings a hair apart: the first dies fast, the second sings on.
        partials += [(ratio, level, decay_s / (2 + n)), (ratio * 1.0007, level * 0.5, 2 * decay_s / (1 + n / 2))]
    string = ring(hertz, frames_in(min(4.5, 2 * decay_s)), partials)
    hammer = decayed(filtered(noise(1200, key), lambda _: 900.0), 0.012)
    return mixed(string, [0.25 * y for y in hammer])


def piano(key: int, held_s: float) -> Sound:
    return shaped(_piano_string(key), held_s, 0.002, 0.35)


def epiano(key: int, held_s: float) -> Sound:
    """Two-operator FM as in the electric pianos of the eighties: a body that mellows and a tine that clinks."""
    turn = tau * hertz_of(key) / RATE_HZ
    brightness = min(1.4, 70 / key)
    sound = []
    for i in range(frames_in(held_s + 0.3)):
        t = i / RATE_HZ
        body = sin(turn * i + brightness * exp(-t * 2.2) * sin(turn * i))
        tine = 0.12 * exp(-t * 14) * sin(7 * turn * i)
        sound.append((0.5 * body + tine) * exp(-t * 1.1) * (1 + 0.1 * sin(33 * t)))
    return shaped(sound, held_s, 0.003, 0.3)


def music_box(key: int, held_s: float) -> Sound:
    partials = [(1.0, 0.5, 0.9), (2.0, 0.12, 0.5), (3.01, 0.16, 0.25), (6.27, 0.09, 0.08), (8.9, 0.04, 0.03)]
    return shaped(ring(hertz_of(key), frames_in(2.6), partials), max(held_s, 1.8), 0.001, 0.8)


def marimba(key: int, held_s: float) -> Sound:
    partials = [(1.0, 0.6, 0.32), (3.93, 0.16, 0.09), (9.2, 0.05, 0.03)]
    return shaped(ring(hertz_of(key), frames_in(1.4), partials), max(held_s, 0.6), 0.001, 0.4)


def bell(key: int, held_s: float) -> Sound:
    """Chowning's FM bell: the modulator stands at 1.4 times the pitch, so nothing is quite in tune."""
    turn = tau * hertz_of(key) / RATE_HZ
    times = range(frames_in(2.4))
    sound = [
        0.5 * exp(-i / RATE_HZ * 1.9) * sin(turn * i + 1.6 * exp(-i / RATE_HZ * 3) * sin(1.4 * turn * i)) for i in times
    ]
    return shaped(sound, max(held_s, 1.2), 0.002, 1.0)


@lru_cache(maxsize=128)
def _string(key: int, damping: float) -> Sound:
    """Karplus and Strong's plucked string, tuned by an allpass between two whole frames."""
    # The higher the string, the lighter the averaging: it is done more often in a second.
    blur = 0.5 * min(1.0, 2 ** ((64 - key) / 12))
    period = RATE_HZ / hertz_of(key) - (1 - blur)
    whole = int(period - 0.1)
    tuning = (1 - (period - whole)) / (1 + (period - whole))
    # The finger lifts the string at a sixth of its length; a little noise is its skin.
    lifted = [0.9 if 6 * i < whole else -0.18 for i in range(whole + 1)]
    pluck = filtered(mixed(lifted, [0.2 * y for y in noise(whole + 1, key)]), lambda _: 3_200.0)
    middle = sum(pluck) / len(pluck)
    sound = [y - middle for y in pluck]
    last_in = last_out = 0.0
    for i in range(frames_in(2.2)):
        average = damping * ((1 - blur) * sound[i] + blur * sound[i + 1])
        last_out = tuning * (average - last_out) + last_in
        last_in = average
        sound.append(last_out)
    # High strings die sooner; what is heard of each, its first quarter second, is made equally strong.
    strength = sqrt(sum(y * y for y in sound[: RATE_HZ // 4]) / (RATE_HZ // 4))
    return [0.25 * y / strength for y in sound]


def guitar(key: int, held_s: float) -> Sound:
    return shaped(_string(key, 0.9965), held_s, 0.001, 0.12)


def harp(key: int, held_s: float) -> Sound:
    return shaped(_string(key, 0.998), max(held_s, 1.0), 0.001, 0.6)


def upright(key: int, held_s: float) -> Sound:
    """A double bass, plucked: short overtones over a long fundamental."""
    partials = [(n, 0.7 / n**1.3, 1.3 / n**0.8) for n in range(1, 9)]
    sound = ring(hertz_of(key), frames_in(min(held_s, 2.0) + 0.12), partials)
    finger = decayed(filtered(noise(600, key), lambda _: 700.0), 0.01)
    return shaped(mixed(sound, [0.3 * y for y in finger]), held_s, 0.004, 0.1)
