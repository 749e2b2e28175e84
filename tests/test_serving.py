"""`serve` from outside: what starts, what comes back, what ends."""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from api_queue.clients.programs import lives
from api_queue.serving.forking import OPEN_FILES
from tests.live import LiveServer, live_server, until
from tests.serving import NO_TLS


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One for all tests that leave it as they found it, started as from a shell."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, limits[1]))
    with live_server(tmp_path_factory.mktemp("serving")) as server:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        yield server


def add_a_song(server: LiveServer) -> str:
    with server.client() as guest:
        until(lambda: guest.get("/tracks").json()["total"] == 10, "the scan of the demo music")
        track = guest.get("/tracks").json()["tracks"][0]["track_id"]
        answer = guest.post("/queue/party/items", json={"track_id": track, "performer_name": "Ada"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


def items(server: LiveServer) -> list[str]:
    with server.client() as guest:
        return [item["id"] for item in guest.get("/queue/party/items").json()["items"]]


def answers(server: LiveServer) -> bool:
    try:
        return httpx.get(f"{server.url}/queue/party/", timeout=10, verify=NO_TLS).status_code == 200
    except httpx.HTTPError:
        return False


# -- when it is ready ------------------------------------------------------------------------------------------


def test_the_ready_line_has_addresses_that_answer(server: LiveServer) -> None:
    addresses = re.fullmatch(
        r"ready: http://127.0.0.1:(\d+) mqtt://127.0.0.1:(\d+) ws://127.0.0.1:(\d+)", server.ready_line
    )
    assert addresses
    for port in addresses.groups():
        socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()


def test_everything_that_belongs_to_it_runs(server: LiveServer) -> None:
    names = set(server.processes())
    assert {"aq-web-0", "aq-web-1", "aq-relay", "aq-conductor", "aq-worker"} <= names
    assert names & {"redis-server", "valkey-server"}


def test_each_process_may_have_more_files_open_than_a_shell_gives(server: LiveServer) -> None:
    processes = server.processes()
    for name in ("aq-web-0", "mosquitto"):
        soft, hard = resource.prlimit(processes[name], resource.RLIMIT_NOFILE)
        assert soft >= min(OPEN_FILES, hard)


def test_the_admin_link_goes_to_no_log_and_works_once(server: LiveServer) -> None:
    # Given a start without a terminal
    file = server.data / "admin-link"
    link = file.read_text().strip()
    assert file.stat().st_mode & 0o777 == 0o600
    code = link.removeprefix(f"{server.url}/login#code=")
    assert code not in server.out.read_text() + server.err.read_text()
    # When its code is used, then it is a login, and used up
    with server.client() as host:
        assert host.post("/auth", json={"code": code}).json()["role"] == "admin"
        assert host.post("/auth", json={"code": code}).status_code == 401


def test_what_people_need_is_printed(server: LiveServer) -> None:
    printed = server.out.read_text()
    for words in (f"{server.url}/queue/party/", "demo songs", "/queue/party/player", str(server.data / "admin-link")):
        assert words in printed


def test_tasks_are_sent_by_web_socket(server: LiveServer) -> None:
    headers = {"Authorization": f"Bearer {say(server, 'token', 'create', '--role', 'admin')}"}
    with connect(server.url.replace("http", "ws") + "/ws/queues", additional_headers=headers) as line:
        assert json.loads(line.recv(timeout=10))["event"] == "snapshot"


# -- what dies comes back --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["aq-web-0", "aq-relay", "aq-conductor", "aq-worker", "aq-fork", "redis-server", "mosquitto"]
)
def test_a_killed_part_is_started_again(server: LiveServer, name: str) -> None:
    # Given a running part, and an item that was acknowledged
    killed = server.processes().get(name)
    if killed is None:
        pytest.skip(f"needs the package {name}")
    item = add_a_song(server)
    # When it is killed
    os.kill(killed, signal.SIGKILL)
    # Then another one takes its place, and the item is still there
    until(lambda: server.processes().get(name, killed) != killed, f"another {name}")
    until(lambda: answers(server), "an answer")
    assert item in items(server)


def test_guests_are_served_while_a_worker_is_away(server: LiveServer) -> None:
    os.kill(server.processes()["aq-web-1"], signal.SIGKILL)
    assert answers(server)


def test_a_token_is_dead_on_a_running_server_when_it_is_revoked(server: LiveServer) -> None:
    # Given a token that the running server knows
    value = say(server, "token", "create", "--role", "admin", "--label", "for a while")
    with server.client() as client:
        bearer = {"Authorization": f"Bearer {value}"}
        assert client.get("/auth/me", headers=bearer).json()["role"] == "admin"
        # When it is revoked from the command line
        row = next(line for line in say(server, "token", "list").splitlines() if "for a while" in line)
        assert "is revoked" in say(server, "token", "revoke", row.split()[0])
        # Then it is known no more
        until(lambda: client.get("/auth/me", headers=bearer).status_code == 401, "a refusal", 5)


def test_a_key_of_a_program_is_dead_when_it_is_revoked_and_was_never_written_down(server: LiveServer) -> None:
    # Given a key that the running server knows, and a wrong one that it was shown
    value = say(server, "key", "create", "--description", "for a while", "--queue", "lamps=READ")
    with server.client() as client:
        for key, status in ((value, 200), (f"wrong-{value}", 401)):
            assert client.get("/api/v1/auth/me", headers={"X-API-Key": key}).status_code == status
        # When it is revoked from the command line
        row = next(line for line in say(server, "key", "list").splitlines() if "for a while" in line)
        assert "is revoked" in say(server, "key", "revoke", row.split()[0])
        # Then it is known no more
        key_header = {"X-API-Key": value}
        until(lambda: client.get("/api/v1/auth/me", headers=key_header).status_code == 401, "a refusal", 5)
    # And no log and no file has it
    files = [file for file in server.data.parent.rglob("*") if file.is_file()]
    assert server.err in files
    assert [file for file in files if value[4:].encode() in file.read_bytes()] == []


def say(server: LiveServer, *arguments: str) -> str:
    command = [sys.executable, "-m", "api_queue", *arguments, "--data", str(server.data)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


# -- the end ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_it_and_nothing_is_lost(tmp_path: Path, number: signal.Signals) -> None:
    # Given a server with an item
    with live_server(tmp_path) as server:
        item = add_a_song(server)
        # When it is ended, then nothing of it is left
        assert server.end(number) == (-signal.SIGKILL if number is signal.SIGKILL else 0)
    # And when it is started again, at once, then the item is there
    with live_server(tmp_path) as again:
        assert items(again) == [item]


@pytest.mark.parametrize("last", ["", "-server", "aq-fork", "aq-web"])
@pytest.mark.parametrize("to_all", [False, True])
def test_it_ends_also_before_it_is_ready(tmp_path: Path, last: str, *, to_all: bool) -> None:
    # Given a server that is starting, as far as its first process, Redis, the fork server, a worker
    server = LiveServer(tmp_path)
    until(lambda: any(last in name for name in server.processes()), "a process")
    # When it is told to end: it alone, or with all its processes, as a terminal and systemd do
    (os.killpg if to_all else os.kill)(server.pid, signal.SIGTERM)
    # Then it does, and leaves none behind
    assert server.process.wait(20) in {0, -signal.SIGTERM}
    until(lambda: not any(map(lives, server.seen)), "the end of all processes")


def test_a_process_that_does_not_end_is_killed(tmp_path: Path) -> None:
    # Given a worker that hears nothing
    with live_server(tmp_path) as server:
        os.kill(server.processes()["aq-web-0"], signal.SIGSTOP)
        # When the server is told to end, and once more by somebody in a hurry
        os.kill(server.pid, signal.SIGTERM)
        until(lambda: "aq-web-1" not in server.processes(), "the end of the others")
        # Then it does so without it
        assert server.end() == 0
        assert "did not end in time" in server.err.read_text()


def test_a_folder_too_deep_for_sockets_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setenv("TMPDIR", str(deep))
    server = LiveServer(tmp_path)
    assert server.process.wait(20) == 1
    assert server.err.read_text().count("\n") == 1
    assert "is too long for the sockets in it: set TMPDIR to a shorter one." in server.err.read_text()


def test_the_demo_leaves_nothing_behind(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a demo, which takes a data folder of its own
    tmp_path = tmp_path_factory.mktemp("d")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    demo = Path(__file__).parent.parent / "config" / "demo.toml"
    with live_server(tmp_path, "--config", str(demo)) as server:
        assert list(tmp_path.glob("api_queue-demo-*"))
        # When the seed's admin plays on the seed's queue, then it is known
        with httpx.Client(base_url=server.url, cookies={"session_id": "admin"}) as admin:
            assert admin.get("/queue/test/command/play").status_code == 200
    # And when it has ended, then nothing is left
    assert not list(tmp_path.glob("api_queue-demo-*"))


def test_a_worker_that_cannot_start_is_a_refusal(tmp_path: Path) -> None:
    # Given a data folder in which workers find no room for their keys
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "keys").write_text("in the way")
    # When the server starts
    server = LiveServer(tmp_path)
    until(lambda: server.processes() or server.process.poll() is not None, "its processes")
    # Then it says so, ends, and leaves none behind
    assert server.process.wait(60) == 1
    assert "A process could not be started" in server.err.read_text()
    until(lambda: not any(map(lives, server.seen)), "the end of all processes")
