"""What was fetched of the site: pages of tracklists and of searches, and what is kept of them."""

from typing import Literal, Protocol

import msgspec

from api_queue.tracklists.models import Facts
from api_queue.tracklists.search_page import SearchPage

SearchType = Literal["dj", "event", "track"]


class Fetched(msgspec.Struct, frozen=True):
    """A page as it was at `scraped_at` (ms since 1970). Without facts it is one on which nobody has entered a track."""

    url: str
    facts: Facts | None
    scraped_at: int


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is searched for. Dates are `YYYY-MM-DD`."""

    text: str
    type: SearchType = "dj"
    start_date: str | None = None
    end_date: str | None = None


class FoundPage(msgspec.Struct, frozen=True):
    """One page of the site's results, as it was at `scraped_at` (ms since 1970)."""

    page: SearchPage
    scraped_at: int


class Failure(msgspec.Struct, frozen=True):
    """Of a search: it is not tried again for so long."""

    reason: str
    retry_after: int


class Counts(msgspec.Struct, frozen=True):
    """How much is kept, and how often it was enough."""

    tracklists: int
    searches: int
    failed_searches: int
    hits: int
    misses: int


class Cache(Protocol):
    async def page(self, url: str, *, again: bool = False) -> Fetched | None:
        """`again`: for the same caller, who is counted already."""

    async def keep_page(self, fetched: Fetched, url: str) -> None:
        """Under the address that was asked for, which may lead to another."""

    async def found(self, query: Query, number: int, *, again: bool = False) -> FoundPage | Failure | None:
        """The site's page of that number, counted from 1; `again` as in `page`."""

    async def keep_found(self, query: Query, number: int, found: FoundPage) -> None: ...

    async def keep_failure(self, query: Query, number: int, reason: str) -> Failure: ...

    async def forget_page(self, url: str) -> int:
        """How many entries that were."""

    async def forget_all(self) -> int: ...

    async def counts(self) -> Counts: ...
