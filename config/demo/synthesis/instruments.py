"""The band. An instrument is a function of a pitch (MIDI key) and how long the key is held, in seconds."""

from collections.abc import Callable
from functools import lru_cache
from math import exp, pi, sin, sqrt, tau

from .drums import kit
from .tone import (
    RATE_HZ,
    SINE,
    Sound,
    decayed,
    filtered,
    frames_in,
    harmonics_below,
    mixed,
    noise,
    oscillate,
    pulse,
    ring,
    saw,
    shaped,
    wave_of,
)

Instrument = Callable[[int, float], Sound]
SINE_WAVE = [*SINE, SINE[0]]


def hertz_of(key: int) -> float:
    return float(440 * 2 ** ((key - 69) / 12))


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
    return shaped(_piano_string(key)[:], held_s, 0.002, 0.35)


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
    period = RATE_HZ / hertz_of(key) - 0.5
    whole = int(period - 0.1)
    tuning = (1 - (period - whole)) / (1 + (period - whole))
    pluck = filtered(noise(whole + 1, key), lambda _: 3_200.0)
    middle = sum(pluck) / len(pluck)
    sound = [y - middle for y in pluck]
    last_in = last_out = 0.0
    for i in range(frames_in(2.2)):
        average = damping * 0.5 * (sound[i] + sound[i + 1])
        last_out = tuning * (average - last_out) + last_in
        last_in = average
        sound.append(last_out)
    return sound


def guitar(key: int, held_s: float) -> Sound:
    return shaped([1.3 * y for y in _string(key, 0.9965)], held_s, 0.001, 0.12)


def harp(key: int, held_s: float) -> Sound:
    return shaped([1.3 * y for y in _string(key, 0.998)], max(held_s, 1.0), 0.001, 0.6)


def upright(key: int, held_s: float) -> Sound:
    """A double bass, plucked: short overtones over a long fundamental."""
    partials = [(n, 0.7 / n**1.3, 1.3 / n**0.8) for n in range(1, 9)]
    sound = ring(hertz_of(key), frames_in(min(held_s, 2.0) + 0.12), partials)
    finger = decayed(filtered(noise(600, key), lambda _: 700.0), 0.01)
    return shaped(mixed(sound, [0.3 * y for y in finger]), held_s, 0.004, 0.1)


def bass(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    raw = oscillate(saw(hertz), hertz, frames_in(held_s + 0.06))
    plucked = filtered(raw, lambda t: 180 + 3 * hertz + 1400 * exp(-t * 9), 1.1)
    return shaped(decayed(plucked, 0.5, 0.45), held_s, 0.003, 0.06)


def acid(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    raw = oscillate(saw(hertz), hertz, frames_in(held_s + 0.05))
    return shaped(filtered(raw, lambda t: 260 + 2600 * exp(-t * 14), 3.5), held_s, 0.003, 0.05)


def sub(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    wave = wave_of([0.8, 0.16, 0.05])
    return shaped(oscillate(wave, hertz, frames_in(held_s + 0.08)), held_s, 0.008, 0.08)


def _ensemble(wave: Sound, hertz: float, frames: int, vibrato: float) -> Sound:
    voices = ((0.9965, 0.1, 4.7), (1.0, 0.45, 5.3), (1.0038, 0.8, 5.9))
    return mixed(
        *(
            oscillate(wave, hertz * detune, frames, vibrato=vibrato, rate_hz=rate, phase=phase)
            for detune, phase, rate in voices
        )
    )


def pad(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    raw = _ensemble(saw(hertz), hertz, frames_in(held_s + 0.9), 0.05)
    return shaped(filtered(raw, lambda t: 500 + 900 * min(1.0, t / 1.2), 0.8), held_s, 0.35, 0.9)


def brass(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    raw = _ensemble(saw(hertz), hertz, frames_in(held_s + 0.25), 0.03)
    opened = filtered(raw, lambda t: 400 + 3200 * min(1.0, t / 0.05) * (0.35 + 0.65 * exp(-t * 3)), 0.9)
    return shaped([0.6 * y for y in opened], held_s, 0.01, 0.25)


def lead(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    raw = _ensemble(pulse(hertz, 0.3), hertz, frames_in(held_s + 0.2), 0.12)
    return shaped(filtered(raw, lambda t: 1400 + 2000 * exp(-t * 5), 0.9), held_s, 0.012, 0.2)


@lru_cache(maxsize=64)
def _sung(key: int, formants: tuple[tuple[float, float, float], ...]) -> Sound:
    """A glottal wave through the resonances (centre, width, level) of a mouth that says one vowel."""
    hertz = hertz_of(key)
    levels = []
    for n in harmonics_below(hertz, 5_000):
        mouth = sum(level / (1 + ((n * hertz - centre) / width) ** 2) for centre, width, level in formants)
        levels.append((mouth + 0.02) / n**0.6)
    loudest = sum(y * y for y in levels) ** 0.5
    return wave_of([0.4 * y / loudest for y in levels])


def choir_ah(key: int, held_s: float) -> Sound:
    wave = _sung(key, ((700, 110, 1.0), (1150, 120, 0.6), (2600, 180, 0.16), (3400, 250, 0.08)))
    return shaped(_ensemble(wave, hertz_of(key), frames_in(held_s + 0.7), 0.16), held_s, 0.22, 0.7)


def choir_oo(key: int, held_s: float) -> Sound:
    wave = _sung(key, ((350, 80, 1.0), (750, 100, 0.3), (2500, 200, 0.03)))
    return shaped(_ensemble(wave, hertz_of(key), frames_in(held_s + 0.9), 0.12), held_s, 0.3, 0.9)


def organ(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    wave = wave_of([0.3, 0.28, 0.2, 0.1, 0.0, 0.06, 0.0, 0.05])
    sound = oscillate(wave, hertz, frames_in(held_s + 0.05), vibrato=0.08, rate_hz=6.1)
    return shaped(sound, held_s, 0.006, 0.05)


def harmonica(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    wave = wave_of([0.3, 0.22, 0.26, 0.14, 0.12, 0.07, 0.05, 0.03][: len(harmonics_below(hertz))])
    sound = oscillate(wave, hertz, frames_in(held_s + 0.08), vibrato=0.22, rate_hz=5.6)
    return shaped(filtered(sound, lambda t: 900 + 2600 * min(1.0, t / 0.12), 0.9), held_s, 0.03, 0.08)


def square(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    sound = oscillate(pulse(hertz, 0.25), hertz, frames_in(held_s + 0.03), vibrato=0.1, rate_hz=6.5)
    return shaped(decayed(sound, 0.25, 0.4), held_s, 0.002, 0.03)


def triangle(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    wave = wave_of([0.8 * (n % 2) * (-1) ** (n // 2) / n**2 for n in harmonics_below(hertz)])
    return shaped(oscillate(wave, hertz, frames_in(held_s + 0.03)), held_s, 0.003, 0.03)


def whistle(key: int, held_s: float) -> Sound:
    hertz = hertz_of(key)
    sound = oscillate(SINE_WAVE, hertz, frames_in(held_s + 0.15), vibrato=0.25, rate_hz=5.4)
    return shaped([0.45 * y for y in sound], held_s, 0.04, 0.15)


INSTRUMENTS: dict[str, Instrument] = {
    play.__name__: play
    for play in (
        piano, epiano, music_box, marimba, bell, guitar, harp, upright, bass, acid, sub, pad, brass, lead,
        choir_ah, choir_oo, organ, harmonica, square, triangle, whistle, kit,
    )
}  # fmt: skip
