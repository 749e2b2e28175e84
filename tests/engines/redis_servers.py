"""Redis as large places run it, each server a process on 127.0.0.1: a Cluster, and a master that Sentinel watches.

They keep nothing on disk and end with us, however we end.
"""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from redis import Redis as Client
from redis.exceptions import RedisError

from tests.tools import needs

START_S: Final = 60
MASTERS: Final = 3
SENTINELS: Final = 3
#: Of what Sentinel watches.
REPLICAS: Final = 2
SLOTS: Final = 16384
NAME: Final = "the-party"
#: Longer than a busy machine keeps a server waiting. A test that wants a failover shortens it.
CALM_MS: Final = 30_000


class Server:
    """One process, with `folder` of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir()
        self.port = free_port()
        lines = (f"port {self.port}", "bind 127.0.0.1", 'save ""', f"dir {folder}", f"logfile {folder}/log", *options)
        (folder / "redis.conf").write_text("\n".join(lines))
        mode = ["--sentinel"] if any(option.startswith("sentinel ") for option in options) else []
        command = [needs("redis-server"), f"{folder}/redis.conf", *mode]
        self.process = subprocess.Popen([needs("setpriv", "util-linux"), "--pdeathsig", "KILL", *command])
        self.client = Client(host="127.0.0.1", port=self.port, decode_responses=True)
        _until(self._answers, "a Redis that answers")

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(self, *command: str | int) -> Any:
        return self.client.execute_command(*command)  # type: ignore[no-untyped-call]

    def info(self, *command: str) -> dict[str, str]:
        """Of a reply that is lines of `name:value`."""
        return dict(line.split(":", 1) for line in self.ask(*command).splitlines() if ":" in line)

    def kill(self) -> None:
        """As a machine ends that loses its power."""
        self.process.kill()
        self.process.wait(20)
        self.client.close()

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except (RedisError, OSError):
            return False


class Cluster:
    """Three masters, and of each of them a replica at the same place of the other list."""

    def __init__(self, folder: Path, parts: ExitStack) -> None:
        options = (
            *("cluster-enabled yes", f"cluster-node-timeout {CALM_MS}"),
            *("cluster-require-full-coverage no", "repl-diskless-sync-delay 0"),
        )
        self.servers = [
            Server(folder / f"node-{number}", f"cluster-port {free_port()}", *options) for number in range(2 * MASTERS)
        ]
        for server in self.servers:
            parts.callback(server.kill)
        self.masters, self.replicas = self.servers[:MASTERS], self.servers[MASTERS:]
        self._meet()
        self._share()

    @property
    def url(self) -> str:
        """Two of them tell where all are."""
        return f"redis+cluster://{self.masters[0].host},{self.replicas[1].host}"

    def fail_after(self, timeout_ms: int) -> None:
        for server in self.servers:
            server.ask("CONFIG", "SET", "cluster-node-timeout", timeout_ms)

    def master_of(self, key: str) -> int:
        """Its place in `masters`."""
        return int(self.masters[0].ask("CLUSTER", "KEYSLOT", key)) // _SHARE

    def replica_has_all(self, number: int) -> None:
        """Waits until it has what its master has."""
        pair = (self.masters[number], self.replicas[number])
        _until(lambda: len({each.ask("INFO", "replication")["master_repl_offset"] for each in pair}) == 1, "a copy")

    def agrees(self) -> None:
        """Waits until all know the same owner of each slot. A slot that is moved before has two, each of which means
        the other, for ever.
        """
        _until(lambda: len({_owners(server) for server in self.servers}) == 1, "all to know who has which slots")

    def _meet(self) -> None:
        first, *others = self.servers
        for epoch, server in enumerate(self.masters, 1):
            server.ask("CLUSTER", "SET-CONFIG-EPOCH", epoch)
        for server in others:
            first.ask("CLUSTER", "MEET", "127.0.0.1", server.port, _bus(server))
        _until(lambda: all(_knows_all(server) for server in self.servers), "all to have met")

    def _share(self) -> None:
        for number, (master, replica) in enumerate(zip(self.masters, self.replicas, strict=True)):
            master.ask("CLUSTER", "ADDSLOTSRANGE", number * _SHARE, min((number + 1) * _SHARE, SLOTS) - 1)
            replica.ask("CLUSTER", "REPLICATE", master.ask("CLUSTER", "MYID"))
        _until(lambda: all(map(_is_well, self.servers)), "a Cluster that is well")
        _until(lambda: all(map(_follows, self.replicas)), "replicas that follow")


@contextmanager
def a_node(folder: Path) -> Iterator[Server]:
    """In no Cluster yet."""
    server = Server(folder / "node", f"cluster-port {free_port()}", "cluster-enabled yes")
    try:
        yield server
    finally:
        server.kill()


def make_whole(node: Server) -> None:
    """A Cluster of one."""
    node.ask("CLUSTER", "ADDSLOTSRANGE", 0, SLOTS - 1)
    _until(lambda: _is_well(node), "a Cluster that is well")


class Sentinels:
    """A master, two replicas, and three that watch them."""

    def __init__(self, folder: Path, parts: ExitStack) -> None:
        self.master = Server(folder / "master", "repl-diskless-sync-delay 0")
        following = f"replicaof 127.0.0.1 {self.master.port}"
        self.replicas = [Server(folder / f"replica-{number}", following) for number in range(REPLICAS)]
        watched = f"sentinel monitor {NAME} 127.0.0.1 {self.master.port} 2"
        calm = f"sentinel down-after-milliseconds {NAME} {CALM_MS}"
        self.sentinels = [Server(folder / f"sentinel-{number}", watched, calm) for number in range(SENTINELS)]
        self.servers = [self.master, *self.replicas]
        for server in (*self.servers, *self.sentinels):
            parts.callback(server.kill)
        _until(lambda: all(map(_follows, self.replicas)), "replicas that follow")
        _until(lambda: all(map(_sees_all, self.sentinels)), "sentinels that know all")

    @property
    def url(self) -> str:
        return f"redis+sentinel://{','.join(sentinel.host for sentinel in self.sentinels)}/{NAME}"

    def fail_after(self, timeout_ms: int) -> None:
        for sentinel in self.sentinels:
            sentinel.ask("SENTINEL", "SET", NAME, "down-after-milliseconds", timeout_ms)


_SHARE: Final = SLOTS // MASTERS + 1


def _bus(server: Server) -> int:
    return int(server.ask("CONFIG", "GET", "cluster-port")["cluster-port"])


def _knows_all(server: Server) -> bool:
    return int(server.info("CLUSTER", "INFO")["cluster_known_nodes"]) == 2 * MASTERS


def _is_well(server: Server) -> bool:
    info = server.info("CLUSTER", "INFO")
    return (info["cluster_state"], int(info["cluster_slots_ok"])) == ("ok", SLOTS)


def _owners(server: Server) -> frozenset[tuple[str, ...]]:
    """Of each of them its id, how new its claim is, and the slots."""
    nodes = [line.split() for line in server.ask("CLUSTER", "NODES").splitlines()]
    return frozenset((node[0], node[6], *(part for part in node[8:] if part[0] != "[")) for node in nodes if node[8:])


def _follows(server: Server) -> bool:
    role, *_, link, _ = server.ask("ROLE")
    return (role, link) == ("slave", "connected")


def _sees_all(sentinel: Server) -> bool:
    """Who follows, and who watches with it."""
    replicas, others = sentinel.ask("SENTINEL", "REPLICAS", NAME), sentinel.ask("SENTINEL", "SENTINELS", NAME)
    return (len(replicas), len(others)) == (REPLICAS, SENTINELS - 1)


def _until(true: Callable[[], bool], what: str) -> None:
    deadline_s = time.monotonic() + START_S
    while not true():
        assert time.monotonic() < deadline_s, f"not within {START_S} s: {what}"
        time.sleep(0.05)


def free_port() -> int:
    """Not for long: of two who ask at once each gets another one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
