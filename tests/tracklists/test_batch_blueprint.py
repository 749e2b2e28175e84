"""Batches over HTTP, by a real worker, at the site that is played here."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
import websockets
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api_queue.messages import service
from api_queue.tracklists import batch_blueprint, batch_tasks
from tests.jobs.house import MovedClock
from tests.tracklists.site.pages import ROWS, Head, tracklist
from tests.tracklists.site.server import Page
from tests.tracklists.site_party import SiteParty
from tests.tracklists.workers import a_worker, a_worker_that_dies, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
BATCH = "/api/v1/batch"
OVER = {"completed", "failed", "cancelled"}
Json = dict[str, Any]


@pytest_asyncio.fixture(loop_scope="module")
async def party(site_party: SiteParty, monkeypatch: pytest.MonkeyPatch) -> SiteParty:
    """Three pages that nobody has asked for, and nothing to do."""
    monkeypatch.setattr(service, "LOOK_AGAIN_S", 0.05)
    monkeypatch.setattr(batch_tasks, "LOOK_S", 0.02)
    monkeypatch.setattr(batch_blueprint, "EACH_S", 0.02)
    await site_party.begin()
    await site_party.house.parts.jobs.cancel_all(site_party.house.parts.clock.now_ms())
    for name in ("a", "b", "c"):
        site_party.site.serve(path_of(name), tracklist(head=Head(page_id=name)))
    return site_party


@pytest_asyncio.fixture(loop_scope="module")
async def author(party: SiteParty) -> AsyncIterator[httpx.AsyncClient]:
    async with await party.member() as client:
        yield client


def path_of(name: str) -> str:
    return f"/tracklist/{name}/set.html"


def urls(party: SiteParty, *names: str) -> list[str]:
    return [f"{party.site.url}{path_of(name)}" for name in names]


async def ordered(author: httpx.AsyncClient, addresses: list[str], **more: object) -> Json:
    answer = await author.post(BATCH, json={"urls": addresses, **more})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def status(author: httpx.AsyncClient, batch: Json) -> Json:
    return dict((await author.get(f"{BATCH}/{batch['batch_id']}/status")).json())


async def done(author: httpx.AsyncClient, batch: Json, verb: str) -> Json:
    answer = await author.post(f"{BATCH}/{batch['batch_id']}/{verb}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def ended(author: httpx.AsyncClient, batch: Json) -> Json:
    return await until(lambda: status(author, batch), lambda now: now["status"] in OVER)


# -- ordering --------------------------------------------------------------------------------------------------


async def test_an_order_is_answered_with_what_will_come_of_it(party: SiteParty, author: httpx.AsyncClient) -> None:
    said = await ordered(author, urls(party, "a", "b"), priority="low", user_id="u-1", template="festival")
    assert list(said) == [
        *("batch_id", "total_jobs", "priority", "status", "estimated_completion", "message", "duplicates"),
    ]
    assert (said["total_jobs"], said["priority"], said["status"], said["duplicates"]) == (2, "low", "queued", [])
    now = await status(author, said)
    assert (now["user_id"], now["template"], now["progress_percentage"], now["error"]) == ("u-1", "festival", 0.0, None)
    assert now["jobs_status"] == {"pending": 2, "processing": 0, "completed": 0, "failed": 0, "cancelled": 0}
    assert now["created_at"] == now["updated_at"] < said["estimated_completion"]


async def test_an_address_that_is_there_twice_is_told(party: SiteParty, author: httpx.AsyncClient) -> None:
    a, b = urls(party, "a", "b")
    said = await ordered(author, [b, a, f"{b}?utm=x", a])
    assert said["total_jobs"] == 2
    assert said["duplicates"] == [
        {"position": 3, "url": b, "same_as": 1},
        {"position": 4, "url": a, "same_as": 2},
    ]
    assert [job["url"] for job in (await status(author, said))["jobs"]] == [b, a]


@pytest.mark.parametrize(
    "body", [{}, {"urls": []}, {"urls": ["https://evil.example/tracklist/a/"]}, {"urls": ["x"] * 1001}]
)
async def test_what_cannot_be_fetched_is_refused(author: httpx.AsyncClient, body: Json) -> None:
    assert (await author.post(BATCH, json=body)).status_code == 422


async def test_an_unknown_priority_is_refused(party: SiteParty, author: httpx.AsyncClient) -> None:
    answer = await author.post(BATCH, json={"urls": urls(party, "a"), "priority": "now"})
    assert (answer.status_code, "priority" in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize("batch_id", ["none", "0", "999999"])
async def test_a_batch_that_is_not_there(author: httpx.AsyncClient, batch_id: str) -> None:
    for answer in (await author.get(f"{BATCH}/{batch_id}/status"), await author.post(f"{BATCH}/{batch_id}/pause")):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_batch")


async def test_a_task_of_another_type_is_no_batch(party: SiteParty, author: httpx.AsyncClient) -> None:
    order = await author.post("/api/v1/tracklist?async_processing=true", json={"url": urls(party, "a")[0]})
    task_id = order.json()["task_id"]
    assert (await author.post(f"{BATCH}/{task_id}/cancel")).status_code == 404
    await party.house.parts.jobs.cancel(task_id)  # else the next worker fetches it


# -- running ---------------------------------------------------------------------------------------------------


async def test_pages_are_fetched_in_their_order_and_one_at_a_time(party: SiteParty, author: httpx.AsyncClient) -> None:
    batch = await ordered(author, urls(party, "c", "a", "b"))
    async with a_worker(party.house.parts):
        now = await ended(author, batch)
    assert party.site.pages == [path_of(name) for name in ("c", "a", "b")]
    assert party.site.most_at_once == 1
    assert (now["status"], now["progress_percentage"], now["jobs_status"]["completed"]) == ("completed", 100.0, 3)
    assert [(job["status"], job["track_count"], job["cached"]) for job in now["jobs"]] == [
        ("completed", len(ROWS), False)
    ] * 3


async def test_one_that_fails_is_told_and_stops_no_other(party: SiteParty, author: httpx.AsyncClient) -> None:
    batch = await ordered(author, urls(party, "a", "missing", "b"))
    async with a_worker(party.house.parts):
        now = await ended(author, batch)
    assert (now["status"], now["jobs_status"]["completed"], now["jobs_status"]["failed"]) == ("failed", 2, 1)
    assert now["error"].startswith("1 of 3 failed; the first: The site has no page")
    assert [job["status"] for job in now["jobs"]] == ["completed", "failed", "completed"]


async def test_lists_are_stored_where_that_is_wanted(party: SiteParty, author: httpx.AsyncClient) -> None:
    batch = await ordered(author, urls(party, "a"), options={"draft": True})
    async with a_worker(party.house.parts):
        now = await ended(author, batch)
    draft = (await author.get(f"/api/v1/tracklists/{now['jobs'][0]['tracklist_id']}")).json()
    assert (draft["is_draft"], draft["source"], draft["track_count"]) == (True, "1001tracklists", len(ROWS))


async def test_what_is_more_urgent_comes_first(party: SiteParty, author: httpx.AsyncClient) -> None:
    low = await ordered(author, urls(party, "a"), priority="low")
    urgent = await ordered(author, urls(party, "b", "c"), priority="immediate")
    async with a_worker(party.house.parts):
        await ended(author, low)
    assert party.site.pages == [path_of(name) for name in ("b", "c", "a")]
    assert (await status(author, urgent))["status"] == "completed"


async def test_one_that_is_paused_holds_up_nobody(party: SiteParty, author: httpx.AsyncClient) -> None:
    # Given an urgent batch that somebody has paused, and one that can wait
    urgent = await ordered(author, urls(party, "a", "b"), priority="immediate")
    assert (await done(author, urgent, "pause"))["status"] == "paused"
    low = await ordered(author, urls(party, "c"), priority="low")
    async with a_worker(party.house.parts):
        # Then the other one is fetched
        assert (await ended(author, low))["status"] == "completed"
        assert party.site.pages == [path_of("c")]
        # And the first when it may go on
        assert (await done(author, urgent, "resume"))["status"] in {"queued", "processing"}
        assert (await ended(author, urgent))["jobs_status"]["completed"] == 2


async def test_what_was_not_fetched_when_it_is_cancelled_never_is(party: SiteParty, author: httpx.AsyncClient) -> None:
    # Given a batch whose second page takes long
    party.site.serve(path_of("b"), Page(after_s=60))
    batch = await ordered(author, urls(party, "a", "b", "c"))
    async with a_worker(party.house.parts):
        await until(lambda: status(author, batch), lambda _: party.site.pages == [path_of("a"), path_of("b")])
        # When it is cancelled
        now = await done(author, batch, "cancel")
    assert now["status"] == "cancelled"
    assert now["jobs_status"] == {"pending": 0, "processing": 0, "completed": 1, "failed": 0, "cancelled": 2}
    # Then it stays so
    refused = await author.post(f"{BATCH}/{batch['batch_id']}/resume")
    assert (refused.status_code, refused.json()["code"]) == (409, "task_ended")


async def test_a_worker_that_dies_in_the_middle_loses_nothing(party: SiteParty, author: httpx.AsyncClient) -> None:
    # Given a batch, of whose pages one was fetched when the worker died over the second
    party.site.serve(path_of("b"), Page(after_s=60), tracklist(head=Head(page_id="b")))
    batch = await ordered(author, urls(party, "a", "b", "c"))
    parts = party.house.parts
    async with a_worker_that_dies(parts):
        await until(lambda: status(author, batch), lambda _: party.site.pages == [path_of("a"), path_of("b")])
    await party.rest()
    # When another one works, and the first has not been heard of for long
    clock = MovedClock()
    clock.forward_s(parts.settings.jobs_visibility_s + 1)
    async with a_worker(parts, clock):
        now = await ended(author, batch)
    # Then every page is there, and the one that was there is not fetched again
    assert (now["status"], now["jobs_status"]["completed"]) == ("completed", 3)
    assert [job["attempts"] for job in now["jobs"]] == [1, 2, 1]


# -- as it happens ---------------------------------------------------------------------------------------------


def address(party: SiteParty, batch_id: str) -> str:
    return f"{party.house.url.replace('http', 'ws')}{BATCH}/{batch_id}/progress"


async def test_a_socket_tells_how_it_stands_until_it_is_over(party: SiteParty, author: httpx.AsyncClient) -> None:
    batch = await ordered(author, urls(party, "a", "b"))
    headers = {"Authorization": author.headers["Authorization"]}
    async with websockets.connect(address(party, batch["batch_id"]), additional_headers=headers) as line:
        first = json.loads(await line.recv())
        assert (first["status"], first["total_jobs"], "jobs" in first) == ("queued", 2, False)
        async with a_worker(party.house.parts), asyncio.timeout(20):
            told = [json.loads(text) async for text in line]
    assert (told[-1]["status"], told[-1]["progress_percentage"]) == ("completed", 100.0)
    assert {each["status"] for each in told[:-1]} <= {"queued", "processing"}


async def test_a_socket_of_a_batch_that_is_not_there_says_so(party: SiteParty, author: httpx.AsyncClient) -> None:
    headers = {"Authorization": author.headers["Authorization"]}
    async with websockets.connect(address(party, "none"), additional_headers=headers) as line:
        with pytest.raises(ConnectionClosed) as closed:
            await line.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4404, "There is no batch 'none'.")


@pytest.mark.parametrize(("origin", "code"), [(None, 401), ("https://evil.example", 403)])
async def test_strangers_and_pages_of_other_sites_get_no_socket(
    party: SiteParty, author: httpx.AsyncClient, origin: str | None, code: int
) -> None:
    headers = {"Cookie": f"session_id={party.house.admin_token}"} if origin else {}
    with pytest.raises(InvalidStatus) as refused:
        await websockets.connect(address(party, "1"), additional_headers=headers, origin=origin)  # type: ignore[arg-type]
    assert refused.value.response.status_code == code
