"""From a score to two channels: every part is played, placed between the ears, and given room."""

from functools import lru_cache
from itertools import pairwise
from math import cos, pi, sin

from .chance import chance
from .instruments import INSTRUMENTS
from .score import Part, Score
from .tone import RATE_HZ, Sound, frames_in

ROOM_DELAYS = (809, 967, 1093, 1277, 1427, 1583, 1747, 1931)
# Shorter than every delay, so that a block hears only what came before it.
ROOM_BLOCK = 800
ROOM_GAIN = 0.7
DIFFUSERS = (113, 337)


@lru_cache(maxsize=512)
def played(instrument: str, key: int, held_s: float) -> Sound:
    return INSTRUMENTS[instrument](key, held_s)


def performed(score: Score, part: Part, frames: int) -> Sound:
    """One part alone, played by hands: each note a few milliseconds off and not quite as loud as the last."""
    hands = chance(f"{score.title} {part.instrument} {part.pan}")
    track = [0.0] * frames
    for note in score.notes(part):
        begin_s = score.seconds(note.beat)
        held_s = round((score.seconds(note.beat + note.beats) - begin_s) * part.hold, 2)
        late_s = (abs(hands.gauss(0, score.loose_ms)) + note.place * part.strum_ms) / 1000
        gain = note.accent * hands.uniform(0.9, 1.0)
        at = frames_in(begin_s + late_s)
        sound = played(part.instrument, note.key, max(0.04, held_s))
        track[at : at + len(sound)] = [y + gain * x for y, x in zip(track[at : at + len(sound)], sound, strict=False)]
    return ducked(track, part.pump, RATE_HZ * 60 / score.tempo) if part.pump else track


def ducked(track: Sound, depth: float, beat_frames: float) -> Sound:
    return [y * (1 - depth * (1 - min(1.0, i % beat_frames / beat_frames * 1.6)) ** 2) for i, y in enumerate(track)]


def added(bus: Sound, track: Sound, gain: float) -> Sound:
    return [a + gain * b for a, b in zip(bus, track, strict=True)] if gain else bus


def mix(score: Score) -> tuple[Sound, Sound]:
    frames = frames_in(score.length_s)
    left, right, room, echo = ([0.0] * frames for _ in range(4))
    for part in score.part:
        track = performed(score, part, frames)
        angle = (part.pan + 1) * pi / 4
        left = added(left, track, part.gain * cos(angle))
        right = added(right, track, part.gain * sin(angle))
        room = added(room, track, part.gain * part.reverb)
        echo = added(echo, track, part.gain * part.echo)
    if any(part.echo for part in score.part):
        echo_left, echo_right = echoed(echo, frames_in(score.echo_beats * 60 / score.tempo))
        left, right = added(left, echo_left, 1.0), added(right, echo_right, 1.0)
        room = added(room, echo_left, 0.2)
    room_left, room_right = reverberated(room, score.room_s)
    return narrowed(added(left, room_left, score.room), added(right, room_right, score.room), score.width)


def narrowed(left: Sound, right: Sound, width: float) -> tuple[Sound, Sound]:
    near, far = (1 + width) / 2, (1 - width) / 2
    pairs = list(zip(left, right, strict=True))
    return [near * a + far * b for a, b in pairs], [near * b + far * a for a, b in pairs]


def echoed(track: Sound, delay: int) -> tuple[Sound, Sound]:
    """Ping-pong: what came from the left comes again from the right, each time darker."""
    left, right = [0.0] * delay, [0.0] * delay
    dull_left = dull_right = 0.0
    for i, y in enumerate(track):
        dull_left += 0.45 * (right[i] - dull_left)
        dull_right += 0.45 * (left[i] - dull_right)
        left.append(y + 0.5 * dull_left)
        right.append(0.75 * dull_right)
    return left[: len(track)], right[: len(track)]


def diffused(track: Sound, delay: int) -> Sound:
    memory: Sound = [0.0] * delay
    for i, y in enumerate(track):
        memory.append(y - 0.6 * memory[i])
    return [0.6 * late + early for late, early in zip(memory[delay:], memory, strict=False)]


def reverberated(track: Sound, decay_s: float) -> tuple[Sound, Sound]:
    """Eight delay lines that feed one another through a Householder matrix (after Jot), damped in the treble."""
    for delay in DIFFUSERS:
        track = diffused(track, delay)
    lines = [[0.0] * delay for delay in ROOM_DELAYS]
    # Each line loses, in its own length, its part of the 60 dB that the room takes decay_s to lose.
    losses = [10 ** (-3 * delay / RATE_HZ / decay_s) for delay in ROOM_DELAYS]
    left, right = [], []
    for start in range(0, len(track), ROOM_BLOCK):
        block = track[start : start + ROOM_BLOCK]
        tails = [
            [0.7 * now + 0.3 * after for now, after in pairwise(line[start : start + len(block) + 1])] for line in lines
        ]
        shared = [sum(heads) / 4 for heads in zip(*tails, strict=True)]
        for line, tail, loss in zip(lines, tails, losses, strict=True):
            line += [y + loss * (own - all_) for y, own, all_ in zip(block, tail, shared, strict=True)]
        left += [ROOM_GAIN * (a - b + c - d) for a, b, c, d in zip(*tails[::2], strict=True)]
        right += [ROOM_GAIN * (a - b + c - d) for a, b, c, d in zip(*tails[1::2], strict=True)]
    return left, right
