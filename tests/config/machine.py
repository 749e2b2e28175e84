"""A machine inside of this one: a real systemd with processes, users, folders and a network of its own.

It takes root and Linux's namespaces; what is done in it is gone with it.
"""

import os
import site
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api_queue.clients.programs import below
from tests.live import until
from tests.tools import needs

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAMESPACES = ("--fork", "--kill-child", "--pid", "--mount-proc", "--mount", "--uts", "--ipc", "--cgroup", "--net")
SYSTEMD = "/lib/systemd"
#: Generous: the tests may share their machine. Alone it takes seven.
INSTALL_TIMEOUT_S = 300


class Machine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._out = folder / "out"
        self._group = _groups() / f"api-queue-tests-{os.getpid()}"
        self._group.mkdir()
        packages = next(path for path in site.getsitepackages() if path.endswith("site-packages"))
        boot = [f"{HERE / 'boot.sh'}", f"{folder}", sys.base_prefix, packages, f"{ROOT}"]
        entering = f'echo $$ >{self._group}/cgroup.procs; exec unshare {" ".join(NAMESPACES)} sh "$@"'
        with self._out.open("w") as out:
            self._process = subprocess.Popen(["sh", "-c", entering, "sh", *boot], stdout=out, stderr=out)
        until(lambda: self.systemctl("is-system-running", check=False).strip() in ("running", "degraded"), self._said())

    def run(self, *command: str, check: bool = True) -> str:
        """What it writes."""
        entered = ["nsenter", f"--target={self._first()}", "--all", "--", *command]
        done = subprocess.run(entered, check=False, capture_output=True, text=True, cwd="/", timeout=INSTALL_TIMEOUT_S)
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}{self.logs()}"
        return done.stdout

    def systemctl(self, *words: str, check: bool = True) -> str:
        return self.run("systemctl", *words, check=check)

    def shown(self, unit: str, name: str) -> str:
        """A property of a unit, such as MainPID."""
        return self.systemctl("show", unit, "--property", name, "--value").strip()

    def logs(self) -> str:
        """What the units wrote, and systemd."""
        logs = (self.folder / "state").glob("*.log")
        return "".join(f"\n{path.name}: {path.read_text()}" for path in [*logs, self._out])

    def end(self) -> None:
        self._process.kill()  # and with it its first process, and with that all others
        self._process.wait()
        for group in sorted(self._group.rglob("*/"), reverse=True):
            until(lambda group=group: _removed(group), f"the end of {group}")  # type: ignore[misc]
        _removed(self._group)

    def _first(self) -> int:
        """As the world outside knows its systemd."""
        return next(below(self._process.pid), 0)

    def _said(self) -> str:
        return f"a machine has started; it wrote into {self._out}"


def _groups() -> Path:
    """Where the second version of control groups is."""
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    return next((Path(words[1]) for words in mounts if words[2] == "cgroup2"), Path("/nowhere"))


def _possible(folder: Path) -> bool:
    """A container may let its root have one and not the other."""
    upper, work = folder / "trial/upper", folder / "trial/work"
    for each in (upper, work):
        each.mkdir(parents=True)
    overlay = ("mount", "-t", "overlay", "-o", f"lowerdir=/etc,upperdir={upper},workdir={work}", "overlay", "/etc")
    tried = subprocess.run(["unshare", *NAMESPACES, *overlay], check=False, capture_output=True)
    return tried.returncode == 0 and os.access(_groups(), os.W_OK)


def _removed(group: Path) -> bool:
    try:
        group.rmdir()
    except OSError:
        return False
    return True


@contextmanager
def a_machine(folder: Path) -> Iterator[Machine]:
    needs("systemd", "systemd", SYSTEMD)
    needs("ip", "iproute2")
    if not _possible(folder):
        pytest.skip("it takes root, and a kernel that lets root have namespaces, control groups and overlays")
    machine = Machine(folder)
    try:
        yield machine
    finally:
        machine.end()
