"""Lyrics in LRC as the clients show them: a list in JSON for phones and the podium, WebVTT over the video.

LRC says when a line begins; when it goes is our guess. Pure.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

from api_queue.formats.lrc import Line
from api_queue.types import Milliseconds

#: A line that stands through an instrumental part tells singers nothing.
LONGEST_MS: Final = 10_000


class Subtitle(NamedTuple):
    """From the beginning of the track on; never empty, nor without duration."""

    start_ms: int
    end_ms: int
    text: str


def subtitles(lines: Sequence[Line], duration_ms: Milliseconds) -> list[Subtitle]:
    """Each goes when a later one comes, at the latest with the track. A line without words only ends the one before."""
    return [each for each in _shown(lines, duration_ms) if each.text and each.end_ms > each.start_ms]


def _shown(lines: Sequence[Line], duration_ms: Milliseconds) -> Iterator[Subtitle]:
    starts = sorted({line.at_ms for line in lines})
    ends = dict(pairwise([*starts, duration_ms]))
    for line in lines:
        yield Subtitle(line.at_ms, min(ends[line.at_ms], line.at_ms + LONGEST_MS, duration_ms), line.text.strip())


def to_json(shown: Sequence[Subtitle]) -> bytes:
    """`[{"start", "end", "text", "top"}]`, in s; `top`: at the upper edge of the picture."""
    return msgspec.json.encode(
        [{"start": s.start_ms / 1000, "end": s.end_ms / 1000, "text": s.text, "top": False} for s in shown]
    )


def to_vtt(shown: Sequence[Subtitle]) -> bytes:
    """W3C WebVTT; what would be markup is text."""
    cues = [f"{_time(s.start_ms)} --> {_time(s.end_ms)}\n{escape(s.text, quote=False)}\n" for s in shown]
    return "\n".join(["WEBVTT\n", *cues]).encode()


def _time(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
