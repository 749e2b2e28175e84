"""`/tracklist` over HTTP: what the site has, what is kept of it, and what becomes of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api_queue.tracklists.fetch_orders import TYPE
from api_queue.tracklists.turns import MOST_OF_ONE
from tests.engines.keys import keys_like
from tests.tasks import run_task
from tests.tracklists.site.pages import ROWS
from tests.tracklists.site.refusals import challenge, ip_block, shell, without_tracks
from tests.tracklists.site.server import Page
from tests.tracklists.site_party import PATH, SiteParty
from tests.tracklists.workers import a_worker, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
API = "/api/v1"
EVENTS = "q:{_tracklists}:events"
OF_A_LIST = {
    *("id", "url", "dj_name", "event_name", "venue", "date", "tracks", "transitions", "metadata", "scraped_at"),
    "source_html_hash",
}


@pytest_asyncio.fixture(loop_scope="module")
async def author(party: SiteParty) -> AsyncIterator[httpx.AsyncClient]:
    async with await party.member() as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def admin(party: SiteParty) -> AsyncIterator[httpx.AsyncClient]:
    async with party.house.admin() as client:
        yield client


async def fetch(author: httpx.AsyncClient, url: str, **fields: Any) -> dict[str, Any]:
    answer = await author.post(f"{API}/tracklist", json={"url": url, **fields})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_a_list_is_fetched_with_the_fields_of_the_seed(party: SiteParty, author: httpx.AsyncClient) -> None:
    said = await fetch(author, party.url, correlation_id="abc-1")
    assert list(said) == ["success", "tracklist", "error", "cached", "processing_time_ms", "correlation_id"]
    assert (said["success"], said["error"], said["cached"], said["correlation_id"]) == (True, None, False, "abc-1")
    found = said["tracklist"]
    assert set(found) >= OF_A_LIST
    assert (found["source"], found["dj_name"], found["date"]) == ("1001tracklists", "Ada Lovelace", "2025-06-14")
    assert len(found["tracks"]) == len(ROWS)
    assert found["tracks"][2]["timestamp"] == {"track_number": 3, "timestamp_ms": 215_000, "formatted_time": "03:35"}
    assert found["transitions"]


async def test_it_is_kept_until_it_is_to_be_fresh(party: SiteParty, author: httpx.AsyncClient) -> None:
    first = await fetch(author, party.url)
    again = await fetch(author, party.url.replace("http:", "HTTP:") + "?utm=x#row", include_transitions=False)
    fresh = await fetch(author, party.url, force_refresh=True)
    assert [each["cached"] for each in (first, again, fresh)] == [False, True, False]
    assert first["tracklist"]["id"] == again["tracklist"]["id"]
    assert again["tracklist"]["transitions"] == []
    assert party.site.pages == [PATH] * 2


async def test_what_was_kept_in_another_shape_is_fetched_again(party: SiteParty, author: httpx.AsyncClient) -> None:
    await fetch(author, party.url)
    redis = party.house.parts.redis
    [key] = await keys_like(redis, f"tracklist:{'?' * 64}")
    await redis.call("SET", key, '{"url": 7}')
    said = await fetch(author, party.url)
    assert (said["success"], said["cached"]) == (True, False)


async def test_many_who_want_the_same_page_ask_for_it_once(party: SiteParty, author: httpx.AsyncClient) -> None:
    party.site.serve(PATH, Page(body=party.page, after_s=0.1))
    said = await asyncio.gather(*(fetch(author, party.url) for _ in range(1 + MOST_OF_ONE)))
    assert all(each["success"] for each in said)
    assert party.site.pages == [PATH]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (challenge(), "blocked"),
        (ip_block(), "blocked"),
        (Page(status=429), "blocked"),
        (Page(status=500), "site_away"),
        (Page(status=404), "page_missing"),
        (shell(), "rows_missing"),
    ],
)
async def test_what_the_site_refuses_is_said_and_not_kept(
    party: SiteParty, author: httpx.AsyncClient, admin: httpx.AsyncClient, page: Page | str, code: str
) -> None:
    party.refuse(page)
    said = await fetch(author, party.url)
    assert (said["success"], said["tracklist"], said["error"]["code"]) == (False, None, code)
    assert said["error"]["message"].endswith(".")
    assert (await admin.get(f"{API}/admin/stats")).json()["cache"]["tracklists"] == 0


async def test_a_page_without_tracks_is_kept(party: SiteParty, author: httpx.AsyncClient) -> None:
    party.refuse(without_tracks())
    said = [await fetch(author, party.url) for _ in range(2)]
    assert [each["error"]["code"] for each in said] == ["empty_tracklist"] * 2
    assert party.site.pages == [PATH]


@pytest.mark.parametrize(
    "url", ["http://example.com/tracklist/a/b.html", "http://127.0.0.1/tracklist/a", "/tracklist/a", "file:///a", ""]
)
async def test_another_address_is_refused_and_never_asked(
    party: SiteParty, author: httpx.AsyncClient, url: str
) -> None:
    for body in ({"url": url}, {"url": url, "force_refresh": True}):
        for path in ("tracklist", "tracklist?async_processing=true", "tracklists/import/1001tracklists"):
            assert (await author.post(f"{API}/{path}", json=body)).status_code == 422
    assert party.site.log == []


async def test_something_has_to_be_named(author: httpx.AsyncClient) -> None:
    answer = await author.post(f"{API}/tracklist", json={"force_refresh": True})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")
    assert "tracklist_id" in answer.json()["detail"]


async def test_a_guest_may_not(party: SiteParty) -> None:
    async with party.house.guest() as guest:
        for path in ("tracklist", "tracklists/import/1001tracklists"):
            assert (await guest.post(f"{API}/{path}", json={"url": party.url})).status_code in {401, 403}
        for method, path in (("DELETE", "tracklist/cache"), ("POST", "admin/cache/clear"), ("GET", "admin/stats")):
            assert (await guest.request(method, f"{API}/{path}")).status_code in {401, 403}
    assert party.site.log == []


async def test_an_import_is_a_draft_that_stays(party: SiteParty, author: httpx.AsyncClient) -> None:
    answer = await author.post(f"{API}/tracklists/import/1001tracklists", json={"url": party.url})
    assert answer.status_code == 201
    draft = answer.json()
    assert (draft["is_draft"], draft["source"], draft["cue_file_path"]) == (True, "1001tracklists", None)
    stored = (await author.get(f"{API}/tracklist/{draft['id']}")).json()
    assert stored["tracks"] == draft["tracks"]
    fetched = (await fetch(author, party.url))["tracklist"]
    assert stored["scraped_at"] == fetched["scraped_at"] is not None
    by_id = (await author.post(f"{API}/tracklist", json={"tracklist_id": draft["id"]})).json()
    assert (by_id["cached"], by_id["tracklist"]["id"]) == (True, draft["id"])


async def test_an_order_is_followed_by_its_correlation_id(party: SiteParty, author: httpx.AsyncClient) -> None:
    body = {"url": party.url, "correlation_id": "order-1"}
    answer = await author.post(f"{API}/tracklist?async_processing=true", json=body)
    assert answer.status_code == 202
    placed = answer.json()
    assert (placed["success"], placed["tracklist"], placed["correlation_id"]) == (True, None, "order-1")
    again = (await author.post(f"{API}/tracklist?async_processing=true", json=body)).json()
    assert again["task_id"] == placed["task_id"]
    other = await author.post(f"{API}/tracklist?async_processing=true", json={**body, "url": f"{party.url}x"})
    assert (other.status_code, other.json()["code"]) == (409, "order_taken")
    status = (await author.get(f"{API}/tracklist/status/order-1")).json()
    assert (status["status"], status["tracklist"], status["error"]) == ("queued", None, None)


async def test_an_order_that_nobody_placed_is_unknown(author: httpx.AsyncClient) -> None:
    for path in ("tracklist/status/none", "tracklists/import/status/none"):
        assert (await author.get(f"{API}/{path}")).json()["code"] == "unknown_order"


async def ordered(party: SiteParty, author: httpx.AsyncClient, path: str, name: str) -> dict[str, Any]:
    """What a worker made of it, as its status tells in the end."""
    body = {"url": party.url, "correlation_id": name}
    placed = (await author.post(f"{API}/{path}?async_processing=true", json=body)).json()

    async def status() -> dict[str, Any]:
        told: dict[str, Any] = (await author.get(f"{API}/tracklist/status/{name}")).json()
        return told

    async with a_worker(party.house.parts):
        told = await until(status, lambda told: told["status"] in {"completed", "failed"})
    assert told["task_id"] == placed["task_id"]
    return told


async def test_a_worker_fetches_what_was_ordered(party: SiteParty, author: httpx.AsyncClient) -> None:
    told = await ordered(party, author, "tracklist", "worked-1")
    assert (told["status"], told["success"], told["error"]) == ("completed", True, None)
    assert len(told["tracklist"]["tracks"]) == len(ROWS)
    assert party.site.pages == [PATH]


async def test_a_worker_imports_what_was_ordered(party: SiteParty, author: httpx.AsyncClient) -> None:
    told = await ordered(party, author, "tracklists/import/1001tracklists", "worked-2")
    assert (told["status"], told["success"]) == ("completed", True)
    assert told["tracklist"]["is_draft"]
    assert "cue_file_path" in told["tracklist"]
    assert (await author.get(f"{API}/tracklists/{told['tracklist']['id']}")).status_code == 200


async def test_an_order_that_failed_says_why_as_the_route_would(party: SiteParty, author: httpx.AsyncClient) -> None:
    party.refuse(shell())
    said = (await fetch(author, party.url))["error"]
    told = await ordered(party, author, "tracklist", "worked-3")
    assert (told["status"], told["success"], told["tracklist"]) == ("failed", False, None)
    assert told["error"] == said == {"code": "rows_missing", "message": said["message"]}


async def test_what_is_stored_of_the_site_and_what_is_published_is_told(
    party: SiteParty, author: httpx.AsyncClient
) -> None:
    redis = party.house.parts.redis
    await redis.call("DEL", EVENTS)
    imported = (await author.post(f"{API}/tracklists/import/1001tracklists", json={"url": party.url})).json()
    rows = [{"artist": "Ana", "title": "Sun", "start_time": 0}]
    made = (await author.post(f"{API}/tracklists/manual", json={"tracks": rows})).json()
    assert (await author.post(f"{API}/tracklists/{made['id']}/publish")).status_code == 200
    told = [fields for _, fields in await redis.call("XRANGE", EVENTS, "-", "+")]
    assert [each["name"] for each in told] == ["tracklist.processed", "tracklist.cataloged", "tracklist.cataloged"]
    assert [json.loads(each["data"])["tracklist_id"] for each in told[1:]] == [imported["id"], made["id"]]


async def test_its_task_brings_the_list(party: SiteParty) -> None:
    ran = await run_task(party.house.parts.task_types[TYPE], {"url": party.url})
    assert (ran.result["success"], len(ran.result["tracklist"]["tracks"])) == (True, len(ROWS))


async def test_its_task_keeps_a_draft_where_that_is_wanted(party: SiteParty, author: httpx.AsyncClient) -> None:
    ran = await run_task(party.house.parts.task_types[TYPE], {"url": party.url, "draft": True})
    assert (await author.get(f"{API}/tracklist/{ran.result['tracklist']['id']}")).json()["is_draft"]


# -- admins ----------------------------------------------------------------------------------------------------


async def test_one_page_is_forgotten_or_everything(
    party: SiteParty, author: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    await fetch(author, party.url)
    await author.get(f"{API}/search/", params={"query": "Ada Lovelace"})
    one = (await admin.request("DELETE", f"{API}/tracklist/cache", params={"url": party.url})).json()
    rest = (await admin.request("DELETE", f"{API}/tracklist/cache")).json()
    none = (await admin.post(f"{API}/admin/cache/clear")).json()
    assert [each["entries_cleared"] for each in (one, rest, none)] == [1, 1, 0]
    assert one == {"success": True, "message": "1 entry was removed.", "entries_cleared": 1}
    assert not (await fetch(author, party.url))["cached"]


async def test_admins_see_what_is_kept_and_how_it_stands(
    party: SiteParty, author: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    party.site.crawl_delay(0.05)
    await fetch(author, party.url)
    await fetch(author, party.url)
    stats = (await admin.get(f"{API}/admin/stats")).json()
    assert (stats["cache"]["tracklists"], stats["cache"]["hits"], stats["cache"]["misses"]) == (1, 1, 1)
    assert (stats["site"]["breaker"], stats["site"]["pause_s"]) == ("closed", 0.05)
    party.refuse(ip_block())
    await fetch(author, party.url, force_refresh=True)
    stats = (await admin.get(f"{API}/admin/stats")).json()
    assert (stats["site"]["breaker"], stats["site"]["blocked"]) == ("open", True)
    health = (await admin.get(f"{API}/admin/health")).json()
    parts = health["components"]
    assert [parts[each]["status"] for each in ("redis", "sql", "site", "workers")] == ["ok", "ok", "warn", "warn"]
    assert "left alone" in parts["site"]["detail"]
    party.site.crawl_delay(0)
