"""A master and two replicas, beside Sentinel: guests go on with a new master, and have lost nothing."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api_queue.drivers.redis import connect
from api_queue.errors import Unavailable
from tests.engines.party import WHOLE_AGAIN_S, a_party
from tests.engines.redis_servers import NAME, Sentinels
from tests.live import Watch


@pytest.fixture(scope="module")
def sentinels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sentinels]:
    with ExitStack() as parts:
        yield Sentinels(tmp_path_factory.mktemp("sentinels"), parts)


async def test_a_change_that_too_few_replicas_have_is_not_answered(sentinels: Sentinels) -> None:
    redis = connect(sentinels.url, replicas=2)
    assert await redis.call("SET", "a", 1)
    await redis.close()
    redis = connect(sentinels.url, replicas=3)
    with pytest.raises(Unavailable):
        await redis.call("SET", "a", 2)
    await redis.close()


async def test_a_sentinel_that_is_away_is_passed_over(sentinels: Sentinels) -> None:
    redis = connect(f"redis+sentinel://127.0.0.1:1,{sentinels.sentinels[2].host}/{NAME}")
    assert await redis.call("SET", "a", 1)
    await redis.close()


async def test_a_name_that_no_sentinel_knows_is_unavailable(sentinels: Sentinels) -> None:
    redis = connect(f"redis+sentinel://{sentinels.sentinels[0].host}/another")
    with pytest.raises(Unavailable):
        await redis.call("SET", "a", 1)
    await redis.close()


async def test_guests_who_add_while_the_master_dies_lose_nothing(sentinels: Sentinels, tmp_path: Path) -> None:
    # Given a party whose changes are on a replica before they are answered
    async with a_party(tmp_path, f'url = "{sentinels.url}"\nwait_replicas = 1\n') as party:
        await party.add()
        await party.play()
        sentinels.fail_after(1000)
        # When the master dies while guests add
        adding = asyncio.create_task(party.adds_until(20))
        await party.screen.until(lambda: len(party.screen.items) >= 10, 60)
        sentinels.master.kill()
        # Then they go on within seconds, and nothing that was answered is lost or doubled
        watch = Watch()
        await adding
        assert watch.seconds < WHOLE_AGAIN_S
        await party.is_whole()
