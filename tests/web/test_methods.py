"""HEAD and OPTIONS, for which there are no handlers, through a whole server."""

import pytest

from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    "path",
    ["/", "/login", "/health", "/docs/openapi.json", "/queue/party/", "/queue/party/items", "/queue/party/items.csv",
     "/queue/party/settings", "/queue/party/songbook", "/auth/me", "/.well-known/api-queue", "/tracks",
     "/static/css/none.css"],
)  # fmt: skip
async def test_a_head_is_its_get_without_the_body(shared_house: House, path: str) -> None:
    async with shared_house.guest() as ana:
        got, told = await ana.get(path), await ana.head(path)
    assert (told.status_code, told.content) == (got.status_code, b"")
    assert told.headers["content-type"] == got.headers["content-type"]


async def test_a_head_needs_what_its_get_does(shared_house: House) -> None:
    async with shared_house.guest() as ana, shared_house.admin() as host:
        assert (await ana.head("/queue/party/tokens")).status_code == 403
        assert (await host.head("/queue/party/tokens")).status_code == 200


@pytest.mark.parametrize("path", ["/queue/party/command/play", "/queue/party/events", "/events?queue=party"])
async def test_there_is_none_of_a_get_that_changes_something_or_never_ends(shared_house: House, path: str) -> None:
    async with shared_house.admin() as host:
        answer = await host.head(path)
        assert answer.status_code == 405
        assert "HEAD" not in answer.headers["allow"]
        assert (await host.get("/sessions/party")).json()["play_state"] == "stopped"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/queue/party/", "GET, HEAD, POST, PUT, DELETE"),
        ("/queue/party/items", "GET, HEAD, POST"),
        ("/queue/party/command/play", "GET, POST"),
        ("/queue/party/end", "POST"),
        ("/queue/party/events", "GET"),
        ("/auth/me", "GET, HEAD"),
        ("/auth", "POST"),
        ("/tracks", "GET, HEAD"),
    ],
)
async def test_options_are_what_the_address_has(shared_house: House, path: str, methods: str) -> None:
    async with shared_house.nobody() as anyone:
        answer = await anyone.options(path)
        assert (answer.status_code, answer.headers["allow"]) == (204, methods)
        refused = await anyone.patch(path)
    assert (refused.status_code, refused.headers["allow"]) == (405, methods)


async def test_there_are_none_where_nothing_is(shared_house: House) -> None:
    async with shared_house.nobody() as anyone:
        answer = await anyone.options("/nowhere/at/all")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
