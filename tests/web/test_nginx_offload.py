"""With `media.offload = "nginx"`: this server names the file, the real nginx sends it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import HTTPResponse, Request, Sanic

from api_queue.drivers.clock import SystemClock
from api_queue.web.file_ranges import OFFLOAD_PREFIX, FileSender
from tests.serving import serving
from tests.tools import needs

MUSIC = bytes(range(256)) * 1000
NAME = "50% of ?#[ü] one+two.flac"

CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off; max_ranges 16;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass {upstream}; }}
    location {prefix}{music}/ {{ internal; alias {music}/; }}
  }}
}}
"""


def _app(path: Path) -> "Sanic[Any, Any]":
    app = Sanic("offload", configure_logging=False)
    sender = FileSender(SystemClock(), "nginx", 5)

    @app.get("/song")
    async def song(request: Request) -> HTTPResponse | None:
        return await sender.send(request, path, "audio/flac")

    return app


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "music" / NAME
    path.parent.mkdir()
    path.write_bytes(MUSIC)
    return path


@pytest.fixture
async def upstream(song: Path) -> AsyncIterator[str]:
    async with serving(_app(song)) as url:
        yield url


@pytest.fixture
async def nginx(upstream: str, song: Path, tmp_path: Path) -> AsyncIterator[str]:
    port, config = _free_port(), tmp_path / "nginx.conf"
    config.write_text(
        CONFIG.format(folder=tmp_path, port=port, upstream=upstream, prefix=OFFLOAD_PREFIX, music=song.parent)
    )
    log = f"{tmp_path}/error.log"
    process = await asyncio.create_subprocess_exec(needs("nginx"), "-c", str(config), "-p", str(tmp_path), "-e", log)
    await _until_listening(port)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    await process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def _until_listening(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


async def test_the_server_only_names_the_file(upstream: str, song: Path) -> None:
    async with httpx.AsyncClient(base_url=upstream) as client:
        answer = await client.get("/song", headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["x-accel-redirect"].startswith(f"{OFFLOAD_PREFIX}{song.parent}/50%25%20of%20%3F")


async def test_nginx_sends_it(nginx: str, song: Path) -> None:
    async with httpx.AsyncClient(base_url=nginx) as client:
        whole = await client.get("/song")
        assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, MUSIC, "audio/flac")
        assert whole.headers["cache-control"] == "no-store"
        part = await client.get("/song", headers={"Range": "bytes=-7", "If-Range": whole.headers["etag"]})
        assert (part.status_code, part.content) == (206, MUSIC[-7:])
        # And nobody reaches the folder but through us
        assert (await client.get(f"{OFFLOAD_PREFIX}{song.parent}/x")).status_code == 404
