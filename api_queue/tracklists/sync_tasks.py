"""The task `tracklists.sync`: one list and its page."""

from typing import Final

from api_queue.errors import Conflict, Unavailable
from api_queue.jobs.models import Json
from api_queue.jobs.task_types import TaskType, Work
from api_queue.tracklists.sync import SyncService
from api_queue.tracklists.sync_orders import TYPE, SyncItem

_PATIENCE_S: Final = 300.0
#: Somebody who edits the list meanwhile is faster than the page.
_PASSING: Final = (Unavailable, Conflict)


class SyncTask:
    def __init__(self, sync: SyncService) -> None:
        self._sync = sync

    def type(self) -> TaskType[SyncItem]:
        return TaskType(name=TYPE, payload=SyncItem, run=self.run, transient=_PASSING)

    async def run(self, item: SyncItem, work: Work) -> Json:
        """Which list was written, how much of it, and how much waits for somebody."""
        state, merged = await self._sync.sync(item.tracklist_id, item.created_by, _PATIENCE_S)
        work.log(f"{len(merged.taken)} changes were taken, {len(merged.waiting)} wait")
        return {"tracklist_id": state.target_id, "applied": len(merged.taken), "conflicts": len(merged.waiting)}
