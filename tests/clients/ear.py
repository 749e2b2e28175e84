"""What mpv played and when, by its own clock: an ear of ours inside it."""

import shutil
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from statistics import median
from typing import Final

from tests.clients.speaker.party import Room

_SCRIPT: Final = Path(__file__).with_name("ear.lua")
#: How often it listens.
_TICK_S: Final = 0.02
#: A few ticks: one alone may be off by what mpv was doing just then.
_FEW: Final = 7
#: Whoever joins a song, or is corrected, may miss so much of it.
_NEAR_S: Final = 0.3


@dataclass(frozen=True)
class Heard:
    """A stretch of one title: at how many seconds of mpv's clock it was at which second of the music."""

    title: str
    ticks: tuple[tuple[float, float], ...]

    @property
    def begins_s(self) -> float:
        """When its first note sounded, or would have."""
        return median(at_s - position_s for at_s, position_s in self.ticks[:_FEW])

    def ends_s(self, length_s: float) -> float:
        """When its last note sounded, or would have."""
        return median(at_s + length_s - position_s for at_s, position_s in self.ticks[-_FEW:])

    def is_whole(self, length_s: float, stalled_s: float) -> bool:
        """From its beginning to its end, and nothing of it twice. `stalled_s`: as `Ear` has it."""
        positions, near_s = [position_s for _, position_s in self.ticks], _NEAR_S + stalled_s
        goes_back = any(after < before - _NEAR_S for before, after in pairwise(positions))
        return not goes_back and positions[0] < near_s and positions[-1] > length_s - near_s


class Ear:
    """Listens from `listen` on; `folder` is its own."""

    def __init__(self, folder: Path) -> None:
        self._script = folder / "ear.lua"

    async def listen(self, room: Room) -> None:
        shutil.copy(_SCRIPT, self._script)
        await room.speaker._mpv.command("load-script", f"{self._script}")

    def heard(self) -> list[Heard]:
        """In order; what was heard twice, with something else in between, is there twice."""
        sounding = [tick for tick in self._ticks() if tick[1] != "-"]
        stretches = ((title, list(ticks)) for title, ticks in groupby(sounding, key=lambda tick: tick[2]))
        return [
            Heard(title, tuple((float(at), float(position)) for at, position, _ in ticks)) for title, ticks in stretches
        ]

    def stalled_s(self) -> float:
        """The longest time for which this machine let mpv wait."""
        return max(float(after[0]) - float(before[0]) for before, after in pairwise(self._ticks())) - _TICK_S

    def _ticks(self) -> list[list[str]]:
        lines = Path(f"{self._script}.heard").read_text().splitlines()
        return [line.split(" ", 2) for line in lines]
