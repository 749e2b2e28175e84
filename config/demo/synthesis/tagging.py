"""The finished file: FLAC by the `flac` program, tags and cover by mutagen."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from mutagen.flac import FLAC, Picture

from .covers import SIDE, cover_png
from .mastering import REFERENCE_LUFS, Stereo, loudness_lufs, peak, sixteen_bits
from .score import Score
from .tone import RATE_HZ

ALBUM = "Music for an Empty Queue"
FRONT_COVER = 3
RAW = ["--force-raw-format", f"--endian={sys.byteorder}", "--sign=signed", "--channels=2", "--bps=16"]


def write(path: Path, stereo: Stereo, score: Score, number: int) -> None:
    command = ["flac", "--best", "--silent", "--force", *RAW, f"--sample-rate={RATE_HZ}", f"--output-name={path}", "-"]
    subprocess.run(command, input=sixteen_bits(stereo), check=True)  # noqa: S603 - no word of it is a guest's
    # mutagen's types are incomplete.
    file = FLAC(path)  # type: ignore[no-untyped-call]
    file.update(tags(score, number) | replay_gain(stereo))  # type: ignore[no-untyped-call]
    file.add_picture(picture(score))  # type: ignore[no-untyped-call]
    file.save(padding=lambda _: 1024)


def tags(score: Score, number: int) -> dict[str, str]:
    facts = {
        "TITLE": score.title,
        "ARTIST": score.artist,
        "ALBUM": ALBUM,
        "ALBUMARTIST": "Various Artists",
        "TRACKNUMBER": str(number),
        "DATE": score.date,
        "GENRE": score.genre,
        "BPM": f"{score.tempo:g}",
        "LANGUAGE": score.language,
        "LYRICS": "\n".join(line for _, line in score.lyrics),
        "SYNCEDLYRICS": lrc(score.timed_lyrics()),
        "COMMENT": "Made for api_queue; CC0",
    }
    return facts | ({"API_QUEUE_ALIAS": score.alias} if score.alias else {})


def lrc(lines: Iterable[tuple[float, str]]) -> str:
    return "\n".join(f"[{int(at_s) // 60:02}:{at_s % 60:05.2f}]{line}" for at_s, line in lines)


def replay_gain(stereo: Stereo) -> dict[str, str]:
    return {
        "REPLAYGAIN_TRACK_GAIN": f"{REFERENCE_LUFS - loudness_lufs(stereo):+.2f} dB",
        "REPLAYGAIN_TRACK_PEAK": f"{peak(stereo):.6f}",
        "REPLAYGAIN_REFERENCE_LOUDNESS": f"{REFERENCE_LUFS:.2f} LUFS",
    }


def picture(score: Score) -> Picture:
    front = Picture()  # type: ignore[no-untyped-call]
    front.type = FRONT_COVER
    front.mime = "image/png"
    front.width = front.height = SIDE
    front.depth = 24
    front.data = cover_png(score.cover)
    return front
