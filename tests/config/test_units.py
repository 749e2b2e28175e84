"""The units do what they say, as the installer puts them there, with a real systemd on a machine of its own."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.config.machine import Machine, a_machine
from tests.live import until
from tests.tools import needs

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "config/systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
#: What `systemd-analyze security` says at most, of 10; a browser needs more than we do.
EXPOSED = {"api-queue-screen": 4.5}
EXPOSED_MOST = 2.0
#: What a unit names, and this machine need not have.
ABSENT = re.compile(r"is not executable: No such file|Unit seatd.service not found")
INSTALLER = "/opt/checkout/config/install-pi.sh"
SONG = "/opt/checkout/config/demo/music/06-your-side.flac"
#: In place of what has no network to bring packages from.
PACKAGES_ARE_THERE = ("/bin/true", "/usr/local/bin/apt-get")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_no_fault_in_it(unit: Path) -> None:
    command = [needs("systemd-analyze", "systemd"), "verify", "--man=no", str(unit)]
    said = subprocess.run(command, check=False, capture_output=True, text=True).stderr
    assert [line for line in said.splitlines() if not ABSENT.search(line)] == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_it_can_do_little_harm(unit: Path) -> None:
    command = [needs("systemd-analyze", "systemd"), "security", "--offline=true", "--no-pager", str(unit)]
    said = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    found = re.search(r"exposure level for \S+: ([\d.]+)", said)
    assert found, said
    assert float(found[1]) <= EXPOSED.get(unit.stem, EXPOSED_MOST)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """With a server that knows one song and a speaker, as the installer leaves them."""
    needs("curl")
    needs("mpv")
    with a_machine(tmp_path_factory.mktemp("machine")) as machine:
        machine.run("install", "-D", *PACKAGES_ARE_THERE)
        machine.run("install", "-D", "--target-directory=/mnt/Music", SONG)
        machine.run(INSTALLER, "server", "speaker")
        yield machine


@pytest.fixture
def server(machine: Machine) -> Machine:
    """It serves."""
    machine.systemctl("reset-failed")
    machine.systemctl("start", "api-queue")
    until(lambda: get(machine, "/ready"), "the server is ready", 120)
    return machine


def get(machine: Machine, path: str) -> Any:
    """None when it does not answer."""
    said = machine.run("curl", "--silent", "--fail", f"http://127.0.0.1:8000{path}", check=False)
    return json.loads(said) if said else None


def begins(machine: Machine, unit: str, *lines: str) -> None:
    """`unit` with other lines in it than ours, from now on until the next time."""
    folder = f"/etc/systemd/system/{unit}.service.d"
    text = "\n".join(["[Service]", *lines, ""])
    machine.run("sh", "-c", f"mkdir -p {folder} && printf '%s' \"$1\" >{folder}/test.conf", "sh", text)
    machine.systemctl("daemon-reload")
    machine.systemctl("start", unit, check=False)


def as_it_was(machine: Machine, unit: str) -> None:
    machine.systemctl("stop", unit)
    machine.run("rm", "-r", f"/etc/systemd/system/{unit}.service.d")
    machine.systemctl("daemon-reload")


def test_the_server_is_a_user_that_may_do_nothing_else(server: Machine) -> None:
    status = server.run("cat", f"/proc/{server.shown('api-queue', 'MainPID')}/status")
    facts = dict(line.split(":\t", 1) for line in status.splitlines())
    assert facts["Uid"].split()[0] == server.run("id", "-u", "api-queue").strip()
    assert (int(facts["CapBnd"], 16), facts["NoNewPrivs"], facts["Seccomp"]) == (0, "1", "2")


def test_a_server_that_is_killed_is_started_again_and_has_lost_nothing(server: Machine) -> None:
    # Given a song that waits
    until(lambda: get(server, "/tracks")["total"] == 1, "the song is known")
    body = '{"track_id": "KAT_TUN_Your_side_Instrumental_", "performer_name": "Ana"}'
    added = f"curl --silent --fail --data '{body}' http://127.0.0.1:8000/queue/party/items"
    server.run("sh", "-c", added)
    # When the main process is killed
    first = server.shown("api-queue", "MainPID")
    server.run("kill", "-KILL", first)
    # Then another one serves the same queue
    until(lambda: server.shown("api-queue", "MainPID") not in ("0", first), "another server")
    until(lambda: get(server, "/ready"), "it is ready", 120)
    assert get(server, "/queue/party/items")["total"] == 1


def test_told_to_stop_it_ends_by_itself_and_in_time(server: Machine) -> None:
    server.systemctl("stop", "api-queue")
    shown = [server.shown("api-queue", name) for name in ("ActiveState", "Result", "ExecMainStatus")]
    assert shown == ["inactive", "success", "0"]


def test_what_fails_again_and_again_stays_down(machine: Machine) -> None:
    machine.systemctl("stop", "api-queue")
    begins(machine, "api-queue", "Environment=API_QUEUE_WORKERS=none", "RestartSec=50ms")
    until(lambda: machine.shown("api-queue", "ActiveState") == "failed", "it is given up", 60)
    assert machine.shown("api-queue", "NRestarts") == "5"
    assert "workers" in machine.logs()
    as_it_was(machine, "api-queue")


def test_a_wrong_command_line_is_not_tried_again(machine: Machine) -> None:
    machine.systemctl("stop", "api-queue")
    machine.systemctl("reset-failed")
    begins(machine, "api-queue", "ExecStart=", "ExecStart=/opt/api_queue/bin/api_queue serve --loud")
    until(lambda: machine.shown("api-queue", "ActiveState") == "failed", "it is given up", 60)
    assert (machine.shown("api-queue", "NRestarts"), machine.shown("api-queue", "ExecMainStatus")) == ("0", "2")
    as_it_was(machine, "api-queue")


def test_a_speaker_finds_the_server_of_its_network(server: Machine) -> None:
    until(lambda: "its code is" in server.logs(), "it asks to be let in", 120)
    server.systemctl("stop", "api-queue-speaker")
    assert server.shown("api-queue-speaker", "Result") == "success"


def test_a_worker_that_is_killed_is_started_again_and_ends_when_told(server: Machine) -> None:
    shared = "API_QUEUE_REDIS_URL=unix:///var/lib/api-queue/redis/redis.sock"
    sql = "API_QUEUE_SQL_URL=sqlite+aiosqlite:////var/lib/api-queue/api_queue.sqlite"
    server.run("cp", "/opt/checkout/config/systemd/api-queue-worker.service", "/etc/systemd/system/")
    begins(server, "api-queue-worker", f"Environment={shared} {sql}", "ReadWritePaths=/var/lib/api-queue")
    first = server.shown("api-queue-worker", "MainPID")
    server.run("kill", "-KILL", first)
    until(lambda: server.shown("api-queue-worker", "MainPID") not in ("0", first), "another worker")
    server.systemctl("stop", "api-queue-worker")
    assert server.shown("api-queue-worker", "Result") == "success"


def test_each_night_there_is_a_backup(server: Machine) -> None:
    assert server.shown("api-queue-backup.timer", "ActiveState") == "active"
    server.systemctl("start", "api-queue-backup")
    assert len(server.run("sh", "-c", "ls /var/lib/api-queue-backups/*/manifest.json").splitlines()) == 1


def test_a_screen_shows_the_queue(server: Machine) -> None:
    """Into memory: there is no monitor here, and no kernel that would have made the groups for one."""
    for program, package in (("cage", ""), ("chromium", ""), ("Xwayland", "xwayland")):
        needs(program, package)
    needs("seatd", places="/usr/sbin")
    for group in ("input", "render"):
        server.run("groupadd", "--force", group)
    server.run("cp", "/lib/systemd/system/seatd.service", "/etc/systemd/system/")
    server.run("cp", "/opt/checkout/config/systemd/api-queue-screen.service", "/etc/systemd/system/")
    nowhere = "Environment=WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman LD_LIBRARY_PATH="
    begins(server, "api-queue-screen", nowhere)
    shown = re.compile(r'"route":"/queue/<name>/display".*"route":"/queue/<name>/events"', re.DOTALL)
    until(lambda: shown.search(server.logs()), "it shows the page and hears of changes", 120)
    as_it_was(server, "api-queue-screen")


def test_installed_again_it_keeps_settings_and_uninstalled_it_keeps_data(server: Machine) -> None:
    server.run("sh", "-c", "echo '[rate]' >>/etc/api-queue/api_queue.toml")
    server.run(INSTALLER, "server")
    assert server.run("tail", "-1", "/etc/api-queue/api_queue.toml") == "[rate]\n"
    worker = "api-queue-worker"  # of which the installer knows nothing
    server.run("cp", f"/opt/checkout/config/systemd/{worker}.service", "/etc/systemd/system/")
    server.systemctl("enable", worker)
    server.run(INSTALLER, "--uninstall")
    assert server.run("sh", "-c", "find /etc/systemd/system -name 'api-queue*'") == ""
    assert server.shown("api-queue", "LoadState") == "not-found"
    assert server.run("sh", "-c", "ls -d /opt/api_queue /var/lib/api-queue /etc/api-queue", check=False).split() == [
        "/etc/api-queue",
        "/var/lib/api-queue",
    ]
