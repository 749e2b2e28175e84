"""What an operator is told over HTTP, and who may ask."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from api_queue.monitoring.catalogue import CATALOGUE, public_name
from api_queue.monitoring.health import Finding, HealthService
from api_queue.parts import Parts
from api_queue.types import QueueName
from tests.acceptance.sessions import ALIAS
from tests.house import House, house_settings
from tests.monitoring.scraping import families

pytestmark = pytest.mark.asyncio(loop_scope="module")
API = "/api/v1/admin"


@pytest_asyncio.fixture(loop_scope="module")
async def admin(shared_house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with shared_house.admin() as admin:
        yield admin


Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def scrape(client: httpx.AsyncClient) -> Samples:
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families(answer.text)
        for sample in family.samples
    }


def total(samples: Samples, name: str, **labels: str) -> float:
    return sum(value for (found, having), value in samples.items() if found == name and labels.items() <= set(having))


# -- /metrics --------------------------------------------------------------------------------------------------


async def test_a_request_is_counted_under_its_route(admin: httpx.AsyncClient) -> None:
    of_route = {"method": "GET", "route": "/queue/<name>/items.json", "status": "200"}
    before = total(await scrape(admin), "api_queue_requests_total", **of_route)
    for _ in range(3):
        await admin.get("/queue/party/items.json")
    after = await scrape(admin)
    assert total(after, "api_queue_requests_total", **of_route) == before + 3
    assert total(after, "api_queue_request_seconds_count", route=of_route["route"]) == before + 3
    assert total(after, "api_queue_request_seconds_bucket", route=of_route["route"], le="+Inf") == before + 3


async def test_what_is_refused_is_counted_by_its_code(shared_house: House, admin: httpx.AsyncClient) -> None:
    before = total(await scrape(admin), "api_queue_refusals_total", code="missing_credential")
    async with shared_house.nobody() as nobody:
        assert (await nobody.get("/queue")).status_code == 401
    assert total(await scrape(admin), "api_queue_refusals_total", code="missing_credential") == before + 1


async def test_there_are_figures_of_each_part(admin: httpx.AsyncClient) -> None:
    samples = await scrape(admin)
    names = {name for name, _ in samples}
    assert {
        "api_queue_sse_clients",
        "api_queue_redis_seconds_count",
        "api_queue_sql_connections",
        "api_queue_queues",
        "api_queue_waiting_items",
        "api_queue_cache_hits_total",
        "process_resident_memory_bytes",
        "process_open_fds",
    } <= names
    assert total(samples, "api_queue_queues", kind="named") >= 1
    assert total(samples, "process_resident_memory_bytes") > 1_000_000


async def test_openmetrics_is_answered_to_who_wants_it(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


async def test_every_name_is_in_the_catalogue(admin: httpx.AsyncClient) -> None:
    found = {name for name, _ in await scrape(admin)}
    kinds = {"histogram": ("_bucket", "_count", "_sum")}
    known = {public_name(name) + end for name, metric in CATALOGUE.items() for end in kinds.get(metric.kind, ("",))}
    assert found <= known


async def test_a_program_reads_figures_with_its_key_as_a_bearer(shared_house: House) -> None:
    key = await shared_house.parts.api_keys.create("prometheus", {"metrics": frozenset({"read"})})
    async with shared_house.nobody() as prometheus:
        for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
            assert (await prometheus.get("/metrics", headers=headers)).status_code == 200
            assert (await prometheus.get(f"{API}/health", headers=headers)).status_code in {200, 503}
            assert (await prometheus.get(f"{API}/audit", headers=headers)).status_code == 401


async def test_a_program_for_something_else_reads_none(shared_house: House) -> None:
    key = await shared_house.parts.api_keys.create("lights", {"lights": frozenset({"read"})})
    async with shared_house.nobody() as lights:
        answer = await lights.get("/metrics", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "missing_queue_right"


@pytest.mark.parametrize("path", ["/metrics", f"{API}/health", f"{API}/stats", f"{API}/audit"])
async def test_guests_see_nothing_of_it(shared_house: House, path: str) -> None:
    async with shared_house.guest() as guest, shared_house.nobody() as nobody:
        assert (await nobody.get(path)).status_code == 401
        assert (await guest.get(path)).status_code == 403


# -- health ----------------------------------------------------------------------------------------------------


async def test_each_part_says_how_it_is(admin: httpx.AsyncClient) -> None:
    health = (await admin.get(f"{API}/health")).json()
    parts = health["components"]
    assert set(parts) == {
        *("redis", "sql", "disk", "clock", "backup"),
        *("relay", "broker", "conductor", "workers", "site", "speakers"),
    }
    assert {part: parts[part]["status"] for part in ("redis", "sql", "clock", "site", "speakers")} == dict.fromkeys(
        ("redis", "sql", "clock", "site", "speakers"), "ok"
    )
    assert parts["workers"]["status"] == "warn"
    assert "python -m api_queue work" in parts["workers"]["todo"]
    assert all(re.fullmatch(r"[A-Z0-9].*\.", part["detail"]) for part in parts.values())


async def test_a_part_that_is_bad_makes_it_503(
    shared_house: House, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> Finding:
        raise ConnectionError("no route to host")

    async def well() -> Finding:
        return Finding("ok", "It is there.")

    monkeypatch.setattr(shared_house.app.ctx, "health", HealthService({"sql": broken, "redis": well}))
    answer = await admin.get(f"{API}/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "bad"
    assert answer.json()["components"] == {
        "sql": {"status": "bad", "detail": "It could not be looked at.", "todo": "Look at the log of the server."},
        "redis": {"status": "ok", "detail": "It is there."},
    }


async def test_what_cannot_be_told_without_redis_does_not_hide_that_it_is_away(tmp_path: Path) -> None:
    parts = Parts(house_settings("unix:///nowhere", tmp_path))
    try:
        findings = await parts.health(parts.monitor(parts.reporter())).look()
    finally:
        await parts.close()
    assert {part for part, found in findings.items() if found.status == "bad"} == {"redis"}
    assert findings["redis"].detail.startswith("A part of the server is away")
    assert findings["workers"].todo == "See redis and sql."


async def test_a_part_that_hangs_is_not_waited_for() -> None:
    async def hang() -> Finding:
        await asyncio.Event().wait()
        return Finding("ok", "Never.")

    findings = await HealthService({"sql": hang}, patience_s=0.01).look()
    assert findings["sql"].detail == "It does not answer within 0.01 s."


# -- counts and lines ------------------------------------------------------------------------------------------


async def test_counts_are_those_of_the_house(shared_house: House, admin: httpx.AsyncClient) -> None:
    async with shared_house.guest() as guest:
        before = (await admin.get(f"{API}/stats")).json()
        added = await guest.post("/queue/party/items.json", json={"track_id": ALIAS, "performer_name": "Ada"})
        assert added.status_code in {200, 201}, added.text
    stats = (await admin.get(f"{API}/stats")).json()
    assert stats["items"]["waiting"] == before["items"]["waiting"] + 1
    assert stats["queues"]["by_kind"]["named"] >= 1
    assert stats["guests"] >= 1
    assert stats["tracks"] > 0
    assert stats["versions"]["api_queue"]
    assert [each["pid"] > 0 for each in stats["processes"]] == [True]


async def test_what_admins_did_is_listed_newest_first(shared_house: House, admin: httpx.AsyncClient) -> None:
    for title in ("One", "Two"):
        assert (await admin.put("/queue/party/settings", json={"title": title})).status_code == 200
    first, second = (await admin.get(f"{API}/audit?limit=2&queue=party")).json()["lines"]
    assert first["action"] == second["action"] == "PUT /queue/party/settings"
    assert first["at"] >= second["at"]
    assert first["queue"] == "party"
    assert re.fullmatch("[0-9a-f]{12}", first["who"])


async def test_lines_come_in_pages(shared_house: House, admin: httpx.AsyncClient) -> None:
    for number in range(3):
        await shared_house.parts.audit.write("someone", f"deed {number}", QueueName("paged"))
    whole = (await admin.get(f"{API}/audit?queue=paged")).json()
    page = (await admin.get(f"{API}/audit?queue=paged&limit=1&offset=1")).json()
    assert (whole["total"], len(whole["lines"]), page["total"]) == (3, 3, 3)
    assert [line["action"] for line in page["lines"]] == ["deed 1"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "offset=-1", "limit=x"])
async def test_a_page_that_cannot_be_is_refused(admin: httpx.AsyncClient, query: str) -> None:
    assert (await admin.get(f"{API}/audit?{query}")).status_code == 422
