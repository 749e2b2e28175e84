"""Searches as others see them: the names of source 003."""

import re
from datetime import date
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from msgspec import Meta

from api_queue.errors import BadQuery
from api_queue.formats.iso_times import iso
from api_queue.formats.set_times import long_time
from api_queue.tracklists.fetching import Query, SearchType
from api_queue.tracklists.search_service import Hit, Results
from api_queue.types import Milliseconds

Json = dict[str, Any]
Page = Annotated[int, Meta(ge=1, le=1000)]
Limit = Annotated[int, Meta(ge=1, le=100)]
CorrelationId = Annotated[str, Meta(pattern="^[A-Za-z0-9._:-]{1,64}$")]


class PageQuery(msgspec.Struct, frozen=True):
    page: Page = 1
    limit: Limit = 20


class SearchQuery(PageQuery, frozen=True, kw_only=True):
    """Dates are `YYYY-MM-DD`, both included."""

    query: Annotated[str, Meta(min_length=1, max_length=255)]
    search_type: SearchType = "dj"
    start_date: str | None = None
    end_date: str | None = None
    correlation_id: CorrelationId | None = None

    def __post_init__(self) -> None:
        if not any(map(str.isalnum, self.query)):
            raise ValueError("`query` has to say what is looked for, with a letter or a digit")
        for name, text in (("start_date", self.start_date), ("end_date", self.end_date)):
            if text is not None and not _is_date(text):
                raise ValueError(f"`{name}` is written YYYY-MM-DD, not {text!r}")
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise ValueError("`end_date` lies before `start_date`")

    def wanted(self) -> Query:
        text = " ".join(self.query.split())
        return Query(text=text, type=self.search_type, start_date=self.start_date, end_date=self.end_date)


def of_slug(slug: str, search_type: SearchType, asked: PageQuery) -> SearchQuery:
    """As addresses of the site name somebody or something: `nova-kin`. Raises BadQuery."""
    text = " ".join(re.split(r"[-_\s]+", unquote(slug)))
    fields = {"query": text.strip(), "search_type": search_type, "page": asked.page, "limit": asked.limit}
    try:
        return msgspec.convert(fields, SearchQuery)
    except msgspec.ValidationError as error:
        raise BadQuery(reason=f"{error}.") from None


def results_json(query: Query, asked: PageQuery, results: Results, correlation_id: str, took_ms: float) -> Json:
    return {
        "results": [_hit_json(hit, results.source_url) for hit in results.hits],
        "pagination": _pagination(asked, results),
        "query_info": {
            "query": query.text,
            "type": query.type,
            "start_date": query.start_date,
            "end_date": query.end_date,
        },
        "cache_hit": results.cached,
        "response_time_ms": round(took_ms, 3),
        "correlation_id": correlation_id,
    }


def _pagination(asked: PageQuery, results: Results) -> Json:
    """What the site has beyond is counted once it was looked at."""
    pages = -(-results.total // asked.limit)
    return {
        "page": asked.page,
        "limit": asked.limit,
        "total_pages": max(pages, asked.page + 1) if results.following else pages,
        "total_items": results.total,
        "has_next": results.following,
        "has_previous": asked.page > 1,
    }


def _hit_json(hit: Hit, source_url: str) -> Json:
    row = hit.row
    minutes = row.duration_minutes
    return {
        "dj_name": row.dj_name,
        "event_name": row.event_name,
        "date": row.date,
        "venue": None,
        "set_type": None,
        "url": hit.url,
        "duration": None if minutes is None else long_time(Milliseconds(minutes * 60_000)),
        "track_count": row.track_count,
        "genre": ", ".join(row.genres) or None,
        "description": row.title,
        "scraped_at": iso(hit.scraped_at),
        "source_url": source_url,
    }


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
