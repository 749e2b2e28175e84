"""What a command works on: the engines of a server that runs, or the same ones without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from api_queue.drivers.durability import ask
from api_queue.drivers.embedded_redis import EmbeddedRedis, running_url
from api_queue.drivers.sql import url_of
from api_queue.errors import StartRefused
from api_queue.serving.data_folder import is_served, locked, refuse_unfinished
from api_queue.settings import Settings


@contextmanager
def engines(settings: Settings) -> Iterator[Settings]:
    """With the address of a Redis that answers: the operator's own, the running server's, or one that we start in the
    data folder while nobody serves it. Raises StartRefused.
    """
    settings = replace(settings, data=settings.data.resolve())
    refuse_unfinished(settings.data)
    if not (settings.sql_url or (settings.data / "api_queue.sqlite").exists()):
        raise StartRefused(reason=f"There is no server's data in {settings.data}; name its folder with --data.")
    settings = replace(settings, sql_url=url_of(settings.sql_url, settings.data))
    if settings.redis_url:
        yield settings
    elif is_served(settings.data) and (url := _answering(settings.data / "redis")):
        yield replace(settings, redis_url=url)
    else:
        with locked(settings.data) as lock, own_redis(settings, lock) as settings:
            yield settings


def _answering(folder: Path) -> str | None:
    """The address of a server's Redis. One that was killed has left it there, and its Redis may hold the lock still."""
    url = running_url(folder)
    return url if url and ask(Path(unquote(url.removeprefix("unix://"))), "PING") else None


@contextmanager
def own_redis(settings: Settings, lock: int) -> Iterator[Settings]:
    """Of a data folder that is locked."""
    redis = EmbeddedRedis(settings.data / "redis", settings.redis_appendfsync, held=[lock])
    try:
        redis.start()
        yield replace(settings, redis_url=redis.url)
    finally:
        redis.stop()
