"""What becomes of the music when the server is started anew."""

import re
from dataclasses import replace

import httpx
import pytest
from msgspec import structs

from api_queue.queues.session import Session
from api_queue.serving import resuming
from api_queue.serving.resuming import mend_queues, resume_sessions, told
from api_queue.types import QueueName
from tests.house import House
from tests.playback.test_sessions import add, claim

X = QueueName("party")


async def session(house: House) -> Session:
    return (await house.parts.queues.queue(X)).session


async def play(host: httpx.AsyncClient) -> None:
    await add(host)
    await host.post("/queue/party/command/play")


async def test_what_nobody_played_is_paused_where_it_would_be(house: House) -> None:
    async with house.admin() as host:
        await play(host)
    await resume_sessions(house.parts, own_redis=True)
    after = await session(house)
    assert (after.state, after.paused_because) == ("paused", "restart")
    # And a second start changes nothing more
    await resume_sessions(house.parts, own_redis=True)
    assert await session(house) == after


async def test_what_a_speaker_played_goes_on_with_it(house: House) -> None:
    async with house.admin() as host:
        await play(host)
        await claim(host, "kitchen")
        await resume_sessions(house.parts, own_redis=True)
        beat = {"queue": "party", "device_id": "kitchen", "generation": 1}
        assert (await host.patch("/devices/heartbeat", json=beat)).status_code == 200
    after = await session(house)
    assert (after.state, after.active, after.generation) == ("playing", "kitchen", 1)


async def test_a_day_later_it_is_paused_at_the_beginning_of_its_track(house: House) -> None:
    async with house.admin() as host:
        await play(host)
        await claim(host, "kitchen")
    await house.parts.redis.call("HINCRBY", "q:{party}:meta", "changed_at_ms", -25 * 3_600_000)
    before = await session(house)
    await resume_sessions(house.parts, own_redis=True)
    after = await session(house)
    assert (after.state, after.position_ms, after.item_id) == ("paused", 0, before.item_id)
    assert (after.speaker, after.generation) == (None, 2)


async def test_where_another_server_conducts_nothing_changes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house.admin() as host:
        await play(host)
    other = house.parts.lease("conductor", 60_000)
    assert await other.acquire()
    monkeypatch.setattr(resuming, "LOOK_S", 0.001)
    monkeypatch.setattr(resuming, "CONDUCTOR_LEASE_MS", 1)
    before = await session(house)
    await resume_sessions(house.parts, own_redis=False)
    assert await session(house) == before
    # Until it is gone
    await other.release()
    await resume_sessions(house.parts, own_redis=False)
    assert (await session(house)).paused_because == "restart"


async def test_what_is_resumed_is_told_in_words(house: House) -> None:
    async with house.admin() as host:
        await play(host)
        await add(host)
        await claim(host, "kitchen")
    [queue] = await resume_sessions(house.parts, own_redis=True)
    said = await told(house.parts, [queue], None)
    assert re.fullmatch(
        r'1 queue, 1 song waits; party goes on with ".+" at \d:\d\d; nothing that was answered is lost\.', said
    )
    # Without its speaker it waits
    session = structs.replace(queue.session, state="paused", position_ms=103_900, duration_ms=200_000)
    paused = structs.replace(queue, session=session)
    assert ' waits in "' in await told(house.parts, [paused], None)
    assert " at 1:43;" in await told(house.parts, [paused], None)


async def test_after_a_power_cut_queues_are_looked_at_and_mended(house: House) -> None:
    async with house.admin() as host:
        await add(host)
    report = await mend_queues(house.parts)
    assert (await told(house.parts, [], report)).endswith(" The server had been cut off; its queues are sound.")
    await house.parts.redis.call("DEL", "q:{party}:counts")
    report = await mend_queues(house.parts)
    assert report.standing == []
    assert (await told(house.parts, [], report)).endswith(
        " The server had been cut off; mended: party. Look with check."
    )


async def test_a_log_that_is_written_each_second_may_have_lost_one(house: House) -> None:
    house.parts.settings = replace(house.parts.settings, redis_appendfsync="everysec")
    assert "nothing that was answered is lost" in await told(house.parts, [], None)
    assert "at most its last second is lost" in await told(house.parts, [], await mend_queues(house.parts))
