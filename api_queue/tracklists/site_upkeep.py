"""How it stands with the site, and with what is kept of it: for admins."""

from dataclasses import dataclass

from api_queue.tracklists.fetch import Manners
from api_queue.tracklists.fetching import Cache, Counts
from api_queue.tracklists.models import Wanted
from api_queue.tracklists.robots import Robots
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.site import Site
from api_queue.tracklists.turns import Breaker, Turns


@dataclass(frozen=True, slots=True)
class SiteState:
    """`crawl_delay_s` is None while robots.txt was not read; `gap_s` is what lies between two requests."""

    base: str
    breaker: Breaker
    crawl_delay_s: float | None
    gap_s: float


class SiteUpkeep:
    def __init__(self, site: Site, manners: Manners, turns: Turns, cache: Cache, tracklists: TracklistService) -> None:
        self._site = site
        self._manners = manners
        self._turns = turns
        self._cache = cache
        self._tracklists = tracklists

    async def state(self) -> SiteState:
        crawl_delay_s = await self._crawl_delay_s()
        return SiteState(self._site.base, await self._turns.breaker(), crawl_delay_s, await self.gap_s())

    async def gap_s(self) -> float:
        crawl_delay_s = await self._crawl_delay_s() if self._manners.robots else None
        return max(self._manners.delay_s, crawl_delay_s or 0)

    async def _crawl_delay_s(self) -> float | None:
        text = await self._turns.robots()
        return None if text is None else Robots.read(text).crawl_delay_s

    async def counts(self) -> tuple[Counts, int]:
        """Of what is kept of the site, and of the lists that are stored."""
        stored, _ = await self._tracklists.find(Wanted(limit=1))
        return await self._cache.counts(), stored

    async def clear(self) -> int:
        """How many entries there were."""
        return await self._cache.forget_all()
