"""Who goes, who becomes the speaker: told once, by the one watch of the house."""

import asyncio
import itertools
from contextlib import suppress

from api_queue.events import Event
from api_queue.playback.device_watch import SHORTEST_S
from api_queue.playback.devices import PRESENT_MS
from api_queue.queues.keys import key
from api_queue.serving.conducting import run_conductor
from api_queue.types import DeviceId, EventId
from tests.acceptance.readers import Screen
from tests.house import House
from tests.playback.devices import beat, register, told
from tests.queues.party import HOST, Party, X


async def speaker_changes(party: Party) -> list[Event]:
    entries = await party.parts.redis.call("XRANGE", key(X, "events"), "-", "+")
    events = [Event(EventId(at), X, fields["name"], int(fields["rev"]), fields["data"]) for at, fields in entries]
    return [event for event in events if event.name == "speaker_change"]


async def test_who_is_not_heard_of_is_told_to_have_gone_once(party: Party) -> None:
    await register(party, "kitchen")
    party.clock.pass_s(14)
    await register(party, "garden")
    party.clock.pass_s(1)
    await party.parts.device_watch.look()
    await party.parts.device_watch.look()
    assert await told(party) == [("kitchen", True, False), ("garden", True, False), ("kitchen", False, False)]


async def test_it_rests_until_the_next_one_could_be_overdue(party: Party) -> None:
    watch = party.parts.device_watch
    assert await watch.look() == PRESENT_MS / 1000
    await register(party, "kitchen")
    party.clock.pass_s(4)
    assert await watch.look() == 11
    await beat(party, HOST, queue=X, device_id=DeviceId("kitchen"))
    assert await watch.look() == 15
    party.clock.pass_s(15)
    assert await watch.look() == 15
    assert SHORTEST_S > 0


async def test_a_device_of_a_queue_that_is_gone_does_not_hold_up_the_others(party: Party) -> None:
    await register(party, "kitchen")
    await party.parts.queues.delete(X)
    party.clock.pass_s(15)
    await party.parts.device_watch.look()
    assert await party.parts.presence.overdue(party.clock.now_ms()) == []


async def test_it_goes_on_when_redis_was_away(party: Party) -> None:
    await register(party, "kitchen")
    overdue, asked = party.parts.presence.overdue, asyncio.Event()

    async def away(until_ms: int) -> list[object]:
        party.parts.presence.overdue = overdue  # type: ignore[method-assign]  # the next time it is there
        asked.set()
        raise ConnectionError

    party.parts.presence.overdue = away  # type: ignore[method-assign, assignment]  # for once
    watching = asyncio.create_task(party.parts.device_watch.run())
    async with asyncio.timeout(20):
        await asked.wait()
    assert not watching.done()
    watching.cancel()
    await asyncio.wait([watching])


async def test_the_new_speaker_and_the_old_one_are_told_of(party: Party) -> None:
    await register(party, "kitchen")
    await register(party, "garden")
    watch, before = party.parts.device_watch, len(await told(party))
    await party.parts.playback.choose_speaker(X, DeviceId("kitchen"), if_free=False)
    await watch.heard(X, await speaker_changes(party))
    assert (await told(party))[before:] == [("kitchen", True, True)]
    await party.parts.playback.choose_speaker(X, DeviceId("garden"), if_free=False)
    await watch.heard(X, (await speaker_changes(party))[1:])
    assert sorted((await told(party))[before + 1 :]) == [("garden", True, True), ("kitchen", True, False)]


async def test_it_runs_where_the_conductor_does(house: House) -> None:
    conducting = asyncio.create_task(run_conductor(house.parts.settings))
    async with Screen(house.url, "party") as screen, house.admin() as host:
        names = ("kitchen", "garden")
        for name in names:
            await host.post("/devices/register", json={"queue": "party", "device_name": name, "device_id": name})
        await screen.until(lambda: screen.heard.count("device_change") == len(names))
        # When the speaker changes, again and again, for nobody can tell when the conductor has begun to listen
        for name in itertools.islice(itertools.cycle(names), 100):
            await host.post("/sessions/party/speaker", json={"device_id": name})
            with suppress(TimeoutError):
                await screen.until(lambda: screen.heard.count("device_change") > len(names), 0.2)
                break
    # Then it is told as a device, too
    assert screen.heard.count("device_change") > len(names)
    conducting.cancel()
    await asyncio.wait([conducting])
