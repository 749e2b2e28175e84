"""The last step of the studio: no DC, equal loudness, no peak above the ceiling, a fade, sixteen bits."""

from array import array
from itertools import pairwise
from math import cos, log10, pi, tan

from .score import Score
from .tone import RATE_HZ, Sound, frames_in

# Music is masked by itself 60 dB below: with 13 bits set and three left at zero the FLAC is a third smaller.
SIGNIFICANT_BITS = 13
TARGET_LUFS = -17.0
# ReplayGain 2.0 plays everything at this loudness.
REFERENCE_LUFS = -18.0
CEILING = 0.84
LIMITER_FRAMES = 96

Stereo = tuple[Sound, Sound]


def mastered(stereo: Stereo, score: Score) -> Stereo:
    left, right = (without_dc(channel) for channel in stereo)
    gain = 10 ** ((TARGET_LUFS - loudness_lufs((left, right))) / 20)
    limited_pair = limited(([y * gain for y in left], [y * gain for y in right]))
    return faded(limited_pair[0], score.fade_s), faded(limited_pair[1], score.fade_s)


def without_dc(sound: Sound) -> Sound:
    keep = 1 - 2 * pi * 20 / RATE_HZ
    before, level, result = 0.0, 0.0, []
    for y in sound:
        level = keep * level + y - before
        before = y
        result.append(level)
    return result


def limited(stereo: Stereo) -> Stereo:
    """Looks one block ahead and glides between blocks, so that it never overshoots and never clicks."""
    left, right = stereo
    blocks = range(0, len(left), LIMITER_FRAMES)
    peaks = [max(map(abs, left[i : i + LIMITER_FRAMES] + right[i : i + LIMITER_FRAMES])) for i in blocks]
    allowed = [min(1.0, CEILING / peak) if peak else 1.0 for peak in peaks]
    edges = [allowed[0]]
    for before, after in zip(allowed, [*allowed[1:], 1.0], strict=True):
        edges.append(min(before, after, edges[-1] + 0.02))
    gains = [
        start + (end - start) * i / LIMITER_FRAMES for start, end in pairwise(edges) for i in range(LIMITER_FRAMES)
    ]
    return [y * g for y, g in zip(left, gains, strict=False)], [y * g for y, g in zip(right, gains, strict=False)]


def faded(sound: Sound, fade_s: float) -> Sound:
    fade = frames_in(fade_s)
    tail = [y * (0.5 + 0.5 * cos(pi * i / fade)) for i, y in enumerate(sound[-fade:])]
    return sound[:-fade] + tail


def peak(stereo: Stereo) -> float:
    return max(max(map(abs, channel)) for channel in stereo)


def loudness_lufs(stereo: Stereo) -> float:
    """Integrated loudness of ITU-R BS.1770-4, with its two gates, from blocks of 400 ms every 100 ms."""
    hop = RATE_HZ // 10
    hops = [[sum(y * y for y in c[i : i + hop]) for i in range(0, len(c) - hop + 1, hop)] for c in map(heard, stereo)]
    powers = [a + b for a, b in zip(*hops, strict=True)]
    blocks = [sum(powers[i : i + 4]) / (4 * hop) for i in range(len(powers) - 3)]
    audible = [power for power in blocks if power > power_of(-70)]
    gate = power_of(lufs(audible) - 10)
    return lufs([power for power in audible if power > gate])


def lufs(powers: list[float]) -> float:
    return -0.691 + 10 * log10(sum(powers) / len(powers))


def power_of(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def heard(sound: Sound) -> Sound:
    """The K weighting: a shelf for the head, then a high-pass; both from their analogue prototypes."""
    k, q = tan(pi * 1681.974450955533 / RATE_HZ), 0.7071752369554196
    high, band = 10 ** (3.999843853973347 / 20), 10 ** (3.999843853973347 / 20 * 0.4996667741545416)
    shelf = (high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k)
    headed = biquad(sound, shelf, k, q)
    k, q = tan(pi * 38.13547087602444 / RATE_HZ), 0.5003270373238773
    unity = 1 + k / q + k * k
    return biquad(headed, (unity, -2 * unity, unity), k, q)


def biquad(sound: Sound, zeros: tuple[float, float, float], k: float, q: float) -> Sound:
    unity = 1 + k / q + k * k
    b0, b1, b2 = (b / unity for b in zeros)
    a1, a2 = 2 * (k * k - 1) / unity, (1 - k / q + k * k) / unity
    one, two, result = 0.0, 0.0, []
    for x in sound:
        y = b0 * x + one
        one, two = b1 * x - a1 * y + two, b2 * x - a2 * y
        result.append(y)
    return result


def sixteen_bits(stereo: Stereo) -> bytes:
    """Interleaved, in the byte order of this machine."""
    most, step = 2 ** (SIGNIFICANT_BITS - 1) - 1, 2 ** (16 - SIGNIFICANT_BITS)
    return array("h", [round(most * y) * step for pair in zip(*stereo, strict=True) for y in pair]).tobytes()
