"""The band. An instrument is a function of a pitch (MIDI key) and of how long the key is held, in seconds."""

from collections.abc import Callable

from .drums import kit
from .struck import bell, epiano, guitar, harp, marimba, music_box, piano, upright
from .sustained import (
    acid,
    bass,
    brass,
    choir_ah,
    choir_oo,
    harmonica,
    lead,
    organ,
    pad,
    square,
    sub,
    triangle,
    whistle,
)
from .tone import Sound

Instrument = Callable[[int, float], Sound]

INSTRUMENTS: dict[str, Instrument] = {
    play.__name__: play
    for play in (
        piano, epiano, music_box, marimba, bell, guitar, harp, upright, bass, acid, sub, pad, brass, lead,
        choir_ah, choir_oo, organ, harmonica, square, triangle, whistle, kit,
    )
}  # fmt: skip
