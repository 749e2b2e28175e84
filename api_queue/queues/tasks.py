"""The task `export`: the night of a queue as files, in one ZIP that admins fetch at `GET /exports/...`."""

import asyncio
from collections.abc import Sequence

import msgspec

from api_queue.drivers.clock import Clock
from api_queue.errors import EmptyNight, FileGone, TrackNotFound, UnknownQueue
from api_queue.formats import m3u
from api_queue.jobs.models import Json
from api_queue.jobs.task_types import TaskType, Work
from api_queue.queues import night_wire, wire
from api_queue.queues.exports import Exports
from api_queue.queues.models import Item
from api_queue.queues.names import queue_name
from api_queue.queues.night_service import NightService
from api_queue.queues.night_sheets import night_cue, setlist_txt
from api_queue.queues.service import QueueService
from api_queue.tracks.service import TrackService
from api_queue.types import QueueName
from api_queue.web.personal import is_personal

#: More than one night has; the history itself is longer.
_HISTORY_MOST = 100_000


class ExportItem(msgspec.Struct, frozen=True):
    queue: str


class ExportTask:
    def __init__(
        self, queues: QueueService, tracks: TrackService, nights: NightService, exports: Exports, clock: Clock
    ) -> None:
        self._queues = queues
        self._tracks = tracks
        self._nights = nights
        self._exports = exports
        self._clock = clock

    def type(self) -> TaskType[ExportItem]:
        return TaskType(name="export", payload=ExportItem, run=self.run, check=_check)

    async def run(self, item: ExportItem, work: Work) -> Json:
        """Where it can be had, and how much is in it."""
        queue, now_ms = queue_name(item.queue), self._clock.now_ms()
        view, played = await self._queues.view(queue), await self._nights.history(queue, limit=_HISTORY_MOST)
        name = f"{queue}-{work.item_id}.zip"
        all_of_it = {item.id: item for item in (*(each.item for each in played), *view.items)}
        files = {
            "items.csv": wire.items_sheet(view.items),
            "items.json": wire.json_text(wire.items_json(view, now_ms)),
            "history.csv": night_wire.history_csv(played),
            "history.json": wire.json_text(night_wire.history_json(played)),
            "night.m3u8": m3u.write(await self._entries([*all_of_it.values()], work)),
            **await self._last_night(queue),
        }
        size_bytes = await asyncio.to_thread(self._exports.write, name, files, now_ms)
        counts = {"items": len(view.items), "history": len(played)}
        return {"file": name, "url": f"/exports/{name}", "bytes": size_bytes, **counts}

    async def _last_night(self, queue: QueueName) -> dict[str, str]:
        """At the clock of the place where the server is. None where nothing was played yet."""
        try:
            night = await self._nights.night(queue)
        except EmptyNight:
            return {}
        return {
            "setlist.csv": night_wire.setlist_csv(night, None),
            "setlist.txt": setlist_txt(night, None),
            "night.cue": night_cue(night, None),
        }

    async def _entries(self, night: Sequence[Item], work: Work) -> list[m3u.Entry]:
        """With the files as they lie on the server. What is not in the library any more is left out."""
        entries = []
        for number, item in enumerate(night):
            work.progress(number, len(night))
            try:
                track, path = await self._tracks.track(item.track_id), await self._tracks.path_of(item.track_id)
            except (TrackNotFound, FileGone):
                work.log(f"{item.track_id} is not in the library any more")
                continue
            title = f"{track.artist} - {track.title}" if track.artist else track.title
            part_ms = (track.part_of.start_ms, track.part_of.end_ms) if track.part_of else None
            entries.append(m3u.Entry(track.duration_ms // 1000, title, f"{path}", part_ms))
        return entries


def _check(item: ExportItem) -> None:
    """Raises UnknownQueue for what no queue can be called, and for members' own: this is for admins."""
    if is_personal(queue_name(item.queue)):
        raise UnknownQueue(queue=item.queue)
