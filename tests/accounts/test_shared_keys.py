"""The keys of servers that share a Redis."""

import asyncio
from pathlib import Path

from api_queue.accounts.shared_keys import share_keys
from api_queue.accounts.signing_keys import rotate, signing_keys
from api_queue.drivers.keys import load_or_make
from api_queue.drivers.redis import Redis

NAMES = ("guests", "media", "rooms", "jwt")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_the_second_server_takes_the_keys_of_the_first(redis: Redis, tmp_path: Path) -> None:
    # Given two servers, each with keys that it had before
    first, second = tmp_path / "first", tmp_path / "second"
    own = [load_or_make(folder / "guests") for folder in (first, second)]
    assert own[0] != own[1]
    # When one starts after the other
    assert not await share_keys(first, redis)
    assert await share_keys(second, redis)
    # Then both have the keys of the first, all of them, and no drafts
    assert files(first) == files(second)
    assert files(first).keys() == set(NAMES)
    assert (first / "guests").read_bytes() == own[0]
    # And nobody else can read them
    assert {path.stat().st_mode & 0o777 for path in second.iterdir()} == {0o600}
    # And the next starts change nothing
    assert not await share_keys(second, redis)


async def test_the_key_before_the_last_change_goes_with_them(redis: Redis, tmp_path: Path) -> None:
    rotate(tmp_path / "first")
    await share_keys(tmp_path / "first", redis)
    await share_keys(tmp_path / "second", redis)
    assert signing_keys(tmp_path / "second") == signing_keys(tmp_path / "first")
    assert len(signing_keys(tmp_path / "second")) == 2


async def test_a_key_that_one_of_them_gave_up_is_given_up_by_all(redis: Redis, tmp_path: Path) -> None:
    # Given two servers that have a key and the one before it
    first, second = tmp_path / "first", tmp_path / "second"
    rotate(first)
    await share_keys(first, redis)
    await share_keys(second, redis)
    # When the one before is taken away at one of them, as operating.md says, and both start again
    (first / "jwt.previous").unlink()
    await redis.call("DEL", "accounts:keys")
    await share_keys(first, redis)
    await share_keys(second, redis)
    # Then neither has it
    assert len(signing_keys(first)) == 1
    assert signing_keys(second) == signing_keys(first)


async def test_servers_that_start_at_once_agree(redis: Redis, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(8)]
    await asyncio.gather(*(share_keys(folder, redis) for folder in folders))
    assert len({tuple(sorted(files(folder).items())) for folder in folders}) == 1


async def test_a_redis_that_lost_them_gets_them_back(redis: Redis, tmp_path: Path) -> None:
    await share_keys(tmp_path, redis)
    before = files(tmp_path)
    await redis.call("FLUSHALL")
    assert not await share_keys(tmp_path, redis)
    await share_keys(tmp_path / "another", redis)
    assert files(tmp_path / "another") == before
