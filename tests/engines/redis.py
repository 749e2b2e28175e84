"""Any test on another Redis than one server of its own: `TEST_REDIS` is `cluster` or `sentinel`."""

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from redis.exceptions import ReadOnlyError

from api_queue.drivers.embedded_redis import EmbeddedRedis
from tests.engines.redis_servers import Cluster, Sentinels

#: Which one; "" is the embedded server.
KIND: Final = os.environ.get("TEST_REDIS", "")
_KINDS: Final[dict[str, type[Cluster] | type[Sentinels]]] = {"cluster": Cluster, "sentinel": Sentinels}
#: Servers of tests are at most so many at once; then the first one's Redis is another's.
MOST: Final = 4
#: By data folder.
_taken: dict[Path, Cluster | Sentinels] = {}


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
    """What a server that a test starts has to know: an empty Redis for a new data folder, else the one that it had."""
    if not KIND:
        return {}
    data = data.resolve()
    if data not in _taken:
        _taken[data] = _start() if len(_taken) < MOST else _taken.pop(next(iter(_taken)))
        _empty(_taken[data])
    return {"API_QUEUE_REDIS_URL": _taken[data].url}


def _start() -> Cluster | Sentinels:
    parts = ExitStack()
    atexit.register(parts.close)
    return _KINDS[KIND](Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="redis-"))), parts)


def _empty(redis: Cluster | Sentinels) -> None:
    for server in redis.servers:
        with suppress(ReadOnlyError):  # a replica follows
            server.ask("FLUSHALL")
