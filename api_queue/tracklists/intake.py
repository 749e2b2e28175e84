"""Lists from elsewhere: what is pasted or sent, and what a queue has played."""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from api_queue.queues.models import Item
from api_queue.queues.service import QueueService
from api_queue.tracklists.drafts import UNCHANGED, Changes, check_size
from api_queue.tracklists.models import Entry, Facts, Parsed, Tracklist
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.sources import SOURCE_OF, PastedKind, kind_of, parse
from api_queue.tracks.models import Track
from api_queue.tracks.service import TrackService
from api_queue.types import Milliseconds, QueueName, TrackId

#: Of a text, at most: a line each may be wrong in, and one that there are more.
MOST_FINDINGS: Final = 5001
#: Of a history, at most; a night has some hundreds.
MOST_PLAYED: Final = 1000


class IntakeService:
    def __init__(self, tracklists: TracklistService, queues: QueueService, tracks: TrackService) -> None:
        self._tracklists = tracklists
        self._queues = queues
        self._tracks = tracks

    async def parse(self, text: str, kind: PastedKind | None = None) -> tuple[PastedKind, Parsed]:
        """Kept nowhere. Without a `kind` it is what it looks like. Raises as `sources.parse`, TooManyRows."""
        known: PastedKind = await asyncio.to_thread(kind_of, text) if kind is None else kind
        parsed = await asyncio.to_thread(parse, known, text)
        check_size(parsed.facts)
        return known, replace(parsed, findings=parsed.findings[:MOST_FINDINGS])

    async def take(
        self, kind: PastedKind, text: str, by: str, changes: Changes = UNCHANGED
    ) -> tuple[Tracklist, Parsed]:
        """A draft of it. Raises as `sources.parse`, TooManyRows."""
        _, parsed = await self.parse(text, kind)
        return await self._tracklists.create(parsed.facts, SOURCE_OF[kind], by, changes), parsed

    async def take_history(
        self,
        queue: QueueName,
        by: str,
        changes: Changes = UNCHANGED,
        since_ms: int | None = None,
        until_ms: int | None = None,
    ) -> Tracklist:
        """A draft of what a queue has played in this time. Raises UnknownQueue."""
        played = [
            (item, item.timestamp_play)
            for item in await self._queues.history(queue, MOST_PLAYED)
            if item.timestamp_play is not None and item.status != "failed"
        ]
        heard = [(item, at) for item, at in played if (since_ms or 0) <= at and (until_ms is None or at < until_ms)]
        known = {track.track_id: track for track in await self._tracks.some([item.track_id for item, _ in heard])}
        begin_ms = since_ms if since_ms is not None or not heard else heard[0][1]
        entries = tuple(_entry(item, at - (begin_ms or 0), known.get(item.track_id)) for item, at in heard)
        return await self._tracklists.create(Facts(entries=_ended(entries)), "history", by, changes)


def _entry(item: Item, start_ms: int, track: Track | None) -> Entry:
    """A track that has left the library is known by its id alone."""
    return Entry(
        artist=track.artist if track else "",
        title=track.title if track else item.track_id,
        genre=track.genres[0] if track and track.genres else None,
        start_ms=Milliseconds(start_ms),
        end_ms=Milliseconds(start_ms + item.track_duration_ms),
        catalog_track_id=TrackId(item.track_id) if track else None,
    )


def _ended(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """One that was skipped ended when the next began."""
    return tuple(map(_until, entries, [*(entry.start_ms for entry in entries[1:]), None]))


def _until(entry: Entry, next_ms: Milliseconds | None) -> Entry:
    overlaps = next_ms is not None and entry.end_ms is not None and entry.end_ms > next_ms
    return replace(entry, end_ms=next_ms) if overlaps else entry
