"""Files over HTTP, from the real server: the table of the specification line by line, then bad listeners."""

import asyncio
import os
import random
import resource
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sanic import HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse

from api_queue.drivers.clock import SystemClock
from api_queue.formats.byte_ranges import Span
from api_queue.web.errors import setup_errors
from api_queue.web.file_ranges import CHUNK_BYTES, TURN_BYTES, FileSender, _opened, _write
from api_queue.web.stall_watch import StallWatch
from tests.serving import NO_TLS, serving
from tests.tools import needs

SIZE = 3 * CHUNK_BYTES + 123
BYTES = os.urandom(SIZE)
MODIFIED_S = 1_700_000_000
WRITE_TIMEOUT_S = 2


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.flac"
    _store(path, BYTES)
    return path


def _store(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    os.utime(path, (MODIFIED_S, MODIFIED_S))


def _app(folder: Path) -> "Sanic[Any, Any]":
    app = Sanic("file_ranges", configure_logging=False)
    app.config.ACCESS_LOG = False
    sender = FileSender(SystemClock(), "", WRITE_TIMEOUT_S)
    setup_errors(app)

    @app.get("/kept/<name>")
    async def keep(request: Request, name: str) -> HTTPResponse | None:
        return await sender.send(request, folder / name, "audio/flac", {"Cache-Control": "public, max-age=60"})

    @app.route("/<name>", methods=["GET", "HEAD"])
    async def serve(request: Request, name: str) -> HTTPResponse | None:
        return await sender.send(request, folder / name, "audio/flac")

    return app


@pytest.fixture
async def base(tmp_path: Path) -> AsyncIterator[str]:
    async with serving(_app(tmp_path)) as url:
        yield url


@pytest.fixture
async def client(base: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base, verify=NO_TLS) as client:
        yield client


def _ranged(header: str, **more: str) -> dict[str, str]:
    return {"Range": header} | {name.replace("_", "-"): value for name, value in more.items()}


# -- the table -------------------------------------------------------------------------------------------------


async def test_no_range_is_the_whole_file(client: httpx.AsyncClient, song: Path) -> None:
    answer = await client.get("/song.flac")
    assert answer.status_code == 200
    assert answer.content == BYTES
    expected = {
        "content-length": str(SIZE),
        "accept-ranges": "bytes",
        "content-type": "audio/flac",
        "cache-control": "no-store",
        "last-modified": formatdate(MODIFIED_S, usegmt=True),
    }
    assert expected.items() <= answer.headers.items()
    assert answer.headers["etag"].startswith('"')
    assert "date" in answer.headers
    assert "transfer-encoding" not in answer.headers


async def test_who_sends_it_may_say_how_long_it_may_be_kept(client: httpx.AsyncClient, song: Path) -> None:
    # Given a file whose handler has headers of its own
    whole = await client.get("/kept/song.flac")
    again = await client.get("/kept/song.flac", headers={"If-None-Match": whole.headers["etag"]})
    part = await client.get("/kept/song.flac", headers=_ranged("bytes=0-1"))
    beyond = await client.get("/kept/song.flac", headers=_ranged(f"bytes={SIZE}-"))
    # Then they stand on all that is the file, and on no refusal
    kept = [(answer.status_code, answer.headers["cache-control"]) for answer in (whole, again, part, beyond)]
    assert kept[:3] == [(status, "public, max-age=60") for status in (200, 304, 206)]
    assert kept[3] == (416, "no-store")


async def test_head_tells_the_same_and_sends_nothing(client: httpx.AsyncClient, song: Path) -> None:
    # Given HEAD, also with a Range, which means nothing for it
    for headers in ({}, _ranged("bytes=0-1")):
        answer = await client.head("/song.flac", headers=headers)
        # Then it is 200 with the length of the whole, and the connection can be used again
        assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, str(SIZE), b"")
        assert "content-range" not in answer.headers


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-5004", 5, 5005),
        ("bytes=100-", 100, SIZE),
        ("bytes=-77", SIZE - 77, SIZE),
        (f"bytes={CHUNK_BYTES - 1}-{2 * CHUNK_BYTES}", CHUNK_BYTES - 1, 2 * CHUNK_BYTES + 1),
        ("bytes=10-99999999999", 10, SIZE),
        ("bytes=-99999999999", 0, SIZE),
        ("bytes=5-20,10-30", 5, 31),
        (f"bytes=1-2,{SIZE}-", 1, 3),
    ],
)
async def test_one_range(client: httpx.AsyncClient, song: Path, header: str, start: int, stop: int) -> None:
    answer = await client.get("/song.flac", headers=_ranged(header))
    assert answer.status_code == 206
    assert answer.content == BYTES[start:stop]
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(stop - start)
    assert answer.headers["content-type"] == "audio/flac"


async def test_several_ranges_are_one_exact_multipart(client: httpx.AsyncClient, song: Path) -> None:
    # When three ranges are asked for, two of which overlap
    answer = await client.get("/song.flac", headers=_ranged("bytes=400-500,0-9,450-600"))
    # Then the merged one stands in the place of its first, and every byte between is as the RFC draws it
    assert answer.status_code == 206
    kind, _, boundary = answer.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    line = f"\r\n--{boundary}\r\nContent-Type: audio/flac\r\nContent-Range: bytes".encode()
    assert answer.content == (
        line + f" 400-600/{SIZE}\r\n\r\n".encode() + BYTES[400:601]
        + line + f" 0-9/{SIZE}\r\n\r\n".encode() + BYTES[0:10]
        + f"\r\n--{boundary}--\r\n".encode()
    )  # fmt: skip
    assert answer.headers["content-length"] == str(len(answer.content))
    assert "content-range" not in answer.headers


async def test_sixteen_ranges_are_parts_and_seventeen_the_whole(client: httpx.AsyncClient, song: Path) -> None:
    ranges = [f"{start}-{start}" for start in range(0, 34, 2)]
    sixteen = await client.get("/song.flac", headers=_ranged("bytes=" + ",".join(ranges[:16])))
    assert (sixteen.status_code, sixteen.content.count(b"Content-Range")) == (206, 16)
    seventeen = await client.get("/song.flac", headers=_ranged("bytes=" + ",".join(ranges)))
    assert (seventeen.status_code, seventeen.content) == (200, BYTES)


@pytest.mark.parametrize("header", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 9}", "bytes=-0"])
async def test_outside_is_416_and_says_the_size(client: httpx.AsyncClient, song: Path, header: str) -> None:
    answer = await client.get("/song.flac", headers=_ranged(header))
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")
    assert answer.json()["code"] == "range_not_satisfiable"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["bytes=2-1", "bytes=x", "items=0-1", "bytes=0-1,x", "0-1", "bytes=-"])
async def test_malformed_or_of_another_unit_is_ignored(client: httpx.AsyncClient, song: Path, header: str) -> None:
    answer = await client.get("/song.flac", headers=_ranged(header))
    assert (answer.status_code, answer.content) == (200, BYTES)


async def test_two_range_lines_are_malformed(client: httpx.AsyncClient, song: Path) -> None:
    answer = await client.get("/song.flac", headers=[("Range", "bytes=0-1"), ("Range", "bytes=4-5")])
    assert (answer.status_code, answer.content) == (200, BYTES)


async def test_if_range(client: httpx.AsyncClient, song: Path) -> None:
    seen = (await client.head("/song.flac")).headers
    for same in (seen["etag"], seen["last-modified"]):
        assert (await client.get("/song.flac", headers=_ranged("bytes=0-1", If_Range=same))).status_code == 206
    for other in ('"other"', "W/" + seen["etag"], formatdate(MODIFIED_S + 1, usegmt=True), "nonsense"):
        answer = await client.get("/song.flac", headers=_ranged("bytes=0-1", If_Range=other))
        assert (answer.status_code, len(answer.content)) == (200, SIZE)


async def test_unchanged_is_304(client: httpx.AsyncClient, song: Path) -> None:
    seen = (await client.head("/song.flac")).headers
    for known in (
        {"If-None-Match": seen["etag"]},
        {"If-None-Match": f'"x", W/{seen["etag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": seen["last-modified"]},
        {"If-None-Match": seen["etag"], "Range": "bytes=0-1"},
    ):
        for method in ("GET", "HEAD"):
            answer = await client.request(method, "/song.flac", headers=known)
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == seen["etag"]
            assert answer.headers["cache-control"] == "no-store"
    newer = {"If-None-Match": '"x"', "If-Modified-Since": seen["last-modified"]}
    assert (await client.get("/song.flac", headers=newer)).status_code == 200


async def test_a_failed_precondition_is_412(client: httpx.AsyncClient, song: Path) -> None:
    answer = await client.get("/song.flac", headers={"If-Match": '"other"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert (await client.get("/song.flac")).content == BYTES  # on the same connection


async def test_any_edit_is_another_etag(client: httpx.AsyncClient, song: Path) -> None:
    # Given a tagger that keeps size and modification time
    before = (await client.head("/song.flac")).headers
    await asyncio.sleep(0.02)  # the kernel's clock of file changes ticks every few milliseconds
    _store(song, BYTES[::-1])
    after = (await client.head("/song.flac")).headers
    assert before["last-modified"] == after["last-modified"]
    assert before["etag"] != after["etag"]


async def test_an_empty_file(client: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    whole = await client.get("/empty")
    assert (whole.status_code, whole.headers["content-length"], whole.content) == (200, "0", b"")
    assert (await client.get("/empty", headers=_ranged("bytes=-5"))).status_code == 200
    assert (await client.get("/empty", headers=_ranged("bytes=0-"))).headers["content-range"] == "bytes */0"


async def test_a_file_that_is_gone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nothing.flac")
    assert (answer.status_code, answer.json()["code"]) == (404, "file_gone")


# -- programs that people use ----------------------------------------------------------------------------------


async def _run(*command: str) -> bytes:
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output


async def test_curl_resumes_and_takes_parts(base: str, song: Path, tmp_path: Path) -> None:
    curl = needs("curl")
    assert await _run(curl, "-s", "-r", "10-19", f"{base}/song.flac") == BYTES[10:20]
    assert await _run(curl, "-s", "-r", "-5", f"{base}/song.flac") == BYTES[-5:]
    # Given a download that broke off / When curl continues it / Then the file is whole
    partial = tmp_path / "partial"
    partial.write_bytes(BYTES[:1000])
    await _run(curl, "-s", "-C", "-", "-o", str(partial), f"{base}/song.flac")
    assert partial.read_bytes() == BYTES


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of noise, so that seeking has something to skip."""
    path = tmp_path_factory.mktemp("music") / "minute.flac"
    noise = "anoisesrc=d=60:c=pink:r=44100"
    subprocess.run([needs("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", noise, str(path)], check=True)
    return path


async def test_ffmpeg_seeks_over_http_as_on_disk(minute: Path) -> None:
    async with serving(_app(minute.parent)) as base:
        url = f"{base}/{minute.name}"
        probe = (needs("ffprobe"), "-v", "error", "-show_entries", "format=duration,size", "-of", "csv=p=0")
        assert await _run(*probe, url) == await _run(*probe, str(minute))
        seek = (needs("ffmpeg"), "-v", "error", "-ss", "50", "-i")
        as_md5 = ("-t", "1", "-f", "md5", "-")
        assert await _run(*seek, url, *as_md5) == await _run(*seek, str(minute), *as_md5)


# -- cold disks and listeners who misbehave --------------------------------------------------------------------


async def test_a_cold_file_arrives_whole(client: httpx.AsyncClient, song: Path) -> None:
    with song.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    assert (await client.get("/song.flac")).content == BYTES


async def test_a_file_that_shrinks_while_it_is_sent_breaks_the_connection(base: str, tmp_path: Path) -> None:
    # Given a download that has begun / When the file is cut
    big = _sparse(tmp_path, 64 << 20)
    with _listener(base, "/big.flac") as listener:
        await _until_open(big, 1)
        os.truncate(big, 1000)
        # Then the connection breaks, so that the client can tell that bytes are missing
        assert await _received(listener) < 64 << 20
    await _until_open(big, 0)


async def _received(listener: socket.socket) -> int:
    """Bytes until the connection ends, by a reset or an orderly close."""
    loop, count = asyncio.get_running_loop(), 0
    with suppress(ConnectionResetError):
        while chunk := await loop.sock_recv(listener, CHUNK_BYTES):
            count += len(chunk)
    return count


def _sparse(folder: Path, size: int) -> Path:
    path = folder / "big.flac"
    path.touch()
    os.truncate(path, size)
    return path


@contextmanager
def _listener(base: str, path: str) -> Iterator[socket.socket]:
    """A client with the smallest of buffers, that has asked and not yet read."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.connect(("127.0.0.1", urlsplit(base).port or 80))
        listener.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        listener.setblocking(False)
        yield listener


def _times_open(path: Path) -> int:
    links = Path("/proc/self/fd").iterdir()
    return sum(os.path.realpath(link) == str(path) for link in links)  # a closed one may not raise


async def _until_open(path: Path, times: int, within_s: float = 5) -> None:
    async with asyncio.timeout(within_s):
        while _times_open(path) != times:  # noqa: ASYNC110  # the kernel tells nobody when a file is closed
            await asyncio.sleep(0.01)


async def test_a_client_who_is_gone_frees_the_file_at_once(base: str, tmp_path: Path) -> None:
    big = _sparse(tmp_path, 256 << 20)
    with _listener(base, "/big.flac") as listener:
        await asyncio.get_running_loop().sock_recv(listener, 100)
        assert _times_open(big) == 1
    await _until_open(big, 0, within_s=WRITE_TIMEOUT_S / 2)


async def test_a_listener_who_reads_slowly_gets_every_byte_as_it_is(base: str, tmp_path: Path) -> None:
    # Given more than all buffers on the way hold, so that chunks wait in the server while it reads on
    music, received, loop = random.randbytes(8 << 20), bytearray(), asyncio.get_running_loop()
    (tmp_path / "big.flac").write_bytes(music)
    with _listener(base, "/big.flac") as listener:
        while not received.endswith(music[-100:]):
            received += await loop.sock_recv(listener, 65_536)
    assert received.partition(b"\r\n\r\n")[2] == music


async def test_a_stuck_client_is_dropped_after_the_write_timeout(base: str, tmp_path: Path) -> None:
    big = _sparse(tmp_path, 256 << 20)
    with _listener(base, "/big.flac"):
        await _until_open(big, 1)
        await _until_open(big, 0, within_s=WRITE_TIMEOUT_S * 4)


def _memory_bytes() -> int:
    resident_pages = int(Path("/proc/self/statm").read_text().split()[1])
    return resident_pages * resource.getpagesize()


async def test_slow_clients_cost_no_memory_and_slow_nobody(
    base: str, client: httpx.AsyncClient, song: Path, tmp_path: Path
) -> None:
    # Given twenty listeners of a big file who read next to nothing
    big = _sparse(tmp_path, 256 << 20)
    before = _memory_bytes()
    with ExitStack() as listeners:
        for _ in range(20):
            listeners.enter_context(_listener(base, "/big.flac"))
        await _until_open(big, 20)
        # When somebody else listens / Then the answer comes as if they were alone
        async with asyncio.timeout(WRITE_TIMEOUT_S):
            assert (await client.get("/song.flac")).content == BYTES
        # And each slow one costs a chunk or two, not the file
        assert _memory_bytes() - before < 20 * 4 * CHUNK_BYTES
    await _until_open(big, 0)


async def test_a_listener_as_fast_as_we_are_leaves_others_their_turn(on_disk: Path) -> None:
    # Given a file that is read without waiting, a connection that takes every chunk at once, and others who wait
    song = _sparse(on_disk, 4 * TURN_BYTES)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    class Eager(BaseHTTPResponse):
        async def send(self, data: object = None, end_stream: bool | None = None) -> None:
            """Never waits."""

    class Emptied(asyncio.WriteTransport):
        def get_write_buffer_size(self) -> int:
            return 0

    waiting = asyncio.create_task(others())
    with _opened(song) as fd, StallWatch(Emptied(), WRITE_TIMEOUT_S) as watch:
        # When a file is sent / Then the others ran once for each megabyte
        await _write(Eager(), fd, Span(0, 4 * TURN_BYTES), watch)  # type: ignore[no-untyped-call]  # Sanic's constructor
    waiting.cancel()
    assert turns == 4


async def test_listeners_who_leave_are_no_news(base: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    # Players drop requests by the dozen while they seek: it must not fill the log
    big = _sparse(tmp_path, 64 << 20)
    with _listener(base, "/big.flac"):
        await _until_open(big, 1)
    with _listener(base, "/big.flac"):
        await _until_open(big, 1)
        await _until_open(big, 0)
    assert [record.getMessage() for record in caplog.records if record.name.startswith("sanic")] == []
