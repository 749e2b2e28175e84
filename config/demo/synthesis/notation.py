"""How a score is written: text that becomes notes.

A bar is split evenly by its words, bars are split by `|`. A word is a rest `.`, a tie `-`, or what sounds at once,
joined by `+`: a pitch `eb5`, a degree of the chord of the moment `1 3 5 7 8 9` (`'` an octave up, `_` down), the
bass of the chord `0`, the whole chord `*`, or a drum (a letter). `!` after it is an accent, `?` a ghost.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
SHARPS = {"": 0, "#": 1, "b": -1}
QUALITIES = {
    "": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "m7": (0, 3, 7, 10), "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9), "9": (0, 4, 7, 10, 14), "maj9": (0, 4, 7, 11, 14), "m9": (0, 3, 7, 10, 14),
    "add9": (0, 4, 7, 14), "sus4": (0, 5, 7), "sus2": (0, 2, 7), "dim7": (0, 3, 6, 9), "m7b5": (0, 3, 6, 10),
    "7b9": (0, 4, 7, 10, 13),
}  # fmt: skip
DRUM_KEYS = {
    "q": 35, "k": 36, "r": 37, "s": 38, "c": 39, "w": 40, "h": 42, "t": 45, "o": 46, "u": 50, "y": 51, "v": 70, "z": 75,
}  # fmt: skip
ACCENTS = {"": 1.0, "!": 1.25, "?": 0.55}
PITCH = re.compile(r"([a-g])([#b]?)(\d)")
CHORD = re.compile(r"([A-G])([#b]?)([a-z0-9]*)(?:/([A-G])([#b]?))?")
DEGREE = re.compile(r"([0-9])([_']*)")


@dataclass(frozen=True)
class Note:
    key: int
    beat: float
    beats: float
    accent: float
    # Which one of the notes that sound together, from below: a strum spreads them.
    place: int


@dataclass(frozen=True)
class Chord:
    root: int
    tones: tuple[int, ...]
    bass: int

    def degree(self, number: int, centre: int) -> int:
        if number == 0:
            return near(self.bass, centre)
        seventh = self.tones[3] if len(self.tones) > 3 else 12
        steps = (0, 2, self.tones[1], 5, self.tones[2], 9, seventh, 12, 14)
        return near(self.root, centre) + steps[number - 1]

    def voiced(self, centre: int) -> list[int]:
        """Every tone in the octave around the centre: that alone makes one chord lead smoothly to the next."""
        return sorted(near(self.root + tone, centre) for tone in self.tones)


def near(key: int, centre: int) -> int:
    return centre - 6 + (key - centre + 6) % 12


def key_of(pitch: str) -> int:
    letter, sharp, octave = matched(PITCH, pitch)
    return STEPS[letter] + SHARPS[sharp] + 12 * (int(octave) + 1)


def chord_of(symbol: str) -> Chord:
    letter, sharp, quality, bass, bass_sharp = matched(CHORD, symbol)
    root = STEPS[letter.lower()] + SHARPS[sharp]
    return Chord(root, QUALITIES[quality], STEPS[bass.lower()] + SHARPS[bass_sharp or ""] if bass else root)


def matched(grammar: re.Pattern[str], word: str) -> tuple[str, ...]:
    found = grammar.fullmatch(word)
    if found is None:
        raise ValueError(f"{word!r} is not written as {grammar.pattern}")
    return found.groups()


def bars_of(text: str) -> list[list[str]]:
    return [bar.split() for bar in text.strip().strip("|").split("|")]


def keys_of(word: str, chord: Chord, centre: int) -> Iterator[int]:
    for voice in word.split("+"):
        if voice == "*":
            yield from chord.voiced(centre)
        elif voice in DRUM_KEYS:
            yield DRUM_KEYS[voice]
        elif voice[0].isdigit():
            number, octaves = matched(DEGREE, voice)
            yield chord.degree(int(number), centre) + 12 * (octaves.count("'") - octaves.count("_"))
        else:
            yield key_of(voice)


def notes_of(pattern: str, chords: str, beats_in_bar: int, centre: int) -> list[Note]:
    """A pattern shorter than the chords is played again until they end."""
    bars, harmony = bars_of(pattern), bars_of(chords)
    notes: list[Note] = []
    sounding = 0
    for number, symbols in enumerate(harmony):
        words = bars[number % len(bars)]
        length = beats_in_bar / len(words)
        for step, word in enumerate(words):
            if word == "-":
                notes[-sounding:] = (
                    [replace(note, beats=note.beats + length) for note in notes[-sounding:]] if sounding else []
                )
                continue
            accent = word[-1] if word[-1] in "!?" else ""
            chord = chord_of(symbols[step * len(symbols) // len(words)])
            keys = [] if word == "." else list(keys_of(word.removesuffix(accent), chord, centre))
            beat = number * beats_in_bar + step * length
            notes += [Note(key, beat, length, ACCENTS[accent], place) for place, key in enumerate(keys)]
            sounding = len(keys)
    return notes
