"""Searches of the site: of its rows those that were meant, cut into pages of our own."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api_queue.drivers.clock import Clock
from api_queue.errors import (
    ApiQueueError,
    PageMissing,
    SearchFailed,
    SiteAway,
    SiteBlocked,
    SiteBusy,
    TooLarge,
    UnreadablePage,
)
from api_queue.tracklists.fetching import Cache, Failure, FoundPage, Query
from api_queue.tracklists.retrieval import PATIENCE_S
from api_queue.tracklists.search_page import SearchRow, read_search_page
from api_queue.tracklists.search_ranks import Wish, ranked
from api_queue.tracklists.site import Site
from api_queue.tracklists.visits import Visits

#: Pages of the site that one search may take, each a request with its pause.
_MOST_PAGES: Final = 5
#: What the site calls tracklists in its form.
_TRACKLISTS: Final = "9"
#: Of a name nothing is lost without them, and a firewall may take them for an attack, for which all of us are shut out.
_ODD: Final = re.compile(r"[^\w\s&'.,!?$@#+-]+|--+|\.\.+")


@dataclass(frozen=True, slots=True)
class Hit:
    row: SearchRow
    url: str
    scraped_at: int


@dataclass(frozen=True, slots=True)
class Results:
    """A page of ours. `total`: as many as are known so far; `following`: there are more."""

    hits: Sequence[Hit]
    total: int
    following: bool
    cached: bool
    source_url: str


class SearchService:
    def __init__(self, visits: Visits, site: Site, cache: Cache, clock: Clock) -> None:
        self._visits = visits
        self._site = site
        self._cache = cache
        self._clock = clock

    async def search(self, query: Query, page: int, limit: int, by: str) -> Results:
        """`by`: for whom, as a visit has it. What there is no time for is left for the next time.

        Raises SearchFailed, SiteBlocked, SiteBusy, SiteAway, RobotsForbid.
        """
        deadline_s = asyncio.get_running_loop().time() + PATIENCE_S
        begin, end = (page - 1) * limit, page * limit
        wish = Wish(query.text, "event" if query.type == "event" else "dj", query.start_date, query.end_date)
        hits: list[Hit] = []
        following, cached, number = True, True, 0
        while following and len(hits) < end and number < _MOST_PAGES:
            number += 1
            try:
                found, was_kept = await self._page(query, number, by, deadline_s)
            except SiteBusy:
                if len(hits) > begin:
                    break
                raise
            fitting = ranked(found.page.rows, wish)
            hits += [Hit(row, f"{self._site.base}{row.path}", found.scraped_at) for row in fitting]
            cached = cached and was_kept
            following = found.page.next_page is not None and bool(fitting)  # what is older fits no better
        more = len(hits) > end or (following and number < _MOST_PAGES)
        return Results(hits[begin:end], len(hits), more, cached, self._address)

    @property
    def _address(self) -> str:
        return f"{self._site.base}/search/result.php"

    async def _page(self, query: Query, number: int, by: str, deadline_s: float) -> tuple[FoundPage, bool]:
        kept = await self._cache.found(query, number)
        if isinstance(kept, Failure):
            raise SearchFailed(reason=kept.reason, retry_after=kept.retry_after)
        return (kept, True) if kept else (await self._fetch(query, number, by, deadline_s), False)

    async def _fetch(self, query: Query, number: int, by: str, deadline_s: float) -> FoundPage:
        """Many may look for the same: who waited takes what was found meanwhile."""
        async with self._visits.visit(deadline_s - asyncio.get_running_loop().time(), by) as visit:
            kept = await self._cache.found(query, number, again=True)
            if isinstance(kept, FoundPage):
                return kept
            try:
                answer = await visit.get(self._address, read_search_page, _form(query, number))
            except (SiteBlocked, SiteBusy):
                raise
            except (SiteAway, UnreadablePage, PageMissing, TooLarge) as error:
                raise await self._failed(query, number, error) from None
        found = FoundPage(answer.value, self._clock.now_ms())
        await self._cache.keep_found(query, number, found)
        return found

    async def _failed(self, query: Query, number: int, error: ApiQueueError) -> SearchFailed:
        reason = f"{error.facts.get('reason', error.detail)}"
        failure = await self._cache.keep_failure(query, number, reason)
        return SearchFailed(reason=failure.reason, retry_after=failure.retry_after)


def _form(query: Query, number: int) -> dict[str, str]:
    """As the site's own page sends it."""
    text = " ".join(_ODD.sub(" ", query.text).split())
    form = {"main_search": text, "search_selection": _TRACKLISTS, "filterObject": _TRACKLISTS}
    dates = {"startDate": query.start_date, "endDate": query.end_date}
    form |= {name: date for name, date in dates.items() if date}
    return form | ({"page": str(number)} if number > 1 else {})
