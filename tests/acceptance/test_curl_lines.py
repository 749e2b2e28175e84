"""The nine curl lines of the first document that asked for this product, as written, from bash, on `make demo`."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

CURL = "curl -s -o /dev/null -w '%{http_code}'"
ADD = """-d '{"track_id": "KAT_TUN_Your_side_Instrumental_", "performer_name": "test"}'"""


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """What `make demo` runs, on a free port instead of 8000."""
    command = [sys.executable, "-m", "api_queue", "serve", "--config", "config/demo.toml"]
    command += ["--port", "0", "--mqtt-port", "0", "--mqtt-ws-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield next(line.split()[1] for line in process.stdout if line.startswith("ready: "))
        process.terminate()


def run(line: str) -> str:
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, timeout=20).stdout


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "tracks.json", "302"),
        ("GET", "queue.csv", "200"),
        ("GET", "queue.json", "200"),
        ("GET", "settings.json", "200"),
    ],
)
def test_looking_needs_no_cookie(demo: str, method: str, path: str, status: str) -> None:
    assert run(f"{CURL} -X {method} {demo}/queue/test/{path}") == status


def test_a_guest_adds(demo: str) -> None:
    assert run(f"""{CURL} -X POST --cookie "session_id=test" {demo}/queue/test/ {ADD}""") == "201"


def test_an_admin_deletes_plays_stops_and_moves(demo: str) -> None:
    added = [run(f"""curl -s -X POST --cookie "session_id=test" {demo}/queue/test/ {ADD}""") for _ in range(3)]
    first, second, third = [answer.partition('"id":"')[2][:10] for answer in added]
    admin = '--cookie "session_id=admin"'
    move = f"""-d '{{"source": "{third}", "target": "{second}"}}'"""
    assert run(f"{CURL} -X PUT {admin} {demo}/queue/test/ {move}") == "200"
    assert run(f"{CURL} -X DELETE {admin} {demo}/queue/test/queue/{first}") == "200"
    assert run(f"{CURL} -X GET {admin} {demo}/queue/test/command/play") == "200"
    assert run(f"{CURL} -X GET {admin} {demo}/queue/test/command/stop") == "200"


def test_the_guest_may_not_play(demo: str) -> None:
    assert run(f"""{CURL} -X GET --cookie "session_id=test" {demo}/queue/test/command/play""") == "403"
