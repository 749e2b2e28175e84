"""What sounds for as long as the key is held."""

from functools import lru_cache
from math import exp

from .tone import (
    SINE,
    Sound,
    decayed,
    filtered,
    frames_in,
    harmonics_below,
    hertz_of,
    mixed,
    oscillate,
    pulse,
    saw,
    shaped,
    wave_of,
)

SINE_WAVE = [*SINE, SINE[0]]


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
