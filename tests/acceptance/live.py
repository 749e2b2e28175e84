"""A server as its users have it: `python -m api_queue serve` in processes of its own, on free ports."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

READY_S = 60


@dataclass
class Live:
    """`url`, `mqtt_port` and `mqtt_ws_port` are the ready line's; `output` is what was printed until then."""

    process: asyncio.subprocess.Process
    data: Path
    url: str
    mqtt_port: int
    mqtt_ws_port: int
    output: list[str] = field(default_factory=list)

    def guest(self, number: int = 1) -> httpx.AsyncClient:
        return self._client(cookies={"session_id": f"guest-number-{number:012}"})

    async def admin(self) -> httpx.AsyncClient:
        """By the link that `serve` leaves beside the data when it has no terminal to print it to."""
        link = (self.data / "admin-link").read_text().strip()
        client = self._client()
        answer = await client.post("/auth", json={"code": link.partition("#code=")[2]})
        assert answer.status_code == 200, answer.text
        return self._client(headers={"Authorization": f"Bearer {answer.json()['access_token']}"})

    def _client(self, **options: object) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=20, **options)  # type: ignore[arg-type]

    def pids(self, name: str) -> list[int]:
        """Of our own processes, by the name that `ps` shows."""
        return [pid for pid in descendants(self.process.pid) if comm(pid) == name]

    def kill(self, name: str) -> int:
        pid = self.pids(name)[0]
        os.kill(pid, signal.SIGKILL)
        return pid


@asynccontextmanager
async def a_live_server(data: Path, *options: str, config: str = "") -> AsyncIterator[Live]:
    """Stopped by SIGTERM; whoever is left after that fails the test."""
    (data / "test.toml").write_text(config)
    command = [sys.executable, "-m", "api_queue", "serve", "--config", str(data / "test.toml"), "--data", str(data)]
    ports = ["--host", "127.0.0.1", "--port", "0", "--mqtt-port", "0", "--mqtt-ws-port", "0"]
    with (data / "serve.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, *ports, *options, stdout=asyncio.subprocess.PIPE, stderr=log
        )
        family: list[int] = []
        try:
            live = await _ready(process, data)
            yield live
            family = descendants(process.pid)
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 30)
    await _all_gone(family)


async def _ready(process: asyncio.subprocess.Process, data: Path) -> Live:
    assert process.stdout is not None
    output: list[str] = []
    async with asyncio.timeout(READY_S):
        while line := (await process.stdout.readline()).decode():
            output.append(line)
            if line.startswith("ready: "):
                found = {urlsplit(address).scheme: address for address in line.split()[1:]}
                mqtt, websocket = (urlsplit(found.get(scheme, "")).port or 0 for scheme in ("mqtt", "ws"))
                return Live(process, data, found["http"], mqtt, websocket, output)
    raise AssertionError(f"the server ended: {(data / 'serve.log').read_text()[-2000:]}")


async def _all_gone(family: list[int]) -> None:
    """Python's resource tracker ends just after the process that it served."""
    names = {pid: comm(pid) for pid in family if alive(pid)}
    for _ in range(40):
        if not any(alive(pid) for pid in names):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"left behind: {[name for pid, name in names.items() if alive(pid)]}")


def descendants(pid: int) -> list[int]:
    children = list(_children(pid))
    return children + [below for child in children for below in descendants(child)]


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, task.read_text().split())
        except OSError:
            continue


def comm(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
