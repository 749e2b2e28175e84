"""What was played, with the names that the library has for it: the history, and one night of it."""

from collections.abc import Collection, Sequence
from typing import Final

from api_queue.errors import EmptyNight
from api_queue.queues.models import Item
from api_queue.queues.night import Night, Played, heard, last_night, since
from api_queue.queues.service import QueueService
from api_queue.tracks.models import Track
from api_queue.tracks.service import TrackService
from api_queue.types import ItemStatus, QueueName, TrackId

#: Tracks that one question names; others get their turn in between.
_AT_ONCE: Final = 500


class NightService:
    """All but the constructor raise UnknownQueue."""

    def __init__(self, queues: QueueService, tracks: TrackService) -> None:
        self._queues = queues
        self._tracks = tracks

    async def history(
        self,
        name: QueueName,
        since_ms: int | None = None,
        statuses: Collection[ItemStatus] = (),
        limit: int = 10_000,
    ) -> list[Played]:
        """What was played, skipped or failed, oldest first; without statuses all of it. The newest `limit`."""
        items: Sequence[Item] = await self._queues.history(name, limit)
        if since_ms is not None:
            items = since(items, since_ms)
        return await self._named([item for item in items if not statuses or item.status in statuses])

    async def night(self, name: QueueName, since_ms: int | None = None) -> Night:
        """The last one, or all since then. Raises EmptyNight."""
        view = await self._queues.view(name)
        over = await self._queues.history(name)
        current = [view.current] if view.current else []
        sounded = heard({item.id: item for item in (*current, *over)}.values())  # it may be over by now
        log = last_night(sounded) if since_ms is None else since(sounded, since_ms)
        if not log:
            raise EmptyNight(queue=name)
        return Night(name, view.queue.settings.title or name, tuple(await self._named(log)))

    async def _named(self, items: Sequence[Item]) -> list[Played]:
        track_ids = list({item.track_id for item in items})
        tracks: dict[TrackId, Track] = {}
        for first in range(0, len(track_ids), _AT_ONCE):
            found = await self._tracks.some(track_ids[first : first + _AT_ONCE])
            tracks |= {track.track_id: track for track in found}
        return [Played(item, tracks.get(item.track_id)) for item in items]
