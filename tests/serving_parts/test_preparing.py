"""What a server finds out before it starts beside others."""

import asyncio
from dataclasses import replace
from pathlib import Path

from structlog.testing import capture_logs

from api_queue.drivers.redis import Redis
from api_queue.drivers.sql import url_of
from api_queue.migrations import upgrade
from api_queue.serving.preparing import prepare
from api_queue.settings import Settings

KEYS = "the keys are those of the servers that share this Redis"
TWO = "other servers use this Redis, and this one has a database of its own; see sql_url"


async def said(settings: Settings) -> list[str]:
    """While a server gets ready."""
    settings.data.mkdir(exist_ok=True)
    await asyncio.to_thread(upgrade, settings.sql_url)  # it has a loop of its own
    with capture_logs() as logs:
        await prepare(settings, own_redis=False)
    return [line["event"] for line in logs if line["event"] in {KEYS, TWO}]


async def test_a_second_server_takes_the_keys_and_is_warned_of_a_database_of_its_own(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    one = url_of("", first)
    settings = Settings(data=first, redis_url=redis_url, sql_url=one, library_roots=())
    # The first one has nobody to take anything from
    assert await said(settings) == []
    # One that shares the database, too, is right
    assert await said(replace(settings, data=second)) == [KEYS]
    assert (second / "keys" / "jwt").read_bytes() == (first / "keys" / "jwt").read_bytes()
    # And one that does not is told
    assert await said(replace(settings, data=third, sql_url=url_of("", third))) == [KEYS, TWO]
    # Each once
    assert await said(replace(settings, data=second)) == []
