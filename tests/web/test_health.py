"""What a supervisor and a load balancer are told."""

import asyncio
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from api_queue import __version__
from api_queue.app import create_app
from api_queue.web.health import Readiness
from tests.house import House, house_settings
from tests.serving import NO_TLS, serving


async def there() -> None: ...


async def away() -> None:
    raise ConnectionRefusedError


async def silent() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize(("check", "expected"), [(there, []), (away, ["part"]), (silent, ["part"])])
async def test_a_part_is_away_when_it_refuses_or_is_silent(check: object, expected: list[str]) -> None:
    readiness = Readiness({"part": check, "other": there}, patience_s=0.05)  # type: ignore[dict-item]
    assert await readiness.away() == expected


async def test_a_whole_server_is_healthy_and_ready(house: House) -> None:
    async with house.nobody() as client:
        health, ready = await client.get("/health"), await client.get("/ready")
    assert (health.status_code, health.json()) == (
        200,
        {"status": "healthy", "service": "api_queue", "version": __version__},
    )
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_without_redis_it_is_healthy_but_not_ready_and_says_why(tmp_path: Path) -> None:
    app = create_app(house_settings("redis://127.0.0.1:1", tmp_path))
    async with serving(app) as url, httpx.AsyncClient(base_url=url, verify=NO_TLS) as client:
        health, ready = await client.get("/health"), await client.get("/ready")
    assert health.status_code == 200
    assert (ready.status_code, ready.headers["retry-after"]) == (503, "2")
    assert (ready.json()["code"], ready.json()["parts"]) == ("not_ready", ["redis"])


async def test_a_program_of_the_messages_hears_the_same_in_its_own_words(house: House) -> None:
    async with house.nobody() as client:
        answer = (await client.get("/api/v1/health")).json()
    assert (answer["status"], answer["queue_name"]) == ("healthy", None)
    assert datetime.fromisoformat(answer["timestamp"]).tzinfo
