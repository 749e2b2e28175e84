"""The folder of KaraKara's clients over HTTP: their files, their places, and nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sanic import Sanic

from api_queue.drivers.clock import SystemClock
from api_queue.karakara import client_files, clients_blueprint
from api_queue.web.errors import setup_errors
from api_queue.web.file_ranges import FileSender
from tests.serving import NO_TLS, serving

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
KEPT = "public, max-age=604800, immutable"
SECRET = "not for guests"


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both clients, and what an operator may have left around them."""
    folder = tmp_path_factory.mktemp("clients")
    for client in ("browser3", "player3"):
        (folder / client / "assets").mkdir(parents=True)
        (folder / client / "index.html").write_text(f"<title>{client}</title>")
        (folder / client / "assets/index-DaB3x9Zk.js").write_text("start()")
        (folder / client / "assets/logo.png").write_bytes(b"\x89PNG")
        (folder / client / ".env").write_text(SECRET)
        (folder / client / ".git").mkdir()
        (folder / client / ".git/config.txt").write_text(SECRET)
        (folder / client / "out.txt").symlink_to(folder / "notes.txt")
        (folder / client / "up").symlink_to(folder)
    (folder / "notes.txt").write_text(SECRET)
    return folder


def an_app(clients: str) -> "Sanic[Any, Any]":
    app: Sanic[Any, Any] = Sanic("clients", configure_logging=False)
    app.config.ACCESS_LOG = False
    app.ctx.settings = SimpleNamespace(karakara_clients=clients)
    app.ctx.client_files = FileSender(SystemClock(), "", 5)
    setup_errors(app)
    app.blueprint(clients_blueprint.bp)
    return app


@pytest.fixture
async def client(clients: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(an_app(f"{clients}")) as url, httpx.AsyncClient(base_url=url, verify=NO_TLS) as client:
        yield client


@pytest.mark.parametrize("name", ["browser3", "player3"])
async def test_a_client_has_an_address_that_ends_in_a_slash(client: httpx.AsyncClient, name: str) -> None:
    moved, front = await client.get(f"/{name}"), await client.get(f"/{name}/")
    assert (moved.status_code, moved.headers["location"]) == (302, f"/{name}/")
    assert (front.status_code, front.text) == (200, f"<title>{name}</title>")


@pytest.mark.parametrize("place", ["kara", "kara/", "kara/tracks/4f3a", "kara/queue", "%C3%A4/%20"])
async def test_a_place_in_a_client_is_its_first_page(client: httpx.AsyncClient, place: str) -> None:
    # Given an address that the client made for itself, and somebody has sent to a friend
    answer = await client.get(f"/browser3/{place}")
    # Then it is the client, asked for again at each visit
    assert (answer.status_code, answer.text) == (200, "<title>browser3</title>")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("text/html; charset=utf-8", "no-cache")


@pytest.mark.parametrize(
    ("path", "content_type", "caching"),
    [
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("assets/index-DaB3x9Zk.js", "text/javascript; charset=utf-8", KEPT),
        ("assets/logo.png", "image/png", "no-cache"),
    ],
)
async def test_a_file_has_its_type_and_is_kept_by_its_name(
    client: httpx.AsyncClient, path: str, content_type: str, caching: str
) -> None:
    answer = await client.get(f"/player3/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert answer.headers["cache-control"] == caching
    # When it is asked for again, then nothing is sent
    again = await client.get(f"/player3/{path}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_file_that_is_not_there_is_no_page(client: httpx.AsyncClient) -> None:
    """Else a browser would take the page for a script."""
    answer = await client.get("/browser3/assets/gone-12345678.js")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".git/config.txt",
        "out.txt",
        "up/notes.txt",
        "../notes.txt",
        "%2e%2e/notes.txt",
        "..%2fnotes.txt",
        "assets/../../notes.txt",
        "/etc/hosts.txt",
        "%2fetc/hosts.txt",
        "notes.txt%00.png",
        "x" * 300 + ".txt",
        "x/" * 3000 + "notes.txt",
    ],
)
async def test_nothing_else_of_the_machine_is_given_out(client: httpx.AsyncClient, path: str) -> None:
    async with httpx.AsyncClient(verify=NO_TLS) as raw:
        answer = await raw.get(httpx.URL(f"{client.base_url}", raw_path=f"/browser3/{path}".encode()))
    assert answer.status_code == 404
    assert SECRET not in answer.text


async def test_a_link_of_the_operator_to_the_build_itself_is_followed(tmp_path: Path, clients: Path) -> None:
    (tmp_path / "player3").symlink_to(clients / "player3")
    assert client_files.find(tmp_path / "player3", "assets/logo.png") == clients / "player3/assets/logo.png"


async def test_a_client_may_run_what_it_was_built_of_and_load_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    rules = (await client.get("/browser3/")).headers["content-security-policy"].split("; ")
    policy = {name: set(sources.split()) for name, _, sources in (rule.partition(" ") for rule in rules)}
    assert {"'unsafe-inline'", "'wasm-unsafe-eval'", "blob:"} <= policy["script-src"]
    assert {"ws:", "wss:"} <= policy["connect-src"]
    assert policy["frame-ancestors"] == {"'none'"}
    assert not any(source.startswith(("*", "http")) for sources in policy.values() for source in sources)


@pytest.mark.parametrize("folder", ["", "/nowhere/at/all"])
async def test_without_the_folder_it_is_said_what_to_set(folder: str) -> None:
    async with serving(an_app(folder)) as url, httpx.AsyncClient(base_url=url, verify=NO_TLS) as client:
        program = await client.get("/browser3/kara")
        browser = await client.get("/browser3/kara", headers={"Accept": BROWSER})
        traversal = await client.get("/browser3/README.md")
    assert [answer.status_code for answer in (program, browser, traversal)] == [404] * 3
    assert program.json()["code"] == "clients_missing"
    assert "[karakara] clients" in program.json()["detail"]
    assert "[karakara] clients" in browser.text


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_whatever_is_asked_for_a_file_lies_in_the_folder(clients: Path, path: str) -> None:
    found = client_files.find(clients / "browser3", path)
    assert found is None or SECRET not in found.read_text(errors="replace")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("index-DaB3x9Zk.js", True),
        ("main.1a2b3c4d.css", True),
        ("font-Abc_d-12.woff2", True),
        ("main.0123456789abcdef0123.css", True),
        ("index.html", False),
        ("my-component.js", False),
        ("logo-2.png", False),
        ("apple-touch-icon-180x180.png", False),
        ("icon-1024x1024.png", False),
        ("12345678.js", False),
    ],
)
def test_a_name_with_a_hash_is_kept(name: str, kept: bool) -> None:
    assert client_files.caching(Path(name)) == (KEPT if kept else "no-cache")
