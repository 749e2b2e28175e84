"""What is retained for KaraKara's clients, beside our own topics: the rooms, and when the tracks have changed.

A topic carries the same JSON as the address of the same name answers.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from api_queue.drivers.clock import Clock
from api_queue.errors import RoomNotFound, UnknownQueue
from api_queue.karakara.flow import ALL_PLAYED, MOST_WAITING
from api_queue.karakara.queue_wire import queue_json
from api_queue.karakara.rooms import room_name
from api_queue.karakara.settings_wire import settings_json
from api_queue.queues.models import Queue, QueueView
from api_queue.queues.storage import Store
from api_queue.queues.variants import VariantStore
from api_queue.queues.wire import json_text
from api_queue.types import QueueName, TrackId

#: Songs: half an hour of them, in which the videos of some dozens can be made.
COMING: Final = 10


class RoomTopics:
    """`stream.models.OtherTopics`. `tracks_changed`: when the tracks that the clients are given last did, in s.
    `want` is told which tracks come soon, since the clients' player shows videos only.
    """

    def __init__(
        self,
        store: Store,
        variants: VariantStore,
        tracks_changed: Callable[[], Awaitable[float | None]],
        want: Callable[[Sequence[TrackId]], None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._variants = variants
        self._tracks_changed = tracks_changed
        self._want = want
        self._clock = clock

    async def of_queue(self, queue: QueueName) -> dict[str, str]:
        try:
            return await self._of_room(room_name(queue))
        except RoomNotFound:
            return {}
        except UnknownQueue:
            return _topics(queue, "", "")

    async def _of_room(self, room: QueueName) -> dict[str, str]:
        """Read for clients that are there: most queues never have any, and a long one takes milliseconds."""
        queue = await self._store.queue(room)
        if not (queue.entered or _is_theirs(queue)):
            return _topics(room, "", "")
        view = await self._store.view(room, ALL_PLAYED, MOST_WAITING - 1)
        if _is_theirs(view.queue):
            self._want(_coming(view))
        return _topics(room, await self._items(view), json_text(settings_json(view.queue.settings)))

    async def _items(self, view: QueueView) -> str:
        variants = await self._variants.of(view.queue.name, [item.id for item in view.items])
        return json_text(queue_json(view, variants, self._clock.now_ms()))

    async def of_library(self) -> dict[str, str]:
        changed_s = await self._tracks_changed()
        return {} if changed_s is None else {"global/tracks-updated": json_text({"tracks_json_mtime": changed_s})}


def _is_theirs(queue: Queue) -> bool:
    return queue.settings.command_semantics == "karakara"


def _coming(view: QueueView) -> list[TrackId]:
    """However they were added."""
    return [item.track_id for item in view.items if item.status in {"queued", "playing"}][:COMING]


def _topics(room: QueueName, items: str, settings: str) -> dict[str, str]:
    return {f"room/{room}/queue": items, f"room/{room}/settings": settings}
