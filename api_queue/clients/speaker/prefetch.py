"""The next tracks, whole, in a folder here: a slow link, an expired address, a dead server cost nothing then."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from api_queue.clients.speaker.api import Api, Away, Refused
from api_queue.clients.speaker.backoff import Backoff
from api_queue.clients.speaker.status import say
from api_queue.clients.speaker.wire import Track
from api_queue.types import TrackId

_UNKNOWN: Final = Track()
LIMIT_BYTES: Final = 512 << 20
_PIECE_BYTES: Final = 1 << 18


class Prefetch:
    """`tell` is called when a track has come, or was refused."""

    def __init__(self, api: Api, folder: Path, tell: Callable[[], None], limit_bytes: int = LIMIT_BYTES) -> None:
        self._api = api
        self._folder = folder
        self._tell = tell
        self._limit_bytes = limit_bytes
        self._wanted: tuple[TrackId, ...] = ()
        self._news = asyncio.Event()
        self._refusals: dict[TrackId, str] = {}
        self._known: dict[TrackId, Track] = {}

    def want(self, tracks: Sequence[TrackId]) -> None:
        """The most urgent first; what is not among them makes room."""
        if tuple(tracks) != self._wanted:
            self._wanted = tuple(tracks)
            self._refusals.clear()
            self._news.set()

    def path(self, track: TrackId) -> Path | None:
        """Of its file; that of a part is its recording's, which is fetched once for all of them."""
        path = self._place(track)
        return path if path.exists() else None

    def known(self, track: TrackId) -> Track:
        """What the library says of it, as far as it was asked yet."""
        return self._known.get(track, _UNKNOWN)

    def refusal(self, track: TrackId) -> str | None:
        """Why the server will not give it."""
        return self._refusals.get(track)

    async def run(self) -> None:
        """For ever."""
        backoff = Backoff()
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                if await self._each(self._learn):
                    self._make_room()
                    await self._each(self._load)
                backoff.reset()
            except Away:
                await asyncio.sleep(backoff.next_s())
                self._news.set()

    async def _each(self, does: Callable[[TrackId], Awaitable[None]]) -> bool:
        """For what is wanted and can be had. False: others are wanted now."""
        for track in self._wanted:
            if track not in self._refusals:
                await self._unless_refused(does, track)
            if self._news.is_set():
                return False
        return True

    async def _unless_refused(self, does: Callable[[TrackId], Awaitable[None]], track: TrackId) -> None:
        try:
            await does(track)
        except Refused as refused:
            if refused.status in {401, 403, 409}:  # not our turn: that is no fault of the track's
                raise Away(refused.detail) from None
            self._refusals[track] = refused.detail or f"status {refused.status}"
            self._tell()

    async def _learn(self, track: TrackId) -> None:
        """Before room is made: it may lie in a recording that is here."""
        if track not in self._known:
            self._known[track] = await self._api.track(track)

    async def _load(self, track: TrackId) -> None:
        if self.path(track) is None:
            await self._fetch(track)
            self._tell()

    async def _fetch(self, track: TrackId) -> None:
        """A track for which there is no room is not kept, and streams when its turn comes."""
        part = self._place(track).with_suffix(".part")
        async with self._api.stream((await self._api.address(track)).url) as answer:
            if self._held_bytes() + int(answer.headers.get("Content-Length", 0)) > self._limit_bytes:
                return
            try:
                is_whole = await self._write(part, answer.aiter_bytes(_PIECE_BYTES))
            except OSError as error:
                say(f"A track cannot be kept in {self._folder}, and will stream: {error.strerror}.")
                is_whole = False
        if is_whole:
            part.rename(self._place(track))
        else:
            part.unlink(missing_ok=True)

    async def _write(self, part: Path, pieces: AsyncIterator[bytes]) -> bool:
        """False when nobody wants it any more."""
        with part.open("wb") as file:
            async for piece in pieces:
                file.write(piece)
                if part.with_suffix(".flac") not in self._places():
                    return False
        return True

    def _make_room(self) -> None:
        for path in set(self._folder.iterdir()) - self._places():
            path.unlink()

    def _places(self) -> set[Path]:
        """Of what is wanted."""
        return {self._place(track) for track in self._wanted}

    def _held_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._folder.glob("*.flac"))

    def _place(self, track: TrackId) -> Path:
        """The server's word is no file name."""
        part = self.known(track).part_of
        recording = part.track_id if part else track
        return self._folder / f"{hashlib.sha256(recording.encode()).hexdigest()[:32]}.flac"
