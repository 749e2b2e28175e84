"""All keys as a file, and back: each kind, each time at which one ends, each place in a stream."""

import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import api_queue
from api_queue.drivers.redis import Redis
from api_queue.keeping.redis_file import load, save
from api_queue.keeping.redis_keys import OURS, Kept, RedisKeys
from tests.queues.party import Party

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
MEMBERS = st.lists(TEXT, min_size=1, max_size=5, unique=True)


def quiet(_done: int, _of: int) -> None:
    pass


async def dump(keys: RedisKeys) -> dict[str, Kept]:
    return {kept.key: kept for group in await keys.groups() for kept in await keys.read(group)}


async def test_every_kind_of_key_comes_back_as_it_was(redis: Redis, tmp_path: Path) -> None:
    await redis.call("SET", "tracks:version", "7")
    await redis.call("SET", "answer:x", "soon over", "PX", 3_600_000)
    await redis.call("RPUSH", "q:{x}:items", *map(str, range(9_001)))
    await redis.call("HSET", "q:{x}:meta", "rev", "3", "head", "0", "title", "ä\n\x00")
    await redis.call("SADD", "q:names", "x")
    await redis.call("ZADD", "q:{x}:order", "0.1", "a", "-inf", "b", "1e17", "c")
    ids = [
        await redis.call("XADD", "q:{x}:events", "*", "name", f"n{number}", "rev", number) for number in range(2_000)
    ]
    keys = RedisKeys(redis)
    before = await dump(keys)

    await save(keys, tmp_path, quiet)
    await keys.clear()
    assert not [key async for key in keys.every()]
    await load(keys, tmp_path / "redis.jsonl", 0, quiet)

    after = await dump(keys)
    ends = [kept.pop("answer:x").ends_at_ms for kept in (before, after)]
    assert abs(ends[0] - ends[1]) < 5  # it is told as the time that is left, and comes back as a point in time
    assert after == before
    # A reader who was at an id of the stream goes on from there
    assert await redis.call("XRANGE", "q:{x}:events", f"({ids[-2]}", "+") == [
        (ids[-1], {"name": "n1999", "rev": "1999"})
    ]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(members=MEMBERS, scores=st.lists(st.floats(allow_nan=False), min_size=5, max_size=5))
async def test_no_text_and_no_number_is_changed(
    redis: Redis, tmp_path: Path, members: list[str], scores: list[float]
) -> None:
    keys = RedisKeys(redis)
    await keys.clear()
    await redis.call("RPUSH", "m:{x}:a", *members)
    await redis.call("ZADD", "m:{x}:b", *(part for pair in zip(scores, members, strict=False) for part in pair))
    before = await dump(keys)
    (tmp_path / "redis.jsonl").unlink(missing_ok=True)
    await save(keys, tmp_path, quiet)
    await keys.clear()
    await load(keys, tmp_path / "redis.jsonl", 0, quiet)
    assert await dump(keys) == before


async def test_what_would_have_ended_meanwhile_does_not_come_back(redis: Redis, tmp_path: Path) -> None:
    await redis.call("SET", "lease:{relay}", "somebody", "PX", 60_000)
    await save(RedisKeys(redis), tmp_path, quiet)
    await redis.call("DEL", "lease:{relay}")
    seconds, _ = await redis.call("TIME")
    await load(RedisKeys(redis), tmp_path / "redis.jsonl", (int(seconds) + 61) * 1000, quiet)
    assert not await redis.call("EXISTS", "lease:{relay}")


async def test_what_is_not_ours_is_neither_saved_nor_touched(redis: Redis, tmp_path: Path) -> None:
    await redis.call("SET", "somebody:else", "1")
    await redis.call("SET", "tracks:version", "1")
    await save(RedisKeys(redis), tmp_path, quiet)
    assert "somebody" not in (tmp_path / "redis.jsonl").read_text()
    await RedisKeys(redis).clear()
    assert await redis.call("KEYS", "*") == ["somebody:else"]


async def test_every_key_of_a_server_begins_with_a_word_of_ours(party: Party) -> None:
    await party.add("Ana")
    await party.press("play")
    keys = await party.parts.redis.call("KEYS", "*")
    assert {key.partition(":")[0] for key in keys} <= set(OURS)


def test_every_word_that_the_code_begins_a_key_with_is_one_of_ours() -> None:
    """`o:` is a field of one."""
    root = Path(api_queue.__file__).parent
    stores = [*root.glob("*/*store*.py"), *root.glob("*/keys.py"), root / "tracks/library.py", root / "stream/lease.py"]
    begins = {word for path in stores for word in re.findall(r'"([a-z]+):[a-z{]', path.read_text())} - {"o"}
    assert len(begins) > 8
    assert begins <= set(OURS)
