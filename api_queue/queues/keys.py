"""The Redis keys of a queue. All share one hash tag, so that a script may touch them all on a Redis Cluster."""

from functools import lru_cache
from typing import Final

from api_queue.types import QueueName

NAMES: Final = "q:names"
ROWS: Final = (
    *("items", "index", "meta", "counts", "played", "events", "bell"),
    *("order", "bands", "turns", "points", "undo", "moves", "lobby", "joined", "whose", "variants"),
)
GUESTS: Final = ("muted", "ended", "guests", "buckets", "tokens")


def key(name: QueueName, part: str) -> str:
    return f"q:{{{name}}}:{part}"


@lru_cache(1000)
def rows(name: QueueName) -> tuple[str, ...]:
    """Those that every script which writes a queue takes, in its order."""
    return tuple(key(name, part) for part in ROWS)


@lru_cache(1000)
def guests(name: QueueName) -> tuple[str, ...]:
    return tuple(key(name, part) for part in GUESTS)


@lru_cache(1000)
def every(name: QueueName) -> tuple[str, ...]:
    """Also how far the relay has told of it."""
    return (*rows(name), *guests(name), key(name, "code"), key(name, "relayed"))
