"""A score as it stands in a TOML file of `songs/`, and when each of its notes and lines comes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from .notation import Note, bars_of, key_of, notes_of

SONGS = Path(__file__).parent.parent / "songs"


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    instrument: str
    # A pattern for each section in which the part plays.
    play: dict[str, str]
    gain: float = 0.3
    pan: float = 0.0
    # Degrees and chords are voiced around this pitch.
    centre: str = "c4"
    # How much of each note's time it is held.
    hold: float = 0.95
    reverb: float = 0.2
    echo: float = 0.0
    # How deep the part ducks on each beat.
    pump: float = 0.0
    strum_ms: float = 0.0


class Cover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    motif: str
    palette: list[str]


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    artist: str
    genre: str
    date: str
    # ISO 639-3.
    language: str
    # Beats in a minute, beats in a bar, and the sections in the order in which they are played.
    tempo: float
    beats: int
    form: str
    chords: dict[str, str]
    part: list[Part]
    cover: Cover
    # The bar (from 1, with a fraction) at which a line is sung, and the line.
    lyrics: list[tuple[float, str]]
    # Where the second half of a beat falls: 0.5 is straight, 0.67 swings.
    swing: float = 0.5
    loose_ms: float = 5.0
    echo_beats: float = 0.75
    room_s: float = 1.4
    room: float = 1.0
    # Between the ears: 0 is mono, 1 as wide as the parts are placed. Width nearly doubles a FLAC: three songs have it.
    width: float = 0.0
    fade_s: float = 2.0
    tail_s: float = 1.5
    alias: str = ""

    def bars_in(self, section: str) -> int:
        return len(bars_of(self.chords[section]))

    @property
    def length_s(self) -> float:
        bars = sum(self.bars_in(section) for section in self.form.split())
        return self.seconds(bars * self.beats) + self.tail_s

    def seconds(self, beat: float) -> float:
        whole, rest = divmod(beat, 1)
        late = rest * 2 * self.swing if rest < 0.5 else 1 - (1 - rest) * 2 * (1 - self.swing)
        return (whole + late) * 60 / self.tempo

    def notes(self, part: Part) -> Iterator[Note]:
        start = 0
        for section in self.form.split():
            if section in part.play:
                for note in notes_of(part.play[section], self.chords[section], self.beats, key_of(part.centre)):
                    yield replace(note, beat=note.beat + start)
            start += self.bars_in(section) * self.beats

    def timed_lyrics(self) -> Iterator[tuple[float, str]]:
        for bar, line in self.lyrics:
            yield self.seconds((bar - 1) * self.beats), line


def read(path: Path) -> Score:
    return msgspec.toml.decode(path.read_bytes(), type=Score)
