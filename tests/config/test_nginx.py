"""The configuration of nginx, with the ports and folders of a test in it, before a real server."""

import asyncio
import json
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import pytest
import pytest_asyncio

from tests.acceptance.live import Live, a_live_server
from tests.acceptance.sessions import add, choose, register
from tests.engines.redis_servers import free_port
from tests.live import until
from tests.tools import needs

ROOT = Path(__file__).parents[2]
CONFIG = (ROOT / "config/nginx/api_queue.conf").read_text(encoding="utf-8")
#: What the server plays where it is told of no folder.
SONGS = ROOT / "config/demo/music"
SONG = SONGS / "06-your-side.flac"
#: What is around the files of conf.d; the temporary folders are root's own where Debian has them.
AROUND = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  {config}
}}
"""
SETTINGS = """
trusted_proxies = ["127.0.0.1"]
[media]
offload = "nginx"
[rate]
logins_per_minute = 1
"""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Site:
    """nginx on two ports, and the server behind it."""

    live: Live
    tls: ssl.SSLContext
    port: int
    plain_port: int

    def client(self, address: str = "127.0.0.1", **options: Any) -> httpx.AsyncClient:
        """One at `address` of this machine, and a guest if nothing else is said."""
        way = httpx.AsyncHTTPTransport(verify=self.tls, local_address=address)
        url = f"https://localhost:{self.port}"
        return httpx.AsyncClient(base_url=url, transport=way, timeout=20, **(options or GUEST))

    async def host(self) -> httpx.AsyncClient:
        admin = await self.live.admin()
        await admin.aclose()
        return self.client(headers={"Authorization": admin.headers["Authorization"]})


GUEST = {"cookies": {"session_id": "guest-number-000000000001"}}


def with_ports(folder: Path, server: int, broker: int, plain: int, tls: int) -> str:
    """As an operator would put in what is otherwise here. IPv6 may be off."""
    changes = {
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ": f"listen 127.0.0.1:{tls} ",
        "127.0.0.1:8000": f"127.0.0.1:{server}",
        "127.0.0.1:9001": f"127.0.0.1:{broker}",
        "/etc/nginx/certificates/": f"{folder}/",
        "/mnt/Music/": f"{SONGS}/",
    }
    text = CONFIG
    for ours, theirs in changes.items():
        assert ours in text
        text = text.replace(ours, theirs)
    return AROUND.format(folder=folder, config=text)


def certificate(folder: Path) -> ssl.SSLContext:
    """For localhost, signed by itself; what is returned trusts it."""
    made = [f"{folder}/api_queue.key", "-out", f"{folder}/api_queue.crt", "-subj", "/CN=localhost"]
    command = [needs("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
    named = ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, *named, "-keyout", *made], check=True, capture_output=True)
    return ssl.create_default_context(cafile=f"{folder}/api_queue.crt")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    binary = needs("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    tls = certificate(folder)
    async with a_live_server(folder, "--workers", "1", config=SETTINGS) as live:
        site = Site(live, tls, free_port(), free_port())
        server, broker = (httpx.URL(address).port or 0 for address in live.server.ready_line.split()[1::2])
        config = folder / "nginx.conf"
        config.write_text(with_ports(folder, server, broker, site.plain_port, site.port))
        command = [binary, "-p", str(folder), "-c", str(config), "-e", f"{folder}/error.log"]
        tried = await asyncio.create_subprocess_exec(*command, "-t")
        assert await tried.wait() == 0
        nginx = await asyncio.create_subprocess_exec(*command)
        pid = folder / "pid"
        await asyncio.to_thread(until, lambda: pid.exists() and pid.read_text(), "nginx has started")
        yield site
        nginx.terminate()
        await nginx.wait()


async def test_plain_http_is_sent_to_tls(site: Site) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"http://127.0.0.1:{site.plain_port}/queue/party/items?x=1")
    assert (answer.status_code, answer.headers["location"]) == (308, "https://127.0.0.1/queue/party/items?x=1")


async def test_no_header_is_there_twice(site: Site) -> None:
    async with site.client(headers={"Accept": "text/html"}) as browser:
        answer = await browser.get("/queue/party/")
    assert answer.status_code == 200
    names = [name.lower() for name, _ in answer.headers.raw]
    assert len(names) == len(set(names))
    assert {b"strict-transport-security", b"content-security-policy"} <= set(names)


async def test_an_event_comes_when_it_happens(site: Site) -> None:
    async with site.client() as guest, guest.stream("GET", "/queue/party/events") as stream:
        lines = stream.aiter_lines()
        await _until(lines, "event: snapshot")
        await add(guest)
        await _until(lines, "event: items_change")


async def _until(lines: AsyncIterator[str], line: str) -> None:
    async with asyncio.timeout(10):
        while await anext(lines) != line:
            pass


async def test_what_is_too_large_is_refused_by_the_server(site: Site) -> None:
    async with site.client() as guest:
        answer = await guest.post("/queue/party/items", content=b" " * 100_000)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


async def test_the_music_is_sent_by_nginx(site: Site) -> None:
    async with await site.host() as host, site.client(headers={"X": "speaker"}) as speaker:
        await add(host)
        kitchen = await register(host, speaker, "kitchen")
        await choose(host, "kitchen")
        address = httpx.URL(await kitchen.address()).raw_path.decode()
        part = await speaker.get(address, headers={"Range": "bytes=1000-1999"})
        past = await speaker.get(address, headers={"Range": "bytes=99999999-"})
        inside = await speaker.get(f"/_media{SONG}")
    assert (part.status_code, part.content) == (206, SONG.read_bytes()[1000:2000])
    assert (past.status_code, inside.status_code) == (416, 404)


@pytest.mark.parametrize("path", ["/api/mqtt", "/mqtt"])
async def test_mqtt_comes_through_as_a_websocket(site: Site, path: str) -> None:
    way: dict[str, Any] = {"transport": "websockets", "websocket_path": path, "tls_context": site.tls}
    async with aiomqtt.Client("localhost", site.port, **way) as client, asyncio.timeout(10):
        await client.subscribe("api_queue/queue/party/items")
        message = await anext(aiter(client.messages))
    assert "items" in json.loads(bytes(message.payload))


async def test_the_server_knows_its_clients_by_their_own_addresses(site: Site) -> None:
    """Each may fail one login in a minute; what a client claims of itself counts for nothing."""
    statuses = []
    for address, claim in (("127.0.0.2", ""), ("127.0.0.2", "192.0.2.1"), ("127.0.0.3", "")):
        async with site.client(address, headers={"X-Forwarded-For": claim} if claim else {}) as client:
            statuses.append((await client.post("/auth", json={"token": "aq_nobody"})).status_code)
    assert statuses == [401, 429, 401]
