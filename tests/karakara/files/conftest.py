"""A library as in `tests/tracks`, and what KaraKara's clients get of it over HTTP."""

import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Sanic

from api_queue.drivers.clock import SystemClock
from api_queue.karakara.attachments import AttachmentService
from api_queue.karakara.encoding import EncodeTask
from api_queue.karakara.error_form import ADDRESSES, room_error
from api_queue.karakara.files_blueprint import bp
from api_queue.karakara.track_map import TrackMaps
from api_queue.karakara.track_map_folder import MapFolder
from api_queue.karakara.video_folder import VideoFolder
from api_queue.tracks.models import Announcement, Track
from api_queue.types import Milliseconds, TrackId
from api_queue.web.errors import setup_errors
from api_queue.web.file_ranges import FileSender
from api_queue.web.methods import HeadRouter
from tests.serving import NO_TLS, serving
from tests.tools import needs
from tests.tracklists.shelves import ReadersHere
from tests.tracks.conftest import Shelf, empty_database, music, shelf, stood_back, store

__all__ = ["empty_database", "music", "shelf", "stood_back", "store"]

WEBM = b"\x1aE\xdf\xa3" + b" a video" * 100
LINES = b'[{"start":1.0,"end":2.5,"text":"la","top":false}]'


async def _no_rooms() -> dict[TrackId, Milliseconds]:
    return {}


@dataclass
class Stock:
    """`folder` is where maps and videos are kept."""

    shelf: Shelf
    folder: Path
    client: httpx.AsyncClient

    @property
    def videos(self) -> VideoFolder:
        return VideoFolder(self.folder / "videos")

    @property
    def maps(self) -> TrackMaps:
        """Of another process each time."""
        return TrackMaps(self.shelf.store, self.shelf.library, _no_rooms, MapFolder(self.folder / "maps"))

    @property
    def encoding(self) -> EncodeTask:
        return EncodeTask(self.shelf.service, self.shelf.store, self.videos)

    async def only_track(self) -> Track:
        await self.shelf.scan()
        [track] = await self.shelf.tracks()
        return track

    async def announce(self, updated: int) -> None:
        await self.shelf.library.announce(Announcement("hash", await self.shelf.store.count(), updated))

    async def map(self) -> Any:
        return (await self.client.get("/files/tracks.json")).json()

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(f"/files/{path}", headers=headers)


@pytest.fixture
async def stock(shelf: Shelf, tmp_path: Path) -> AsyncIterator[Stock]:
    shelf.readers = ReadersHere()  # type: ignore[assignment]  # which start at once
    app: Sanic[Any, Any] = Sanic("files", router=HeadRouter(), configure_logging=False)
    setup_errors(app, dict.fromkeys(ADDRESSES, room_error))
    app.blueprint(bp)
    async with serving(app) as base, httpx.AsyncClient(base_url=base, verify=NO_TLS, timeout=20) as client:
        stock = Stock(shelf, tmp_path / "karakara", client)
        app.ctx.track_maps = stock.maps
        app.ctx.attachments = AttachmentService(shelf.service, stock.videos)
        app.ctx.files = app.ctx.client_files = FileSender(SystemClock(), "", 5)
        yield stock


def tone(path: Path, seconds: float, *options: str, pitch: str = "440") -> Path:
    """Real sound; `pitch` in Hz, of the time `t`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    wave = f"aevalsrc='0.5*sin(2*PI*t*{pitch})':s=44100:d={seconds}"
    source = ("-f", "lavfi", "-i", wave, *options, "-f", "flac", f"file:{path}")
    subprocess.run([needs("ffmpeg"), "-v", "error", *source], check=True)
    return path
