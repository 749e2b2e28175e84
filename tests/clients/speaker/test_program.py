"""The program as it is started, beside a server as it is started: one of them stops, hangs or is killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_queue.clients.programs import below, lives
from tests.live import WRITTEN, LiveServer, until
from tests.serving import NO_TLS

LEASE_S = 3
ENVIRONMENT = {"API_QUEUE_SPEAKER_LEASE_S": str(LEASE_S)}


class Program:
    """One `speaker`; `folder` is its own."""

    def __init__(self, url: str, queue: str, folder: Path, token: str) -> None:
        folder.mkdir()
        self.out, self.err, self.socket = folder / "out", folder / "err", folder / "mpv"
        words = ["--server", url, "--queue", queue, "--name", folder.name, "--output", "null"]
        kept = ["--state", str(folder / "state"), "--mpv-socket", str(self.socket)]
        WRITTEN.extend((self.out, self.err))
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api_queue", "speaker", *words, *kept],
                stdout=out,
                stderr=err,
                env={**os.environ, "API_QUEUE_TOKEN": token, "TMPDIR": str(folder)},
            )

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.read_text().splitlines() if line.endswith("}")]

    @property
    def last(self) -> dict[str, Any]:
        return self.lines[-1] if self.lines else {}

    def mpv(self, name: str) -> Any:
        """A property, asked of mpv itself: also while its speaker is stopped."""
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.socket))
            link.sendall(json.dumps({"command": ["get_property", name], "request_id": 7}).encode() + b"\n")
            for line in link.makefile("rb"):
                answer = json.loads(line)
                if answer.get("request_id") == 7:
                    return answer.get("data")
        return None

    def is_heard(self) -> bool:
        return not self.mpv("pause") and not self.mpv("core-idle") and self.mpv("volume") > 0

    def until(self, true: Callable[[dict[str, Any]], object], what: str, timeout_s: float = 30) -> None:
        until(lambda: self.process.poll() is not None or (self.last and true(self.last)), what, timeout_s)
        assert self.process.poll() is None, self.err.read_text()

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
        return self.process.wait(20)


Start = Callable[..., Program]


def a_server(folder: Path, port: int = 0) -> LiveServer:
    return LiveServer(folder, "--port", str(port), environment=ENVIRONMENT).wait_until_ready()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[LiveServer]]:
    """The last one runs; whoever starts another puts it here."""
    servers = [a_server(tmp_path_factory.mktemp("server"))]
    yield servers
    for server in servers:
        if server.process.poll() is None:
            server.end()


@pytest.fixture(scope="module")
def admin(servers: list[LiveServer]) -> Iterator[httpx.Client]:
    code = (servers[0].data / "admin-link").read_text().strip().partition("#code=")[2]
    with httpx.Client(base_url=servers[0].url, timeout=20, verify=NO_TLS) as admin:
        token = admin.post("/auth", json={"code": code}).raise_for_status().json()["access_token"]
        admin.headers["Authorization"] = f"Bearer {token}"
        yield admin


class Host:
    """Of a queue of the longest three, a second apart."""

    def __init__(self, http: httpx.Client, queue: str) -> None:
        self._http, self.queue = http, queue
        self.token = http.headers["Authorization"].removeprefix("Bearer ")
        http.post("/queue/", json={"kind": "named", "name": queue}).raise_for_status()
        http.put(f"/queue/{queue}/settings", json={"track_space": 1}).raise_for_status()
        tracks = http.get("/tracks", params={"limit": 100}).json()["tracks"]
        for track in sorted(tracks, key=lambda track: -track["duration_ms"])[:3]:
            item = {"track_id": track["track_id"], "performer_name": "Ann"}
            http.post(f"/queue/{queue}/items", json=item).raise_for_status()

    def let_in(self, program: Program) -> None:
        """As the host does who sees the code on the speaker's own screen."""
        until(lambda: "its code is" in program.err.read_text(), "the code")
        code = program.err.read_text().partition("its code is ")[2][:6]
        self._http.post(f"/queue/{self.queue}/devices/requests/{code}").raise_for_status()
        program.until(lambda last: last["state"] == "spare", "being a device")

    def session(self) -> dict[str, Any]:
        found: dict[str, Any] = self._http.get(f"/sessions/{self.queue}").raise_for_status().json()
        return found

    def control(self, verb: str, **body: object) -> None:
        self._http.post(f"/sessions/{self.queue}/{verb}", json=body).raise_for_status()


@pytest.fixture
def host(admin: httpx.Client, request: pytest.FixtureRequest) -> Host:
    return Host(admin, f"queue-{zlib.crc32(request.node.name.encode())}")


@pytest.fixture
def start(servers: list[LiveServer], host: Host, tmp_path: Path) -> Iterator[Start]:
    started: list[Program] = []

    def start(name: str, token: str = "") -> Program:
        started.append(Program(servers[-1].url, host.queue, tmp_path / name, token))
        return started[-1]

    yield start
    for program in started:
        program.end()


def test_a_host_lets_it_in_it_plays_and_goes_with_a_word(host: Host, start: Start, tmp_path: Path) -> None:
    kitchen = start("Kitchen")
    host.let_in(kitchen)

    host.control("play")
    kitchen.until(lambda last: last["audible"], "music, as the only device")

    kept = tmp_path / "Kitchen" / "state" / "speaker.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_text())["token"] not in kitchen.out.read_text() + kitchen.err.read_text()
    mpv = next(below(kitchen.process.pid))
    assert kitchen.end() == 0
    assert not lives(mpv)
    assert host.session()["active_device_id"] is None


def test_an_mpv_that_was_killed_is_followed_by_another(host: Host, start: Start) -> None:
    kitchen = start("Kitchen", host.token)
    kitchen.until(lambda last: last["state"] == "spare", "being a device")
    host.control("play")
    kitchen.until(lambda last: last["audible"], "music")
    mpv = next(below(kitchen.process.pid))

    os.kill(mpv, signal.SIGKILL)

    kitchen.until(lambda last: not last["audible"], "silence")
    kitchen.until(lambda last: last["audible"], "music again")
    assert next(below(kitchen.process.pid)) != mpv
    assert kitchen.err.read_text() == "mpv has ended; starting another.\n"
    until(lambda: abs(host.session()["position_ms"] / 1000 - kitchen.mpv("audio-pts")) < 0.5, "the same place")


def test_one_that_hangs_is_silent_in_time_and_told_why_when_it_comes_back(host: Host, start: Start) -> None:
    kitchen, hall = start("Kitchen", host.token), start("Hall", host.token)
    until(lambda: kitchen.last and hall.last, "both")
    host.control("play")
    until(lambda: kitchen.last["audible"] or hall.last["audible"], "music")
    hung, other = (kitchen, hall) if kitchen.last["audible"] else (hall, kitchen)

    os.kill(hung.process.pid, signal.SIGSTOP)
    both: set[bool] = set()

    def goes_on_elsewhere(last: dict[str, Any]) -> bool:
        both.add(last["audible"] and hung.is_heard())
        return bool(last["audible"])

    other.until(goes_on_elsewhere, "music from the other one")
    assert both == {False}
    os.kill(hung.process.pid, signal.SIGCONT)
    hung.until(lambda last: last["state"] == "spare" and last["reason"], "why it is a spare")
    assert not hung.is_heard()
    assert other.is_heard()


def test_the_music_of_the_only_one_goes_on_while_the_server_is_killed_and_started_again(
    servers: list[LiveServer], host: Host, start: Start
) -> None:
    """Broker and all. What is told of tracks that end meanwhile is in `tests/clients/test_server_gone.py`."""
    server, kitchen = servers[-1], start("Kitchen", host.token)
    kitchen.until(lambda last: last["state"] == "spare", "being a device")
    host.control("play")
    kitchen.until(lambda last: last["audible"] and last["title"], "music")
    before_s = kitchen.mpv("audio-pts")

    server.end(signal.SIGKILL)
    until(lambda: kitchen.mpv("audio-pts") > before_s + LEASE_S + 0.5, "more than a lease of it")
    assert kitchen.is_heard()
    assert kitchen.last["server_away"]
    servers.append(a_server(server.data.parent, int(server.url.rpartition(":")[2])))

    kitchen.until(lambda last: not last["server_away"] and last["audible"], "a server, and music")
    assert host.session()["play_state"] == "playing"
    host.control("options", volume=30)
    until(lambda: kitchen.mpv("volume") == 30, "the host's hand")
