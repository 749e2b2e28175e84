"""Which queues Home Assistant finds, and how they are just now."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from api_queue.errors import ApiQueueError, UnknownQueue
from api_queue.home_assistant import wire
from api_queue.queues.models import QueueView
from api_queue.queues.storage import Store
from api_queue.queues.transport import following
from api_queue.settings import Settings
from api_queue.tracks.models import Track
from api_queue.types import QueueName, TrackId

#: How many may stand back before the next one is not looked for any further.
_AHEAD: Final = 20


class HomeTopics:
    """`stream.models.OtherTopics`. `some`: those of these tracks that the library has."""

    def __init__(
        self, store: Store, some: Callable[[Sequence[TrackId]], Awaitable[Sequence[Track]]], settings: Settings
    ) -> None:
        self._store = store
        self._some = some
        self._topics = wire.Topics(settings.mqtt_prefix, settings.mqtt_discovery_prefix)
        self._chosen = frozenset(settings.mqtt_discovery_queues)
        self._buttons = settings.mqtt_discovery == "buttons"
        self._public_url = settings.public_url

    async def of_queue(self, queue: QueueName) -> dict[str, str]:
        """Of queues that last; one that a guest has made for a night is nobody's furniture, unless it is chosen."""
        try:
            view = await self._store.view(queue, -1, _AHEAD - 1)
        except UnknownQueue:
            return wire.nothing(self._topics, queue)
        if self._chosen and queue not in self._chosen:
            return wire.nothing(self._topics, queue)  # it may have been, before the last start
        if not self._chosen and view.queue.kind != "named":
            return {}
        title, page = view.queue.settings.title, f"{self._public_url}/queue/{queue}/admin"
        configs = wire.configs(self._topics, queue, title, page, buttons=self._buttons)
        return {self._topics.home(queue): await self._state(view), **configs}

    async def of_library(self) -> dict[str, str]:
        return {}

    async def _state(self, view: QueueView) -> str:
        current, after = view.current, following(view)
        tracks = await self._tracks([item.track_id for item in (current, after) if item])
        return wire.state_json(view.queue, current, after, tracks)

    async def _tracks(self, track_ids: Sequence[TrackId]) -> Mapping[str, Track]:
        """None while the library cannot be asked: what plays is told by its id then."""
        try:
            return {track.track_id: track for track in await self._some(track_ids)}
        except ApiQueueError:
            return {}
