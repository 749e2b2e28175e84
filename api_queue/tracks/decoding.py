"""A FLAC decoded wholly, once, by ffmpeg: whether it is whole, how loud it is, and the peaks of its waveform."""

import math
import re
import shutil
from pathlib import Path
from typing import Final

from mutagen.flac import FLAC, StreamInfo

from api_queue.drivers.idle_program import run_idle
from api_queue.errors import AnalysisNeedsFfmpeg, NotMusic
from api_queue.tracks.models import Analysis
from api_queue.tracks.music_file import open_plain
from api_queue.tracks.paths import to_text
from api_queue.tracks.tags import clean

#: Points of a waveform: as many as a page is wide.
POINTS: Final = 800
#: What ReplayGain 2.0 brings every track to.
REFERENCE_LUFS: Final = -18.0
#: EBU R128 measures nothing below.
_SILENCE_LUFS: Final = -70.0

#: The MD5 in a FLAC is that of its samples as they were before it was encoded; other depths are rare, and not checked.
_CODECS: Final = {8: "pcm_s8", 16: "pcm_s16le", 24: "pcm_s24le", 32: "pcm_s32le"}
_GRAPH: Final = (
    "[0:a:0]asplit=2[raw][heard];[heard]ebur128=framelog=verbose,aformat=sample_fmts=flt,asetnsamples=n={samples}:p=0,"
    "astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level,"
    "ametadata=print:key=lavfi.astats.Overall.Peak_level:file=-[done]"
)
_PEAK: Final = re.compile(rb"Peak_level=(\S+)")
_LOUDNESS: Final = re.compile(rb"I:\s+(\S+) LUFS")
_MD5: Final = re.compile(rb"MD5=([0-9a-f]{32})")
_FAULT: Final = re.compile(rb"^\[(?:flac|in)[^\]]*\] (.+)$", re.MULTILINE)


async def decode(path: Path, ffmpeg: str | None = None) -> tuple[Analysis, bytes]:
    """And the peaks, a byte each. Raises AnalysisNeedsFfmpeg, NotMusic, OSError."""
    program = ffmpeg or shutil.which("ffmpeg")
    if not program:
        raise AnalysisNeedsFfmpeg
    with open_plain(path) as file:
        info = FLAC(fileobj=file).info  # type: ignore[no-untyped-call]  # mutagen's types are incomplete
    codec = _CODECS.get(info.bits_per_sample)
    ended = await run_idle(program, *_arguments(path, info, codec))
    peaks = [_share(found) for found in _PEAK.findall(ended.out)]
    if ended.status or not peaks:
        faults = _FAULT.findall(ended.err)
        said = clean(faults[0].decode(errors="replace")) if faults else f"ffmpeg ended with status {ended.status}"
        raise NotMusic(reason=f"{to_text(f'{path}')}: it cannot be decoded to its end ({said})")
    is_whole = _compare(info.md5_signature, _MD5.search(ended.err)) if codec else None
    return _analysis(ended.err, max(peaks, default=0.0), is_whole), bytes(round(255 * min(p, 1.0)) for p in peaks)


def _arguments(path: Path, info: StreamInfo, codec: str | None) -> tuple[str, ...]:
    """Nothing but a FLAC in a file is opened, whatever it turns out to be, and no more of it than it says there is.

    The digest goes to stderr: on stdout it would stand in the middle of the peaks.
    """
    say = ("-nostdin", "-hide_banner", "-nostats", "-v", "info", "-xerror")
    read = ("-protocol_whitelist", "file", "-f", "flac", "-t", f"{info.length + 1:.3f}", "-i", f"file:{path}")
    graph = ("-filter_complex", _GRAPH.format(samples=math.ceil(info.total_samples / POINTS) or 1))
    digest = ("-map", "[raw]", "-c:a", codec or "pcm_s32le", "-f", "md5", "pipe:2")
    return (*say, *read, *graph, *digest, "-map", "[done]", "-f", "null", "-")


def _compare(expected: int, found: re.Match[bytes] | None) -> bool | None:
    """None for a file without the digest."""
    return int(found[1], 16) == expected if expected and found else None


def _analysis(said: bytes, peak: float, is_whole: bool | None) -> Analysis:
    loudness = [float(found) for found in _LOUDNESS.findall(said)]
    lufs = loudness[-1] if loudness and loudness[-1] > _SILENCE_LUFS else None
    gain = None if lufs is None else round(REFERENCE_LUFS - lufs, 2)
    return Analysis(loudness_lufs=lufs, track_gain_db=gain, track_peak=round(peak, 6), is_whole=is_whole)


def _share(decibels: bytes) -> float:
    """Of full scale; `-inf` is silence."""
    return float(10 ** (float(decibels) / 20))
