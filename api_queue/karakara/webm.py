"""WebM of a cover and the music, by ffmpeg: VP8 with few pictures, since nothing moves, and Opus."""

import math
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api_queue.drivers.idle_program import Ended, run_idle
from api_queue.errors import EncodingNeedsFfmpeg, NotMusic
from api_queue.tracks.models import Track
from api_queue.tracks.paths import to_text
from api_queue.tracks.tags import clean

#: How long each picture stands, in s: those of a song take a second of work, as its sound takes two.
_STANDS_S: Final = 4
_SAY: Final = ("-nostdin", "-hide_banner", "-nostats", "-v", "error")
#: Before each source: nothing else is opened, whatever it turns out to be.
_READ: Final = ("-protocol_whitelist", "file")
#: How each kind of cover is read: by what it is, whatever it is called.
_READERS: Final = {"image/jpeg": "jpeg_pipe", "image/png": "png_pipe", "image/gif": "gif", "image/webp": "webp_pipe"}
#: Pixels of a cover. A small file may say that it is larger than all memory.
_PIXELS_MAX: Final = 64_000_000
#: The cover in the middle of itself, blurred.
_FRAME: Final = (
    "[0:v]format=rgb24,split[near][far];"
    "[far]crop='min(iw,ih*16/9)':'min(ih,iw*9/16)',scale=1280:720,gblur=sigma=40[behind];"
    "[near]scale=1280:720:force_original_aspect_ratio=decrease[cover];"
    "[behind][cover]overlay=(W-w)/2:(H-h)/2:format=rgb,format=rgb24"
)
_VIDEO: Final = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-static-thresh", "1000")
_QUALITY: Final = ("-b:v", "200k", "-g", "30", "-abort_on", "empty_output_stream")
_AUDIO: Final = ("-c:a", "libopus", "-b:a", "128k", "-ac", "2")
_DONE: Final = re.compile(rb"out_time_us=(\d+)")


@dataclass(frozen=True, slots=True)
class Sound:
    """Of `source`, a FLAC, ms from its beginning."""

    source: Path
    start_ms: int
    duration_ms: int

    @classmethod
    def of(cls, track: Track, source: Path) -> "Sound":
        return cls(source, track.part_of.start_ms if track.part_of else 0, track.duration_ms)


class Encoder:
    """Raises EncodingNeedsFfmpeg when it is made."""

    def __init__(self, ffmpeg: str | None = None) -> None:
        program = ffmpeg or shutil.which("ffmpeg")
        if not program:
            raise EncodingNeedsFfmpeg
        self._ffmpeg = program

    async def frame(self, cover: Path, media_type: str, into: Path) -> bool:
        """The picture that is seen all the time. False: the cover cannot be read."""
        reader = (*_READ, "-max_pixels", f"{_PIXELS_MAX}", "-f", _READERS[media_type])
        write = ("-filter_complex", _FRAME, "-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "-y", f"file:{into}")
        ended = await run_idle(self._ffmpeg, *_SAY, *reader, "-i", f"file:{cover}", *write)
        return ended.status == 0

    async def encode(self, sound: Sound, frame: Path, into: Path, progress: Callable[[int, int], None]) -> None:
        """`progress` is told of how many ms of all are done. Raises NotMusic."""

        def hear(line: bytes) -> None:
            if found := _DONE.match(line):
                progress(min(int(found[1]) // 1000, sound.duration_ms), sound.duration_ms)

        ended = await run_idle(self._ffmpeg, *_SAY, *_arguments(sound, frame), f"file:{into}", hear=hear)
        if ended.status:
            raise NotMusic(reason=f"{to_text(f'{sound.source}')}: no video can be made of it ({_said(ended)})")


def _arguments(sound: Sound, frame: Path) -> tuple[str, ...]:
    """The pictures divide the sound evenly, so that both end together."""
    pictures = math.ceil(sound.duration_ms / 1000 / _STANDS_S)
    length = ("-t", f"{sound.duration_ms / 1000:.3f}")
    still = (*_READ, "-framerate", f"{pictures * 1000}/{sound.duration_ms}", "-f", "png_pipe", "-i", f"file:{frame}")
    music = (*_READ, "-ss", f"{sound.start_ms / 1000:.3f}", *length, "-f", "flac", "-i", f"file:{sound.source}")
    repeat = ("-filter_complex", f"[0:v]format=yuv420p,loop=loop={pictures - 1}:size=1[seen]")
    both = ("-map", "[seen]", "-map", "1:a:0", "-map_metadata", "-1", *_VIDEO, *_QUALITY, *_AUDIO, *length)
    return (*still, *music, *repeat, *both, "-progress", "pipe:1", "-f", "webm", "-y")


def _said(ended: Ended) -> str:
    lines = ended.err.decode(errors="replace").strip().splitlines()
    return clean(lines[-1]) if lines else f"ffmpeg ended with status {ended.status}"
