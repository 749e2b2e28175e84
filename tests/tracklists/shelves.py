"""A library of one long recording, its scans, and sheets for it."""

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

from api_queue.parts import Parts
from api_queue.tracklists.models import Tracklist, Wanted
from api_queue.tracks.models import EVERYTHING, Reading, Track
from api_queue.tracks.paths import to_text
from api_queue.tracks.readers import _reading
from api_queue.tracks.reading import answer
from api_queue.tracks.tasks import ScanItem
from api_queue.tracks.walk import Found
from tests.tasks import Ran, run_task
from tests.tracks.flacs import RATE, Flac

SHEET = """PERFORMER "DJ Ann"
TITLE "Live in Ghent"
FILE "{file}" WAVE
  TRACK 01 AUDIO
    TITLE "Night Bus"
    PERFORMER "The Ferns"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Morning"
    PERFORMER "Zoë"
    INDEX 01 {second}
"""
MINUTE_MS = 60_000


def sheet(file: str = "set.flac", second: str = "01:00:00") -> str:
    return SHEET.format(file=file, second=second)


class Shelf:
    """A library over `music`, of one recording of ten minutes."""

    def __init__(self, parts: Parts, music: Path) -> None:
        self.parts = parts
        self.music = music

    async def scan(self) -> Ran:
        scan, _ = self.parts.library_tasks.types()
        return await run_task(scan, ScanItem(to_text(f"{self.music}")))

    async def songs(self) -> list[Track]:
        """The parts, in their order."""
        found = [track async for track in self.parts.scan._store.tracks(EVERYTHING) if track.part_of]
        return sorted(found, key=lambda track: track.track_number or 0)

    async def spans(self) -> list[tuple[str, int, int]]:
        return [(song.title, song.part_of.start_ms, song.part_of.end_ms) for song in await self.songs() if song.part_of]

    async def lists(self) -> list[Tracklist]:
        """The newest first."""
        return [*(await self.parts.tracklists.find(Wanted(limit=100)))[1]]

    async def faults(self) -> list[str]:
        return [fault.reason for fault in (await self.parts.library_keeper.overview()).faults]

    def put(self, name: str = "set.flac", block: bytes = b"", **comments: str) -> None:
        """`block` comes behind the stream info, which ends at byte 42."""
        content = bytes(Flac("ten minutes", {"TITLE": "A set", "ARTIST": "Ann", **comments}, seconds=600))
        (self.music / name).write_bytes(content[:42] + block + content[42:])


class ReadersHere:
    """What readers do in processes of their own, which take half a second to start."""

    async def start(self) -> None: ...
    async def aclose(self) -> None: ...

    async def read(self, found: Sequence[Found], _progress: Callable[[int, int], None]) -> list[Reading]:
        return [_reading(file, answer(file.path, *file.beside)) for file in found]


def cuesheet_block(*offsets: int) -> bytes:
    """RFC 9639, section 8.7: tracks at these samples, each with an INDEX 01, and the lead-out."""
    body = bytes(128) + struct.pack(">Q", 0) + bytes(259) + bytes([len(offsets) + 1])
    for number, offset in enumerate(offsets, 1):
        body += struct.pack(">QB12sB13xB", offset, number, b"", 0, 1) + struct.pack(">QB3x", 0, 1)
    body += struct.pack(">QB12sB13xB", 600 * RATE, 255, b"", 0, 0)
    return bytes([5]) + len(body).to_bytes(3, "big") + body
