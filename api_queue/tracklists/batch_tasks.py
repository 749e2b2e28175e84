"""The tasks `tracklists.batch.<priority>`: one address of a batch after the other."""

import asyncio
from functools import partial
from typing import Final

from api_queue.jobs.models import LIVE, Json, Store, TaskFilter
from api_queue.jobs.task_types import TaskType, Work
from api_queue.tracklists.batches import PER_URL_S, BatchItem, Priority, more_urgent, type_of
from api_queue.tracklists.retrieval import RetrievalService
from api_queue.tracklists.site_import import SiteImport, Target

#: How often an item that waits for a more urgent batch looks whether that is over.
LOOK_S: Final = 2.0
_PATIENCE_S: Final = 300.0
#: With the pauses of jobs in between, that is about an hour, which is the longest that the site keeps everybody away.
_ATTEMPTS: Final = 20


class BatchTasks:
    def __init__(self, retrieval: RetrievalService, imports: SiteImport, tasks: Store) -> None:
        self._retrieval = retrieval
        self._imports = imports
        self._tasks = tasks

    def types(self) -> list[TaskType[BatchItem]]:
        return [self._type(priority) for priority in PER_URL_S]

    def _type(self, priority: Priority) -> TaskType[BatchItem]:
        run = partial(self.run, priority)
        return TaskType(name=type_of(priority), payload=BatchItem, run=run, check=self._check, attempts=_ATTEMPTS)

    def _check(self, item: BatchItem) -> None:
        self._retrieval.address(item.url)

    async def run(self, priority: Priority, item: BatchItem, work: Work) -> Json:
        """What the page is now: a list of this id, of so many tracks."""
        await self._let_pass(priority, work)
        found = await self._retrieval.tracklist(item.url, force_refresh=item.force_refresh, patience_s=_PATIENCE_S)
        assert found.tracklist is not None
        kept = await self._imports.keep(found.tracklist, Target(by=item.created_by)) if item.draft else found.tracklist
        return {
            "url": item.url,
            "tracklist_id": kept.tracklist_id,
            "track_count": len(kept.facts.entries),
            "cached": found.cached,
        }

    async def _let_pass(self, priority: Priority, work: Work) -> None:
        """Batches that are more urgent come first, whenever they were ordered."""
        waited = False
        while await self._is_live(more_urgent(priority)):
            if not waited:
                work.log("it waits for a batch that is more urgent")
            waited = True
            await asyncio.sleep(LOOK_S)

    async def _is_live(self, priorities: list[Priority]) -> bool:
        wanted = [TaskFilter(type=type_of(each), status=status) for each in priorities for status in sorted(LIVE)]
        pages = [await self._tasks.tasks(each) for each in wanted]
        return any(not task.paused for _, page in pages for task in page)
