"""The first half minute of a track as a FLAC of its own: cut once by ffmpeg, then served like any file."""

import asyncio
import hashlib
import os
import shutil
from asyncio.subprocess import DEVNULL
from math import inf
from pathlib import Path
from typing import Final, NamedTuple

from api_queue.errors import FileGone, NoPreview, PreviewsNeedFfmpeg
from api_queue.types import TrackId

PREVIEW_S: Final = 30

#: Some 3 MB each: the oldest go when there are more.
KEPT: Final = 200

#: At once in one process: a room full of curious guests must not take the processor from the music.
_CUTS_AT_ONCE: Final = 2

#: Half a minute of music takes a Raspberry Pi about a second; what takes this long hangs.
_CUT_TIMEOUT_S: Final = 30


class Span(NamedTuple):
    """Of the source that the preview is of, ms from its beginning."""

    start_ms: float
    end_ms: float

    @property
    def words(self) -> tuple[str, ...]:
        """For ffmpeg, before its source."""
        seconds = min(PREVIEW_S, (self.end_ms - self.start_ms) / 1000)
        return ("-ss", f"{self.start_ms / 1000:.3f}", "-t", f"{seconds:.3f}")


WHOLE: Final = Span(0, inf)


class Previews:
    """Several requests for one preview wait for one cut, which goes on when they leave."""

    def __init__(self, folder: Path, ffmpeg: str | None = None) -> None:
        self._folder = folder
        self._ffmpeg = ffmpeg or shutil.which("ffmpeg")
        self._room = asyncio.Semaphore(_CUTS_AT_ONCE)
        self._cuts: dict[Path, asyncio.Task[None]] = {}

    async def cut_of(self, track_id: TrackId, source: Path, span: Span = WHOLE) -> Path:
        """Named by the source's place and state: a changed file gets a new preview."""
        cut = self._folder / f"{_name(source, span)}.flac"
        if not os.access(cut, os.R_OK):
            await asyncio.shield(self._cutting(track_id, source, span, cut))
        return cut

    def _cutting(self, track_id: TrackId, source: Path, span: Span, cut: Path) -> asyncio.Task[None]:
        if cut not in self._cuts:
            task = asyncio.create_task(self._make(track_id, source, span, cut), name=f"preview-{track_id}")
            task.add_done_callback(lambda _: self._cuts.pop(cut))
            self._cuts[cut] = task
        return self._cuts[cut]

    async def _make(self, track_id: TrackId, source: Path, span: Span, cut: Path) -> None:
        """Under another name first, so that nobody hears half of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = cut.with_suffix(f".{os.getpid()}")
        try:
            async with self._room:
                if not await self._run_ffmpeg(source, span, draft):
                    raise NoPreview(track_id=track_id)
            draft.replace(cut)
        finally:
            draft.unlink(missing_ok=True)
        self._drop_oldest()

    async def _run_ffmpeg(self, source: Path, span: Span, draft: Path) -> bool:
        if not self._ffmpeg:
            raise PreviewsNeedFfmpeg
        read = ("-nostdin", "-v", "quiet", *span.words, "-i", f"file:{source}")
        write = ("-map", "0:a:0", "-map_metadata", "-1", "-f", "flac", "-y", f"file:{draft}")
        process = await asyncio.create_subprocess_exec(self._ffmpeg, *read, *write, stdin=DEVNULL)
        try:
            async with asyncio.timeout(_CUT_TIMEOUT_S):
                return await process.wait() == 0
        except TimeoutError:
            process.kill()
            await process.wait()
            return False

    def _drop_oldest(self) -> None:
        cuts = sorted(self._folder.glob("*.flac"), key=_made_at_ns)
        for cut in cuts[:-KEPT]:
            cut.unlink(missing_ok=True)


def _made_at_ns(cut: Path) -> int:
    """0 for one that another process has dropped meanwhile."""
    try:
        return cut.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _name(source: Path, span: Span) -> str:
    try:
        stat = source.stat()
    except FileNotFoundError:
        raise FileGone from None
    state = f"{source}:{stat.st_ino}:{stat.st_size}:{stat.st_ctime_ns}:{span.start_ms}:{span.end_ms}"
    return hashlib.sha256(os.fsencode(state)).hexdigest()[:32]
