"""Tracks of what rooms show. The clients fall over one that is not in their map, and it may have left the library."""

from contextlib import suppress

from api_queue.errors import RoomNotFound, UnknownQueue
from api_queue.karakara.flow import ALL_PLAYED, MOST_WAITING
from api_queue.karakara.rooms import room_name
from api_queue.queues.storage import Store
from api_queue.types import Milliseconds, TrackId


async def room_tracks(store: Store) -> dict[TrackId, Milliseconds]:
    """How long they are."""
    shown: dict[TrackId, Milliseconds] = {}
    for name in await store.names():
        with suppress(RoomNotFound, UnknownQueue):
            view = await store.view(room_name(name), ALL_PLAYED, MOST_WAITING - 1)
            shown |= {item.track_id: item.track_duration_ms for item in view.items}
    return shown
