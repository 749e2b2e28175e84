"""Tracklists by their address, from what is kept or from the site."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import ApiQueueError, EmptyTracklist, Forbidden, Invalid, NotFound, TooLarge, Unavailable
from api_queue.tracklists.fetching import Cache, Fetched
from api_queue.tracklists.models import Facts, Tracklist
from api_queue.tracklists.page import read_page
from api_queue.tracklists.site import Site
from api_queue.tracklists.visits import Visits

#: How long whoever wants an answer waits for the last request to begin. It takes up to 30 s, and browsers and proxies
#: give up after a minute. Tasks have more time.
PATIENCE_S = 28.0
#: What the site, or a page of it, can have against us.
_REFUSALS = (Forbidden, Invalid, NotFound, TooLarge, Unavailable)

Processed = Callable[[Tracklist, int], Awaitable[None]]


class Stored(Protocol):
    async def tracklist(self, tracklist_id: str) -> Tracklist:
        """Raises UnknownTracklist."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What came of it: a list or an error. `cached`: the site was not asked."""

    tracklist: Tracklist | None
    cached: bool = False
    error: ApiQueueError | None = None


class RetrievalService:
    """`stored` are our own lists. `processed` is told of each page that was read anew, and how many ms that took."""

    def __init__(
        self, visits: Visits, site: Site, cache: Cache, stored: Stored, clock: Clock, processed: Processed
    ) -> None:
        self._visits = visits
        self._site = site
        self._cache = cache
        self._stored = stored
        self._clock = clock
        self._processed = processed

    def address(self, url: str) -> str:
        """The one spelling of it. Raises ForeignAddress."""
        return self._site.page(url)

    async def look(
        self, url: str | None, tracklist_id: str | None, *, force_refresh: bool = False, by: str = ""
    ) -> Retrieved:
        """By one of the two: a stored list as it is, else as `tracklist`; what the site refuses is an answer.

        Raises ForeignAddress, UnknownTracklist.
        """
        if url is None and tracklist_id and not force_refresh:
            return Retrieved(await self._stored.tracklist(tracklist_id), cached=True)
        address = await self.address_of(url, tracklist_id)
        try:
            return await self.tracklist(address, force_refresh=force_refresh, by=by)
        except _REFUSALS as error:
            return Retrieved(None, error=error)

    async def address_of(self, url: str | None, tracklist_id: str | None) -> str:
        """Of a page, or of the page that a stored list is from. Raises ForeignAddress, UnknownTracklist."""
        if url is None and tracklist_id:
            url = (await self._stored.tracklist(tracklist_id)).facts.url
        return self.address(url or "")

    async def tracklist(
        self, url: str, *, force_refresh: bool = False, patience_s: float = PATIENCE_S, by: str = ""
    ) -> Retrieved:
        """`by`: for whom, as a visit has it. Raises ForeignAddress, EmptyTracklist, and what a visit and the reader of
        pages raise.
        """
        address = self.address(url)
        kept = None if force_refresh else await self._cache.page(address)
        fetched = kept or await self._fetch(address, patience_s, by)
        return Retrieved(_tracklist(fetched), cached=kept is not None)

    async def tracklist_at(self, url: str, by: str) -> Tracklist:
        """Raises as `tracklist`."""
        found = (await self.tracklist(url, by=by)).tracklist
        assert found is not None
        return found

    async def _fetch(self, address: str, patience_s: float, by: str) -> Fetched:
        """Many may want the same page: who waited takes what was fetched meanwhile."""
        asked_at = self._clock.now_ms()
        async with self._visits.visit(patience_s, by) as visit:
            kept = await self._cache.page(address, again=True)
            if kept is not None and kept.scraped_at > asked_at:
                return kept
            begun_at = self._clock.now_ms()
            answer = await visit.get(address, _facts)
        fetched = Fetched(answer.url, answer.value, self._clock.now_ms())
        await self._cache.keep_page(fetched, address)
        if fetched.facts is not None:
            await self._processed(_tracklist(fetched), fetched.scraped_at - begun_at)
        return fetched

    async def forget(self, url: str | None) -> int:
        """What is kept of a page, or everything; how many entries that were. Raises ForeignAddress."""
        return await (self._cache.forget_all() if url is None else self._cache.forget_page(self.address(url)))


def _facts(text: str) -> Facts | None:
    """A true empty one is worth keeping."""
    try:
        return read_page(text).facts
    except EmptyTracklist:
        return None


def _tracklist(fetched: Fetched) -> Tracklist:
    """It is stored nowhere. Its id follows from the address, so that it is the same each time."""
    if fetched.facts is None:
        raise EmptyTracklist
    return Tracklist(
        tracklist_id=f"{uuid.uuid5(uuid.NAMESPACE_URL, fetched.url)}",
        source="1001tracklists",
        facts=replace(fetched.facts, url=fetched.facts.url or fetched.url),
        rev=1,
        created_at=fetched.scraped_at,
        updated_at=fetched.scraped_at,
        is_draft=False,
        draft_version=None,
        scraped_at=fetched.scraped_at,
    )
