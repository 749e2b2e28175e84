"""Any test on another Redis than one server of its own: `TEST_REDIS` is `cluster` or `sentinel`."""

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

from redis.exceptions import ReadOnlyError

from api_queue.drivers.embedded_redis import EmbeddedRedis
from tests.engines.redis_servers import Cluster, Sentinels

#: Which one; "" is the embedded server.
KIND: Final = os.environ.get("TEST_REDIS", "")
_KINDS: Final[dict[str, type[Cluster] | type[Sentinels]]] = {"cluster": Cluster, "sentinel": Sentinels}
_seen: set[Path] = set()


@contextmanager
def a_redis(folder: Path) -> Iterator[str]:
    """The address of one that ends with this context."""
    if KIND:
        with ExitStack() as parts:
            yield _KINDS[KIND](folder, parts).url
    else:
        server = EmbeddedRedis(folder, "everysec")
        server.start()
        yield server.url
        server.stop()


def environment(data: Path) -> dict[str, str]:
    """What a server that a test starts has to know. An empty Redis is that of a new data folder; one at a time."""
    if not KIND:
        return {}
    if data.resolve() not in _seen:
        _empty(_of_servers())
        _seen.add(data.resolve())
    return {"API_QUEUE_REDIS_URL": _of_servers().url}


@cache
def _of_servers() -> Cluster | Sentinels:
    """Beside that of the tests in our own process, which empty theirs."""
    parts = ExitStack()
    atexit.register(parts.close)
    return _KINDS[KIND](Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="redis-"))), parts)


def _empty(redis: Cluster | Sentinels) -> None:
    for server in redis.servers:
        with suppress(ReadOnlyError):  # a replica follows
            server.ask("FLUSHALL")
