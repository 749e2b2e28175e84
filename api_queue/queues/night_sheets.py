"""A night as texts to read and to play: the setlist in words, and a CUE sheet for whoever has recorded it."""

from datetime import datetime, tzinfo
from typing import Final

from api_queue.formats.cue.conversion import convert
from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Track
from api_queue.formats.cue.times import frames_of
from api_queue.formats.cue.variants import VARIANTS
from api_queue.formats.cue.writing import write
from api_queue.queues.night import Night, Played
from api_queue.queues.night_wire import length_text

#: What the recording of the night is to be called for the sheet to fit.
RECORDING: Final = "night.flac"


def setlist_txt(night: Night, zone: tzinfo | None) -> str:
    """Times and lengths first, since they are as wide in every script."""
    setlist = night.setlist
    total_ms = sum(each.item.track_duration_ms for each in setlist)
    songs = "1 track" if len(setlist) == 1 else f"{len(setlist)} tracks"
    return "\n".join(
        (
            _line(night.title),
            _day(datetime.fromtimestamp(night.start_ms / 1000, zone)),
            "",
            *(f"{_clock(each, zone)}  {_length(each):>7}  {_line(_sung(each))}" for each in setlist),
            "",
            f"{songs}, {length_text(total_ms)}",
            "",
        )
    )


def night_cue(night: Night, zone: tzinfo | None) -> str:
    """As if one file had recorded all of it from the first start on. Past 99 the tracks have three digits."""
    date = f"{datetime.fromtimestamp(night.start_ms / 1000, zone):%Y-%m-%d}"
    sheet = Sheet(
        files=(File(RECORDING),),
        title=f"{night.title} {date}",
        remarks=(Remark("DATE", date),),
        tracks=tuple(_track(number, each, night.start_ms) for number, each in enumerate(night.log, 1)),
    )
    return write(convert(sheet, VARIANTS["standard"], refuse=False).sheet)


def _track(number: int, played: Played, from_ms: int) -> Track:
    """The artist as its performer, and who asked for it as a comment, which players show."""
    return Track(
        number=number,
        title=played.title,
        performer=played.artist or None,
        indexes=(Index(1, frames_of(played.start_ms - from_ms)),),
        remarks=(Remark("COMMENT", played.item.performer_name),),
    )


def _day(when: datetime) -> str:
    return f"{when:%A}, {when.day} {when:%B %Y}"


def _sung(played: Played) -> str:
    return f"{played.item.performer_name}: {played.name}"


def _clock(played: Played, zone: tzinfo | None) -> str:
    return f"{datetime.fromtimestamp(played.start_ms / 1000, zone):%H:%M}"


def _length(played: Played) -> str:
    return length_text(played.item.track_duration_ms)


def _line(text: str) -> str:
    return " ".join(text.split())
