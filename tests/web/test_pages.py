"""Which page a client gets, and how its files are kept fresh."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sanic import HTTPResponse, Request, Sanic

from api_queue.settings import Settings
from api_queue.web import pages
from tests.serving import NO_TLS, serving

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = Sanic("pages_and_files", configure_logging=False)
    app.config.ACCESS_LOG = False
    app.ctx.settings = Settings()
    app.blueprint(pages.bp)

    @app.get("/either")
    async def either(request: Request) -> HTTPResponse:
        return pages.page("guest") if pages.wants_html(request) else HTTPResponse("{}")

    async with serving(app) as address, httpx.AsyncClient(base_url=address, verify=NO_TLS) as client:
        yield client


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("*/*", False),
        ("", False),
        ("application/json", False),
        ("application/json, text/html;q=0.5", False),
        ("text/event-stream", False),
    ],
)
async def test_a_browser_gets_the_page_and_everybody_else_the_data(
    client: httpx.AsyncClient, accept: str, html: bool
) -> None:
    answer = await client.get("/either", headers={"Accept": accept})
    assert answer.text.startswith("<!doctype html>") is html


@pytest.mark.parametrize("path", ["/", "/login", "/queue/x/admin", "/queue/x/display", "/queue/x/player"])
async def test_each_page_has_its_address(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"Accept": BROWSER})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_program_at_the_front_hears_what_it_is_talking_to(client: httpx.AsyncClient) -> None:
    about = (await client.get("/")).json()
    assert about["message"] == "PyQueue Server"
    assert (about["docs"], about["health"], about["storage_backend"]) == ("/docs", "/health", "redis")
    assert about["security"]["header"] == "X-API-Key"


@pytest.mark.parametrize("path", ["/queue/UPPER/admin", f"/queue/{'x' * 33}/display", "/queue/-x/player"])
async def test_what_cannot_be_a_queue_has_no_page(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_a_file_is_sent_once_and_then_only_asked_after(client: httpx.AsyncClient) -> None:
    first = await client.get("/static/js/times.js")
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["content-encoding"] == "gzip"
    again = await client.get("/static/js/times.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_client_without_gzip_gets_the_same_file_under_another_etag(client: httpx.AsyncClient) -> None:
    zipped = await client.get("/static/css/base.css")
    plain = await client.get("/static/css/base.css", headers={"Accept-Encoding": "identity"})
    assert plain.text == zipped.text
    assert "content-encoding" not in plain.headers
    assert plain.headers["etag"] != zipped.headers["etag"]


@pytest.mark.parametrize("path", ["__init__.py", "guest.html", "../setup.cfg", "%2e%2e/setup.cfg", "js", "js/none.js"])
async def test_only_the_pages_own_files_are_there(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/static/{path}")).status_code == 404


def test_no_page_has_script_or_style_inside_or_anything_from_elsewhere() -> None:
    for name, asset in pages.assets().items():
        text = asset.body.decode()
        assert "http://" not in text.replace("http://www.w3.org/", ""), name
        assert "https://" not in text, name
        if name.endswith(".html"):
            assert "style=" not in text, name
            assert "<style" not in text, name
            assert text.count("<script") == text.count('<script type="module" src="/static/js/'), name
