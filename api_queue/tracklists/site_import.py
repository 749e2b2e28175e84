"""A list of the site becomes a draft of ours."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from msgspec import UNSET

from api_queue.tracklists.drafts import Changes
from api_queue.tracklists.models import Tracklist
from api_queue.tracklists.retrieval import RetrievalService
from api_queue.tracklists.service import TracklistService

Cataloged = Callable[[Tracklist], Awaitable[None]]
MakeFile = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Of which recording it is, in which format its CUE file will be made, and who wants it."""

    audio: str | None = None
    cue_format: str | None = None
    by: str = ""


class SiteImport:
    """`cataloged` is told of each list that was stored; `make_file` makes its CUE file for somebody, if it can be."""

    def __init__(
        self, retrieval: RetrievalService, tracklists: TracklistService, cataloged: Cataloged, make_file: MakeFile
    ) -> None:
        self._retrieval = retrieval
        self._tracklists = tracklists
        self._cataloged = cataloged
        self._make_file = make_file

    async def from_site(self, url: str, target: Target, *, force_refresh: bool = False) -> Tracklist:
        """Raises as `RetrievalService.tracklist`."""
        found = await self._retrieval.tracklist(url, force_refresh=force_refresh, by=target.by)
        assert found.tracklist is not None
        return await self.keep(found.tracklist, target)

    async def keep(self, tracklist: Tracklist, target: Target) -> Tracklist:
        """A draft with the facts of a list that was fetched."""
        changes = Changes({}, None, target.audio or UNSET, target.cue_format or UNSET)
        draft = await self._tracklists.create(
            tracklist.facts, "1001tracklists", target.by, changes, scraped_at=tracklist.scraped_at
        )
        await self._cataloged(draft)
        if target.cue_format is None:
            return draft
        await self._make_file(draft.tracklist_id, target.by)
        return await self._tracklists.tracklist(draft.tracklist_id)
