"""A room of KaraKara's server becomes one here: its settings, and what still waits on its queue."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from api_queue.drivers.clock import Clock
from api_queue.errors import Invalid, QueueFull, UnknownQueue
from api_queue.karakara.queue_file import Row
from api_queue.karakara.rooms import NEW_ROOM
from api_queue.karakara.song_names import SongNames
from api_queue.queues.adding import AddService
from api_queue.queues.service import QueueService
from api_queue.queues.settings import QueueSettings
from api_queue.types import GuestId, ItemId, QueueName, TrackId
from api_queue.web.identity import Caller, Grant
from api_queue.web.rate_limits import RateClass

#: Whose the items are: no guest's, since their cookies were another server's. It stands where a guest's id would.
OWNER: Final = GuestId("karakara")
_OPERATOR: Final = Caller(OWNER, "", (Grant("admin", None, ""),))


#: From the settings as they are to what becomes of which.
Change = Callable[[QueueSettings], dict[str, Any]]


class Unlimited:
    """web.rate_limits.Limiter, for who runs the server."""

    async def check(self, klass: RateClass, caller: Caller, queue: QueueName | None = None) -> None:
        pass


class Report(Struct, frozen=True):
    """How many items were taken, were there before, were over before; and a sentence for each that was not taken."""

    taken: int
    there: int
    over: int
    refused: Sequence[str]


class MovingOver:
    def __init__(self, queues: QueueService, adding: AddService, songs: SongNames, clock: Clock) -> None:
        self._queues = queues
        self._adding = adding
        self._songs = songs
        self._clock = clock

    async def furnish(self, room: QueueName, change: Change) -> str | None:
        """The room with these settings. The key of its host, shown this once, if it had to be made."""
        try:
            fields = change((await self._queues.queue(room)).settings)
        except UnknownQueue:
            fields = {**NEW_ROOM, **change(QueueSettings())}
            return (await self._queues.create("named", room, fields, _OPERATOR)).host_token
        await self._queues.change_settings(room, fields, "admin")
        return None

    async def fill(self, room: QueueName, rows: Iterable[Row]) -> Report:
        """What waits is added in its order, as by a host. Nothing is added twice: an item keeps its id."""
        listed, known, now_ms = [*rows], await self._known(room), self._clock.now_ms()
        waiting = [row for row in listed if row.end_ms is None or row.end_ms > now_ms]
        new = {row.item_id: row for row in waiting if row.item_id not in known}
        songs = await self._songs.found({row.track_id for row in new.values()})
        refused = [sentence for row in new.values() if (sentence := await self._refusal(room, row, songs))]
        return Report(len(new) - len(refused), len(waiting) - len(new), len(listed) - len(waiting), refused)

    async def _known(self, room: QueueName) -> set[ItemId]:
        """All that the room has had, but for what was taken off again."""
        view, history = await self._queues.view(room), await self._queues.history(room)
        return {item.id for item in (*view.items, *view.lobby, *history)}

    async def _refusal(self, room: QueueName, row: Row, songs: Mapping[str, TrackId]) -> str | None:
        track_id = songs.get(row.track_id, row.track_id)
        try:
            await self._adding.add(room, track_id, row.performer_name, _OPERATOR, row.item_id, variants=row.variants)
        except (Invalid, QueueFull) as error:
            return f"line {row.line}: {error.detail}"
        return None
