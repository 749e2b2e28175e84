"""The task `tracklists.fetch`: a page is fetched, and becomes a draft if that is wanted. It has more patience than who
waits for an answer, and comes again while the site is away.
"""

from typing import Final

from api_queue.jobs.models import Json
from api_queue.jobs.task_types import TaskType, Work
from api_queue.tracklists import retrieval_wire
from api_queue.tracklists.fetch_orders import TYPE, FetchItem
from api_queue.tracklists.retrieval import RetrievalService
from api_queue.tracklists.site_import import SiteImport, Target

_PATIENCE_S: Final = 300.0


class FetchTask:
    def __init__(self, retrieval: RetrievalService, imports: SiteImport) -> None:
        self._retrieval = retrieval
        self._imports = imports

    def type(self) -> TaskType[FetchItem]:
        return TaskType(name=TYPE, payload=FetchItem, run=self.run, check=self._check)

    def _check(self, item: FetchItem) -> None:
        self._retrieval.address(item.url)

    async def run(self, item: FetchItem, work: Work) -> Json:
        """The list, as the route answers it."""
        found = await self._retrieval.tracklist(item.url, force_refresh=item.force_refresh, patience_s=_PATIENCE_S)
        work.log("it was there already" if found.cached else "it was fetched")
        if item.draft and found.tracklist:
            target = Target(audio=item.audio_file_id, cue_format=item.cue_format, by=item.created_by)
            return retrieval_wire.kept_json(await self._imports.keep(found.tracklist, target), cached=found.cached)
        return retrieval_wire.retrieved_json(found, transitions=item.include_transitions)
