"""The public face of what was played: the history, and a night as files."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from api_queue.errors import BadQuery
from api_queue.formats import m3u
from api_queue.formats.csv_items import document, spreadsheet_rows
from api_queue.queues import wire
from api_queue.queues.night import OVER, Night, Played
from api_queue.queues.settings import When, iso, when_ms
from api_queue.types import ItemStatus


class Since(msgspec.Struct, frozen=True):
    """`?since=` in ms since 1970, or ISO 8601 with its zone."""

    since: int | When | None = None

    @property
    def since_ms(self) -> int | None:
        return when_ms(self.since) if isinstance(self.since, datetime) else self.since


class HistoryQuery(Since, frozen=True):
    """`status` is one of `OVER` or several with commas; without it all of them are asked for."""

    status: str = ""

    @property
    def statuses(self) -> frozenset[ItemStatus]:
        """Raises BadQuery."""
        wanted = set(filter(None, self.status.split(",")))
        if not wanted <= set(OVER):
            raise BadQuery(reason=f"status is one or several of {', '.join(OVER)}, with commas between.")
        return frozenset(status for status in OVER if status in wanted)


class NightQuery(Since, frozen=True):
    """`zone` as in `Europe/Oslo`; without it the server's own."""

    zone: str = ""

    @property
    def time_zone(self) -> tzinfo | None:
        """Raises BadQuery."""
        try:
            return ZoneInfo(self.zone) if self.zone else None
        except (KeyError, ValueError, OSError):  # not in the database, no name at all, a folder of it
            raise BadQuery(reason="zone is the name of a time zone, as in Europe/Oslo.") from None


def history_json(played: Sequence[Played]) -> dict[str, Any]:
    return {"total": len(played), "items": [_named_json(each) for each in played]}


def _named_json(played: Played) -> dict[str, Any]:
    return {**wire.item_json(played.item), "title": played.title, "artist": played.artist}


def history_csv(played: Iterable[Played]) -> str:
    """For spreadsheets: readable times, no owners, no cell that could run."""
    heading = ("started_at", "performer_name", "artist", "title", "track_id", "status", "track_duration_ms")
    return document(heading, spreadsheet_rows(map(_history_row, played)))


def _history_row(played: Played) -> tuple[object, ...]:
    item = played.item
    start = "" if item.timestamp_play is None else iso(item.timestamp_play)
    return start, item.performer_name, played.artist, played.title, item.track_id, item.status, item.track_duration_ms


def playlist(played: Iterable[Played], base: str) -> str:
    """Of addresses of this server, which `base` begins: where a file lies is nobody's business."""
    return m3u.write(
        m3u.Entry(each.item.track_duration_ms // 1000, each.name, f"{base}/tracks/{each.item.track_id}")
        for each in played
    )


def setlist_csv(night: Night, zone: tzinfo | None) -> str:
    """For spreadsheets, and for those who collect the authors' fees."""
    heading = ("started_at", "performer_name", "artist", "title", "length", "album", "isrc", "track_id")
    return document(heading, spreadsheet_rows(_setlist_row(each, zone) for each in night.setlist))


def _setlist_row(played: Played, zone: tzinfo | None) -> tuple[object, ...]:
    start = datetime.fromtimestamp(played.start_ms // 1000, zone).astimezone(zone).isoformat()
    album, isrc = (played.track.album, played.track.isrc) if played.track else ("", "")
    length = length_text(played.item.track_duration_ms)
    item = played.item
    return start, item.performer_name, played.artist, played.title, length, album, isrc, item.track_id


def length_text(length_ms: int) -> str:
    """212500 -> "3:32", with hours from sixty minutes on."""
    minutes, seconds = divmod(length_ms // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"
