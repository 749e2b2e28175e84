"""A recording whose samples say where in it they stand, and an ear that reads that off what an mpv plays of it."""

import re
import shutil
import subprocess
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api_queue.clients.speaker.mpv import Mpv
from tests.tools import needs

RATE: Final = 8_000
#: So long a sample stays as high as the one before; then it says that it is so much later.
STEP_MS: Final = 10
#: After so long the levels begin anew.
ROUND_MS: Final = 600_000
_LOWEST: Final = -(ROUND_MS // STEP_MS) // 2
_SCRIPT: Final = Path(__file__).with_name("levels.lua")
_LEVEL: Final = re.compile(r"(Min|Max)_level=(-?\d+)")


def make_recording(path: Path, rounds: int, *tags: str) -> Path:
    """Of so many times ROUND_MS, in a tenth of a second each; `tags` as `TITLE=A set`."""
    words = ["--silent", "--fast", "--force-raw-format", "--endian=little", "--sign=signed", "--channels=1", "--bps=16"]
    said = [f"--tag={tag}" for tag in tags]
    command = [needs("flac"), *words, f"--sample-rate={RATE}", *said, "-o", f"{path}", "-"]
    steps = (array("h", [level]) * (RATE * STEP_MS // 1000) for level in range(_LOWEST, -_LOWEST))
    subprocess.run(command, input=b"".join(step.tobytes() for step in steps) * rounds, check=True)
    return path


@dataclass(frozen=True)
class Heard:
    """What mpv played of one file: the earliest and the latest that it played, ms of the recording in its round."""

    first_ms: int
    last_ms: int


class Levels:
    """Listens from `listen` on; `folder` is its own."""

    def __init__(self, folder: Path) -> None:
        self._script = folder / "levels.lua"

    async def listen(self, mpv: Mpv) -> None:
        shutil.copy(_SCRIPT, self._script)
        await mpv.command("load-script", f"{self._script}")

    def heard(self) -> list[Heard]:
        """One for each file, in order."""
        files = sorted(self._script.parent.glob("levels.lua.heard*"), key=lambda path: int(path.name[16:]))
        found = [_LEVEL.findall(path.read_text()) for path in files]
        return [_heard(levels) for levels in found if levels]


def _heard(levels: list[tuple[str, str]]) -> Heard:
    """To the step; a last one that was cut short counts as a whole one."""
    low = min(int(level) for which, level in levels if which == "Min")
    high = max(int(level) for which, level in levels if which == "Max")
    return Heard((low - _LOWEST) * STEP_MS, (high - _LOWEST + 1) * STEP_MS)
