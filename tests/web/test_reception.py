"""Each request has an id that answer and log share, is counted, and is one line."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
import structlog
from sanic import HTTPResponse, Request, Sanic

from api_queue import logs
from api_queue.errors import NotReady
from api_queue.formats.figures import Figure
from api_queue.logs import configure_logs
from api_queue.settings import Settings
from api_queue.types import GuestId
from api_queue.web.errors import setup_errors
from api_queue.web.identity import Caller
from api_queue.web.reception import Reception
from api_queue.web.replies import reply
from tests.serving import NO_TLS, serving
from tests.stream.waiting import eventually

SECRET = "aq_abcdefghijkl"


def an_app(reception: Reception) -> "Sanic[Any, Any]":
    app: Sanic[Any, Any] = Sanic("reception", configure_logging=False)
    setup_errors(app)
    app.register_middleware(reception.begin, "request")
    app.register_middleware(reception.end, "response")

    @app.get("/queue/<name:[a-z_]+>/items")
    async def items(request: Request, name: str) -> HTTPResponse:
        request.ctx.caller = Caller(GuestId("somebody"), "192.0.2.1")
        structlog.get_logger().info("looking", queue=name)
        return reply({})

    @app.get("/static/<path:path>")
    async def file(_request: Request, path: str) -> HTTPResponse:
        return HTTPResponse(status=200 if path == "css/base.css" else 404)

    @app.get("/away")
    async def away(_request: Request) -> HTTPResponse:
        raise NotReady(parts=["redis"], named="redis", retry_after=2)

    @app.get("/slow")
    async def slow(_request: Request) -> HTTPResponse:
        await asyncio.Event().wait()
        return reply({})

    @app.get("/broken-off")
    async def broken_off(_request: Request) -> HTTPResponse:
        raise asyncio.CancelledError  # as what is not done when the server ends

    return app


@pytest.fixture
def stderr(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """That of pytest is another one for each part of a test."""
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    return stderr


@pytest.fixture
def reception(stderr: io.StringIO) -> Reception:
    return Reception(Settings(log_requests="on"))


@pytest.fixture
async def client(reception: Reception) -> AsyncIterator[httpx.AsyncClient]:
    app = an_app(reception)
    async with serving(app) as url, httpx.AsyncClient(base_url=url, verify=NO_TLS) as client:
        yield client


def written(reception: Reception, stderr: io.StringIO) -> list[dict[str, object]]:
    assert reception.lines is not None
    reception.lines.write()
    said = stderr.getvalue().splitlines()
    stderr.truncate(0)
    stderr.seek(0)
    return [msgspec.json.decode(line) for line in said]


# -- ids -------------------------------------------------------------------------------------------------------


async def test_the_id_that_is_given_is_returned(client: httpx.AsyncClient) -> None:
    answer = await client.get("/queue/party/items", headers={"X-Request-ID": "lights-17.a_b"})
    assert answer.headers["x-request-id"] == "lights-17.a_b"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\tb", '"a"', "a;b"])
async def test_an_id_that_could_do_harm_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get("/queue/party/items", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] not in {"", given}


async def test_each_request_has_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    ids = {(await client.get("/queue/party/items")).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


async def test_a_refusal_names_its_request(client: httpx.AsyncClient) -> None:
    answer = await client.get("/away", headers={"X-Request-ID": "mine"})
    assert answer.status_code == 503
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "mine"


async def test_what_is_logged_for_a_request_names_it(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("info")
    await client.get("/queue/party/items", headers={"X-Request-ID": "mine"})
    (line,) = [msgspec.json.decode(text) for text in capsys.readouterr().err.splitlines() if "looking" in text]
    assert line["request_id"] == "mine"


# -- lines -----------------------------------------------------------------------------------------------------


async def test_a_line_says_what_was_asked_and_how_it_ended(
    client: httpx.AsyncClient, reception: Reception, stderr: io.StringIO
) -> None:
    await client.get(f"/queue/party/items?token={SECRET}", headers={"X-Request-ID": "mine"})
    (line,) = written(reception, stderr)
    assert float(str(line.pop("ms"))) >= 0
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/queue/<name>/items",
        "status": 200,
        "request_id": "mine",
        "role": "guest",
        "who": "somebody",
        "queue": "party",
    }


async def test_nothing_secret_and_no_address_is_written(
    client: httpx.AsyncClient, reception: Reception, stderr: io.StringIO
) -> None:
    headers = {"Authorization": f"Bearer {SECRET}", "Cookie": f"session_id={SECRET}"}
    await client.get(f"/queue/party/items?code={SECRET}", headers=headers)
    await client.get(f"/{SECRET}")
    said = f"{written(reception, stderr)}"
    assert SECRET not in said
    assert "192.0.2.1" not in said
    assert "127.0.0.1" not in said


async def test_a_personal_queue_is_not_named(
    client: httpx.AsyncClient, reception: Reception, stderr: io.StringIO
) -> None:
    await client.get("/queue/u_abc/items")
    (line,) = written(reception, stderr)
    assert "queue" not in line


async def test_lines_come_by_themselves(client: httpx.AsyncClient, stderr: io.StringIO) -> None:
    await client.get("/queue/party/items")
    await eventually(lambda: '"event":"request"' in stderr.getvalue())


async def test_only_a_file_of_a_page_that_is_missing_is_worth_a_line(
    client: httpx.AsyncClient, reception: Reception, stderr: io.StringIO
) -> None:
    await client.get("/static/css/base.css")
    await client.get("/static/css/bass.css")
    (line,) = written(reception, stderr)
    assert (line["route"], line["status"]) == ("/static/<path>", 404)


async def test_a_storm_does_not_fill_the_disk_with_lines(
    client: httpx.AsyncClient,
    reception: Reception,
    stderr: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logs, "LINES_PER_S", 2)
    seconds = [7.0]
    monkeypatch.setattr(logs, "monotonic", lambda: seconds[0])
    for _ in range(5):
        await client.get("/queue/party/items")
    assert len(written(reception, stderr)) == 2
    seconds[0] = 8.0
    await client.get("/queue/party/items")
    left_out, line = written(reception, stderr)
    assert (left_out["event"], left_out["lines"]) == ("log lines were left out", 3)
    assert line["event"] == "request"


@pytest.mark.parametrize(
    ("settings", "terminal", "writes"),
    [
        (Settings(), False, True),
        (Settings(), True, False),
        (Settings(log_requests="on"), True, True),
        (Settings(log_requests="off"), False, False),
        (Settings(log_level="warning", log_requests="on"), False, False),
    ],
)
def test_whether_lines_are_written(
    settings: Settings, terminal: bool, writes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    assert (Reception(settings).lines is not None) is writes


# -- counts ----------------------------------------------------------------------------------------------------


def count(figures: list[Figure], name: str, **labels: str) -> float:
    return sum(each.value for each in figures if each.name == name and labels.items() <= each.labels.items())


async def test_requests_are_counted_by_the_template_of_their_route(
    client: httpx.AsyncClient, reception: Reception
) -> None:
    for name in ("a", "b", "c"):
        await client.get(f"/queue/{name}/items")
    figures = list(reception.traffic.figures())
    assert count(figures, "requests_total", method="GET", route="/queue/<name>/items", status="200") == 3
    (histogram,) = [each for each in figures if each.name == "request_seconds"]
    assert sum(histogram.buckets) == 3
    assert histogram.value > 0


async def test_addresses_that_nobody_has_are_one_figure(client: httpx.AsyncClient, reception: Reception) -> None:
    for path in ("/a", "/b", "/c"):
        await client.get(path)
    figures = [each for each in reception.traffic.figures() if each.name == "requests_total"]
    assert [(each.labels, each.value) for each in figures] == [({"method": "GET", "route": "none", "status": "404"}, 3)]


async def test_refusals_are_counted_by_their_code(client: httpx.AsyncClient, reception: Reception) -> None:
    await client.get("/away")
    assert count(list(reception.traffic.figures()), "refusals_total", code="not_ready") == 1


async def test_who_hangs_up_is_no_fault_of_ours(client: httpx.AsyncClient, reception: Reception) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await client.get("/slow", timeout=0.2)
    await eventually(lambda: any(reception.traffic.figures()))
    assert count(list(reception.traffic.figures()), "requests_total", route="/slow", status="499") == 1


async def test_who_is_broken_off_by_us_is_told_to_come_again(client: httpx.AsyncClient) -> None:
    answer = await client.get("/broken-off")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
