"""The service of CUE files with real SQL, and what else it needs where a test can see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api_queue.drivers.sql import connect, url_of
from api_queue.errors import BadAudioFile, ForeignAddress, UnknownTracklist
from api_queue.formats.cue.reading import read
from api_queue.formats.cue.variants import VariantName
from api_queue.tracklists.cue_building import Recording
from api_queue.tracklists.cue_files import CueFile, Generated, Order
from api_queue.tracklists.cue_service import CueService
from api_queue.tracklists.cue_store import SqlCueFiles, cue_files
from api_queue.tracklists.models import Entry, Facts, Tracklist
from api_queue.tracklists.tables import tracklists, versions
from api_queue.types import Milliseconds, TrackId

SET = "11111111-1111-4111-8111-111111111111"
PAGE = "https://www.1001tracklists.com/tracklist/abc/"
NOW_MS = 1_700_000_000_000


@dataclass
class Clock:
    ms: int = NOW_MS

    def now_ms(self) -> int:
        return self.ms


@dataclass
class Shelf:
    """cue_files.Tracklists, Pages and Recordings."""

    lists: dict[str, Tracklist] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)

    async def tracklist(self, tracklist_id: str) -> Tracklist:
        if tracklist_id not in self.lists:
            raise UnknownTracklist(tracklist_id=tracklist_id)
        return self.lists[tracklist_id]

    async def tracklist_at(self, url: str, by: str) -> Tracklist:  # noqa: ARG002 - of the Protocol
        if url not in self.lists:
            raise ForeignAddress(url=url, example=PAGE)
        return self.lists[url]

    async def recording(self, name: str) -> Recording:
        if name not in self.recordings:
            raise BadAudioFile
        return self.recordings[name]


@dataclass
class Desk:
    service: CueService
    store: SqlCueFiles
    shelf: Shelf
    clock: Clock


def row(start_s: float | None, title: str, end_s: float | None = None, **more: Any) -> Entry:
    return Entry(artist="Artist", title=title, start_ms=_ms(start_s), end_ms=_ms(end_s), **more)


def _ms(seconds: float | None) -> Milliseconds | None:
    return None if seconds is None else Milliseconds(round(seconds * 1000))


FACTS = Facts(entries=(row(0, "One"), row(300, "Two")), dj_name="Carl Cox", event_name="Tomorrowland 2024")


def a_list(facts: Facts = FACTS, **changes: Any) -> Tracklist:
    plain: dict[str, Any] = {"tracklist_id": SET, "rev": 1, "created_at": NOW_MS, "updated_at": NOW_MS}
    return Tracklist(source="manual", facts=facts, **(plain | changes))


def of_set(**changes: Any) -> Order:
    return Order(tracklist_id=SET, **changes)


@asynccontextmanager
async def a_desk(folder: Path) -> AsyncIterator[Desk]:
    """With one list, and a recording of ten minutes."""
    engine = connect(url_of("", folder))
    async with engine.begin() as connection:
        for table in (tracklists, versions, cue_files):
            await connection.run_sync(table.create)
    recording = Recording(name="set.flac", duration_ms=Milliseconds(600_000), track_id=TrackId("set"))
    shelf, clock, store = Shelf({SET: a_list()}, {"set": recording}), Clock(), SqlCueFiles(engine)
    yield Desk(CueService(store, shelf, shelf, shelf, clock), store, shelf, clock)
    await engine.dispose()


async def made(desk: Desk, order: Order | None = None, variant: VariantName | None = "standard") -> Generated:
    return await desk.service.generate(order or of_set(), variant, "somebody")


def titles(file: CueFile) -> list[str | None]:
    return [track.title for track in read(file.content).sheet.tracks]
