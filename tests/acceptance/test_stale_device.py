"""A speaker that slept for five minutes while another took over: it changes nothing, and is told why."""

import pytest

from api_queue.types import QueueName
from tests.acceptance.sessions import add, choose, control, register, session
from tests.house import House
from tests.queues.builders import FakeClock

MINUTES_S = 300


@pytest.fixture
def house(clocked_house: House) -> House:
    return clocked_house


async def test_whatever_it_says_is_refused_with_the_reason(house: House, clock: FakeClock) -> None:
    # Given a kitchen that played, and a garden that took over when its lease had run out
    async with house.admin() as host, house.nobody() as one, house.nobody() as other:
        kitchen, garden = await register(host, one, "kitchen"), await register(host, other, "garden")
        item, _ = await add(host, 2)
        await choose(host, "kitchen")
        await control(host, "play")
        assert (await kitchen.beat(1, item_id=item, position_ms=0)).status_code == 200
        address = await kitchen.address()
        for _ in range(MINUTES_S // 5):
            clock.pass_s(5)
            if clock.ms % 60_000 == 0:
                await control(host, "seek", position_ms=0)
            await garden.beat((await session(host))["generation"] if (await active(house)) == "garden" else None)
        before = await session(host)
        assert (before["active_device_id"], before["play_state"], before["item_id"]) == ("garden", "playing", item)
        # When it wakes and goes on as if nothing had been
        said = {"item_id": item, "generation": 1}
        answers = [
            await kitchen.beat(1, item_id=item, position_ms=5000),
            await kitchen.client.post("/sessions/party/ended", json=said),
            await kitchen.client.post("/sessions/party/failed", json=said | {"reason": "no sound"}),
        ]
        # Then it is told who plays now, gets no music, and nothing has changed
        for answer in answers:
            told = answer.json()
            assert (answer.status_code, told["code"]) == (409, "stale_generation")
            assert (told["generation"], told["current"], told["speaker"]) == (1, 2, "Garden")
        assert (await host.get(address)).status_code == 403
        assert (await kitchen.mint()).status_code == 403
        assert await session(host) == before | {"devices": (await session(host))["devices"]}
        # And it may come back, as a spare
        assert (await kitchen.beat()).json()["active"] is False


async def active(house: House) -> str | None:
    """After the conductor has looked, which it does when a lease ends."""
    return (await house.parts.playback.attend(QueueName("party"))).session.active
