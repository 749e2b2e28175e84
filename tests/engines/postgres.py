"""A PostgreSQL of this run's own, with a database for each data folder.

`TEST_SQL=postgres` runs any test on it: `tests/__init__.py` sees to that. A folder that is a copy of another one gets a
copy of its database.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from itertools import count
from pathlib import Path

from api_queue.drivers import sql
from tests.tools import needs

#: In a data folder: its database and the folder itself, which a copy of it is not.
MARK = "postgres"
#: For processes that tests start.
PORT = "TEST_POSTGRES_PORT"
NOBODY = 65534
#: PostgreSQL refuses to run as root.
AS_OTHER = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else ["setpriv"]
#: Where Debian has it, the newest first.
PLACES = os.pathsep.join([os.environ["PATH"], *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))[::-1])])
#: In which `_` and spaces count for nothing, and capitals for little: whoever wants another order has to say so.
ENGLISH = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
START_S = 30


def path(program: str) -> str:
    return needs(program, "postgresql", PLACES)


class Postgres:
    """On 127.0.0.1 and a free port, in a folder of its own. It ends with us, however we end."""

    def __init__(self, port: int = 0) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        if os.geteuid() == 0:
            os.chown(self._folder, NOBODY, NOBODY)
        self.port = port or _free_port()
        made = [path("initdb"), f"--pgdata={self._folder}/data", "--username=party", "--no-sync"]
        subprocess.run([*AS_OTHER, *made, *ENGLISH], check=True, capture_output=True, cwd=self._folder)
        self.start()

    def start(self) -> None:
        options = ["-D", f"{self._folder}/data", "-h", "127.0.0.1", "-p", f"{self.port}", "-k", f"{self._folder}"]
        command = [*AS_OTHER, "--pdeathsig=QUIT", path("postgres"), *options, "-F", "-c", "max_connections=300"]
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(command, stderr=log, start_new_session=True)
        self._wait()

    def end(self, number: signal.Signals = signal.SIGQUIT) -> None:
        """Not for good."""
        self._process.send_signal(number)
        self._process.wait(20)

    def remove(self) -> None:
        self.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        is_ready = [path("pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        while subprocess.run(is_ready, check=False).returncode:
            said = (self._folder / "log").read_text()
            assert self._process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.05)


class Databases:
    """Of the server on this port."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._names = (f"party_{os.getpid()}_{number}" for number in count(1))
        self._owners: dict[str, Path] = {}

    def of(self, data: Path) -> str:
        """The address of a folder's database, made when it is first asked for. Those of folders that are gone go."""
        data = data.resolve()
        mark = data / MARK
        name, owner = mark.read_text().split("\n") if mark.exists() else ("template0", "")
        if owner != f"{data}":
            self._drop_lost()
            name = self.copy(name)
            self._owners[name] = data
            data.mkdir(parents=True, exist_ok=True)
            mark.write_text(f"{name}\n{data}")
            (data / "api_queue.sqlite").touch()  # commands ask by it whether a server was here
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql://party@127.0.0.1:{self._port}/{name}"

    def copy(self, template: str = "template0") -> str:
        """The name of a new database."""
        name = next(self._names)
        self._run("createdb", f"--template={template}", name)
        return name

    def drop(self, name: str) -> None:
        self._run("dropdb", "--force", name)

    def _drop_lost(self) -> None:
        for name, folder in list(self._owners.items()):
            if not (folder / MARK).exists():
                self.drop(name)
                del self._owners[name]

    def _run(self, program: str, *arguments: str) -> None:
        here = ["--host=127.0.0.1", f"--port={self._port}", "--username=party"]
        subprocess.run([path(program), *here, *arguments], check=True, capture_output=True)


@cache
def databases() -> Databases:
    """Of this run's server, which is started when it is first needed."""
    if PORT not in os.environ:
        server = Postgres()
        atexit.register(server.remove)
        os.environ[PORT] = f"{server.port}"
    return Databases(int(os.environ[PORT]))


def take_over() -> None:
    """What would have a file gets a database here."""
    url_of = sql.url_of
    sql.url_of = lambda sql_url, data: url_of(sql_url or databases().of(data), data)


def environment(data: Path) -> dict[str, str]:
    """What a server that a test starts has to know."""
    return {"API_QUEUE_SQL_URL": databases().of(data)} if os.environ.get("TEST_SQL") == "postgres" else {}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
