"""Waves, envelopes and a filter: what every instrument is made of."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import cos, exp, pi, sin, tan, tau

from .chance import chance

Sound = list[float]

RATE_HZ = 24_000
# Vibrato and cutoff are looked at once in so many frames (2 ms): the ear hears no step, and it is ten times faster.
CONTROL_FRAMES = 48
HIGHEST_HZ = 10_500
WAVE_FRAMES = 2048
SINE = [sin(tau * i / WAVE_FRAMES) for i in range(WAVE_FRAMES)]

# How much of low, band and high a filter lets through.
LOW, BAND, HIGH = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def frames_in(seconds: float) -> int:
    return round(seconds * RATE_HZ)


def hertz_of(key: int) -> float:
    return float(440 * 2 ** ((key - 69) / 12))


def wave_of(levels: Sequence[float]) -> Sound:
    """One cycle with these harmonics, and its first frame once more so that reading may interpolate."""
    cycle = [0.0] * WAVE_FRAMES
    for harmonic, level in enumerate(levels, 1):
        if level:
            cycle = [y + level * SINE[i * harmonic % WAVE_FRAMES] for i, y in enumerate(cycle)]
    return [*cycle, cycle[0]]


def harmonics_below(hertz: float, highest_hz: float = HIGHEST_HZ) -> range:
    return range(1, 1 + max(1, min(48, int(highest_hz / hertz))))


@lru_cache(maxsize=256)
def saw(hertz: float) -> Sound:
    return wave_of([0.6 / n for n in harmonics_below(hertz)])


@lru_cache(maxsize=256)
def pulse(hertz: float, width: float) -> Sound:
    return wave_of([0.8 * sin(pi * n * width) / n for n in harmonics_below(hertz)])


def oscillate(
    wave: Sound, hertz: float, frames: int, *, vibrato: float = 0.0, rate_hz: float = 5.2, phase: float = 0.0
) -> Sound:
    """`vibrato` is the depth in semitones; it swells in over the first half second, as a singer's does."""
    sound: Sound = []
    position = phase * WAVE_FRAMES
    for start in range(0, frames, CONTROL_FRAMES):
        t = start / RATE_HZ
        bend = vibrato * min(1.0, t / 0.5) * sin(tau * (rate_hz * t + phase))
        step = hertz * 2 ** (bend / 12) * WAVE_FRAMES / RATE_HZ
        for _ in range(min(CONTROL_FRAMES, frames - start)):
            i = int(position)
            here = wave[i]
            sound.append(here + (wave[i + 1] - here) * (position - i))
            position += step
            if position >= WAVE_FRAMES:
                position -= WAVE_FRAMES
    return sound


def ring(hertz: float, frames: int, partials: Sequence[tuple[float, float, float]]) -> Sound:
    """A sum of dying sines, as a bar, a tine or a string rings; a partial is (ratio, level, decay in seconds)."""
    sound = [0.0] * frames
    for ratio, level, decay_s in partials:
        angle = tau * hertz * ratio / RATE_HZ
        if hertz * ratio > HIGHEST_HZ:
            continue
        loss = exp(-1 / (decay_s * RATE_HZ))
        feedback, loss_squared = 2 * loss * cos(angle), loss * loss
        now, before = 0.0, -level * sin(angle) / loss
        for i in range(min(frames, frames_in(decay_s * 8))):
            sound[i] += now
            now, before = feedback * now - loss_squared * before, now
    return sound


def shaped(sound: Sound, hold_s: float, attack_s: float, release_s: float) -> Sound:
    """Fades in over the attack and, from the moment the key is let go, out over the release."""
    attack, hold, release = (frames_in(s) for s in (attack_s, hold_s, release_s))
    sound = sound[: hold + release]
    for i in range(min(attack, len(sound))):
        sound[i] *= i / attack
    for i in range(hold, len(sound)):
        sound[i] *= (1 - (i - hold) / release) ** 2
    return sound


def decayed(sound: Sound, decay_s: float, floor: float = 0.0) -> Sound:
    loss = exp(-1 / (decay_s * RATE_HZ))
    level, quieter = 1.0 - floor, []
    for y in sound:
        quieter.append(y * (floor + level))
        level *= loss
    return quieter


def filtered(
    sound: Sound,
    cutoff_hz: Callable[[float], float],
    resonance: float = 0.7,
    through: tuple[float, float, float] = LOW,
) -> Sound:
    """State-variable filter in the trapezoidal form of Zavalishin; `cutoff_hz` is asked with seconds."""
    low_part, band_part, high_part = through
    damping = 1 / resonance
    one, two, result = 0.0, 0.0, []
    for start in range(0, len(sound), CONTROL_FRAMES):
        g = tan(pi * min(cutoff_hz(start / RATE_HZ), 0.45 * RATE_HZ) / RATE_HZ)
        scale = 1 / (1 + g * (g + damping))
        for y in sound[start : start + CONTROL_FRAMES]:
            high = (y - (g + damping) * one - two) * scale
            band = g * high + one
            low = g * band + two
            one, two = g * high + band, g * band + low
            result.append(low_part * low + band_part * band + high_part * high)
    return result


def noise(frames: int, seed: int) -> Sound:
    random = chance(seed)
    return [random.uniform(-1, 1) for _ in range(frames)]


def mixed(*sounds: Sound) -> Sound:
    longest = [0.0] * max(len(sound) for sound in sounds)
    for sound in sounds:
        longest[: len(sound)] = [a + b for a, b in zip(longest, sound, strict=False)]
    return longest
