"""A list of the site becomes a draft of ours."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from msgspec import UNSET

from api_queue.tracklists.drafts import Changes
from api_queue.tracklists.models import Tracklist
from api_queue.tracklists.retrieval import RetrievalService
from api_queue.tracklists.service import TracklistService

Cataloged = Callable[[Tracklist], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Of which recording it is, in which format its CUE file will be made, and who wants it."""

    audio: str | None = None
    cue_format: str | None = None
    by: str = ""


class SiteImport:
    """`cataloged` is told of each list that was stored."""

    def __init__(self, retrieval: RetrievalService, tracklists: TracklistService, cataloged: Cataloged) -> None:
        self._retrieval = retrieval
        self._tracklists = tracklists
        self._cataloged = cataloged

    async def from_site(self, url: str, target: Target, *, force_refresh: bool = False) -> Tracklist:
        """Raises as `RetrievalService.tracklist`."""
        found = await self._retrieval.tracklist(url, force_refresh=force_refresh)
        assert found.tracklist is not None
        return await self.keep(found.tracklist, target)

    async def keep(self, tracklist: Tracklist, target: Target) -> Tracklist:
        """A draft with the facts of a list that was fetched."""
        changes = Changes({}, None, target.audio or UNSET, target.cue_format or UNSET)
        draft = await self._tracklists.create(tracklist.facts, "1001tracklists", target.by, changes)
        await self._cataloged(draft)
        return draft
