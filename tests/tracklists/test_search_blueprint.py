"""`/search` over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.engines.keys import keys_like
from tests.tracklists.site.refusals import ip_block, news
from tests.tracklists.site.searches import HITS, IRRELEVANT, Hit
from tests.tracklists.site.server import Page
from tests.tracklists.site_party import SEARCH, SiteParty

pytestmark = pytest.mark.asyncio(loop_scope="module")
API = "/api/v1/search"
MANY = [Hit(f"Ada Lovelace @ Place {n}, Town", f"2024-01-{n % 28 + 1:02}", f"1many{n:03}") for n in range(60)]


@pytest_asyncio.fixture(loop_scope="module")
async def guest(party: SiteParty) -> AsyncIterator[httpx.AsyncClient]:
    async with party.house.guest() as client:
        yield client


async def search(guest: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await guest.get(f"{API}/", params=params)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_an_answer_has_the_fields_of_the_seed(party: SiteParty, guest: httpx.AsyncClient) -> None:
    said = await search(guest, query="Ada  Lovelace", search_type="dj", limit=10, correlation_id="c-1")
    assert list(said) == [
        *("results", "pagination", "query_info", "cache_hit", "response_time_ms", "correlation_id"),
    ]
    assert said["query_info"] == {"query": "Ada Lovelace", "type": "dj", "start_date": None, "end_date": None}
    assert said["pagination"] == {
        "page": 1,
        "limit": 10,
        "total_pages": 1,
        "total_items": 2,
        "has_next": False,
        "has_previous": False,
    }
    first = said["results"][0]
    assert (said["cache_hit"], said["correlation_id"]) == (False, "c-1")
    assert first.pop("scraped_at")
    assert first == {
        "dj_name": "Ada Lovelace",
        "event_name": "Main Stage, Harbour Days, Porto, Portugal",
        "date": "2024-06-15",
        "venue": None,
        "set_type": None,
        "url": f"{party.site.url}{HITS[1].path}",
        "duration": "01:37:00",
        "track_count": 27,
        "genre": "House, Techno",
        "description": "Ada Lovelace @ Main Stage, Harbour Days, Porto, Portugal",
        "source_url": f"{party.site.url}{SEARCH}",
    }


async def test_the_site_is_asked_as_its_own_form_asks_it(party: SiteParty, guest: httpx.AsyncClient) -> None:
    await search(guest, query="Ada Lovelace", start_date="2024-01-01", end_date="2024-12-31")
    [asked] = [logged for logged in party.site.log if logged.path == SEARCH]
    assert (asked.method, asked.form["main_search"], asked.form["search_selection"]) == ("POST", "Ada Lovelace", "9")
    assert (asked.form["startDate"], asked.form["endDate"]) == ("2024-01-01", "2024-12-31")


async def test_the_same_search_is_asked_once_in_a_day(party: SiteParty, guest: httpx.AsyncClient) -> None:
    first = await search(guest, query="Ada Lovelace")
    again = await search(guest, query="ada lovelace", limit=1)
    assert (first["cache_hit"], again["cache_hit"]) == (False, True)
    assert (len(again["results"]), again["pagination"]["has_next"]) == (1, True)
    assert party.site.pages == [SEARCH]
    [key] = await keys_like(party.house.parts.redis, "tracklist:search:*")
    assert key == "tracklist:search:dj:ada_lovelace:page_1:limit_30"
    left_ms = await party.house.parts.redis.call("PTTL", key)
    assert 23 * 3_600_000 < left_ms <= 24 * 3_600_000


async def test_further_pages_of_the_site_are_asked_for_when_they_are_wanted(
    party: SiteParty, guest: httpx.AsyncClient
) -> None:
    party.found(MANY[:30], MANY[30:])
    first = await search(guest, query="Ada Lovelace", limit=20)
    assert (first["pagination"]["has_next"], party.site.pages) == (True, [SEARCH])
    second = await search(guest, query="Ada Lovelace", limit=20, page=2)
    third = await search(guest, query="Ada Lovelace", limit=20, page=3)
    assert party.site.pages == [SEARCH] * 2
    assert [each.form.get("page") for each in party.site.log if each.path == SEARCH] == [None, "2"]
    urls = [hit["url"] for page in (first, second, third) for hit in page["results"]]
    assert len(set(urls)) == len(urls) == 60
    assert third["pagination"] == {
        "page": 3,
        "limit": 20,
        "total_pages": 3,
        "total_items": 60,
        "has_next": False,
        "has_previous": True,
    }


async def test_a_search_shows_what_it_has_when_there_is_no_time_for_more(
    party: SiteParty, guest: httpx.AsyncClient
) -> None:
    party.found(MANY[:30], MANY[30:])
    await search(guest, query="Ada Lovelace")
    await party.house.parts.redis.call("SET", f"site:{{{party.site.url}}}:pause", "1", "PX", 60_000)
    said = await search(guest, query="Ada Lovelace", limit=50)
    assert (len(said["results"]), said["pagination"]["has_next"]) == (30, True)
    answer = await guest.get(f"{API}/", params={"query": "Ada Lovelace", "limit": 30, "page": 2})
    assert (answer.status_code, answer.json()["code"]) == (503, "site_busy")
    assert 50 < int(answer.headers["Retry-After"]) <= 60


async def test_thirty_rows_that_were_not_meant_are_nothing_found(party: SiteParty, guest: httpx.AsyncClient) -> None:
    party.found(IRRELEVANT, IRRELEVANT)
    said = await search(guest, query="Ada Lovelace")
    assert (said["results"], said["pagination"]["total_items"], said["pagination"]["has_next"]) == ([], 0, False)
    assert (await search(guest, query="Ada Lovelace"))["cache_hit"]
    assert party.site.pages == [SEARCH]


@pytest.mark.parametrize(("path", "kind"), [("dj/ada-lovelace", "dj"), ("event/harbour-days-2024", "event")])
async def test_a_slug_is_a_search(party: SiteParty, guest: httpx.AsyncClient, path: str, kind: str) -> None:
    said = (await guest.get(f"{API}/{path}")).json()
    assert said["query_info"]["type"] == kind
    assert said["results"]
    assert party.site.pages == [SEARCH]


@pytest.mark.parametrize("slug", ["-", "%20", "a" * 256, "%21"])
async def test_a_slug_without_a_name_is_none(party: SiteParty, guest: httpx.AsyncClient, slug: str) -> None:
    answer = await guest.get(f"{API}/dj/{slug}")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_query")
    assert party.site.log == []


async def test_nothing_is_sent_that_a_firewall_takes_for_an_attack(party: SiteParty, guest: httpx.AsyncClient) -> None:
    await search(guest, query="Ada' OR 1=1 --<script>$ap ../x;é")
    [asked] = [logged for logged in party.site.log if logged.path == SEARCH]
    assert asked.form["main_search"] == "Ada' OR 1 1 script $ap x é"


async def test_other_words_are_another_search(party: SiteParty, guest: httpx.AsyncClient) -> None:
    party.found([])
    assert not (await search(guest, query="Ada_Lovelace"))["results"]
    party.found(HITS)
    assert (await search(guest, query="Ada Lovelace"))["results"]


async def test_a_search_that_failed_rests_for_half_an_hour(party: SiteParty, guest: httpx.AsyncClient) -> None:
    party.refuse(news().replace("main_search", "other").replace("searchForm", "otherForm"))
    for _ in range(2):
        answer = await guest.get(f"{API}/", params={"query": "Ada Lovelace"})
        assert (answer.status_code, answer.json()["code"]) == (503, "search_failed")
        assert 1700 < int(answer.headers["Retry-After"]) <= 1800
    assert party.site.pages == [SEARCH]


async def test_nothing_is_kept_of_a_block(party: SiteParty, guest: httpx.AsyncClient) -> None:
    party.refuse(ip_block())
    answer = await guest.get(f"{API}/", params={"query": "Ada Lovelace"})
    assert (answer.status_code, answer.json()["code"]) == (503, "blocked")
    assert await keys_like(party.house.parts.redis, "tracklist:[sf][ea]*:*") == []


async def test_a_fault_that_passes_is_not_noticed(party: SiteParty, guest: httpx.AsyncClient) -> None:
    (page,) = party.site.pages_of(SEARCH)
    party.refuse(Page(status=503), page)
    assert (await search(guest, query="Ada Lovelace"))["results"]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"query": ""},
        {"query": " "},
        {"query": "?!"},
        {"query": "a" * 256},
        {"query": "a", "search_type": "label"},
        {"query": "a", "page": 0},
        {"query": "a", "limit": 101},
        {"query": "a", "start_date": "yesterday"},
        {"query": "a", "start_date": "20240101"},
        {"query": "a", "start_date": "2024-02-02", "end_date": "2024-02-01"},
    ],
)
async def test_what_is_no_search_is_said(party: SiteParty, guest: httpx.AsyncClient, params: dict[str, Any]) -> None:
    answer = await guest.get(f"{API}/", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_query")
    assert party.site.log == []


async def test_whether_searches_are_possible(guest: httpx.AsyncClient) -> None:
    said = (await guest.get(f"{API}/health")).json()
    assert list(said) == ["status", "service", "version", "cache_enabled", "scraping_enabled"]
    assert said["cache_enabled"] is True


async def test_the_other_address_of_the_seed_is_the_same(party: SiteParty, guest: httpx.AsyncClient) -> None:
    answer = await guest.get("/api/v1/tracklists/search/1001tracklists", params={"query": "Ada Lovelace"})
    assert answer.json()["results"]
