"""Who is there, who may be the speaker, who may look; what a heartbeat costs."""

import pytest

from api_queue.errors import BadBody, MissingRight, UnknownDevice, WhichQueue
from api_queue.playback.rosters import Rosters
from api_queue.types import DeviceId, QueueName
from api_queue.web.identity import Caller
from tests.playback.devices import beat, caller_by, register, told, views
from tests.queues.party import HOST, Party, X, guest, somebody


async def test_a_heartbeat_says_that_a_device_is_there_and_how_it_is(party: Party) -> None:
    kitchen = await caller_by(party, (await register(party, "kitchen")).token)
    party.clock.pass_s(10)
    await beat(party, kitchen, volume=80, buffer_ms=30_000)
    party.clock.pass_s(10)
    view = (await views(party))["kitchen"]
    assert view.presence is not None
    assert (view.connected, view.presence.volume, view.presence.buffer_ms) == (True, 80, 30_000)
    party.clock.pass_s(5)
    assert not (await views(party))["kitchen"].connected


async def test_a_host_beats_for_any_device_by_naming_it(party: Party) -> None:
    await register(party, "kitchen")
    party.clock.pass_s(20)
    await beat(party, HOST, queue=X, device_id=DeviceId("kitchen"))
    assert (await views(party))["kitchen"].connected
    for half in ({"queue": X}, {"device_id": DeviceId("kitchen")}, {}):
        with pytest.raises(BadBody):
            await beat(party, HOST, **half)


async def test_a_device_beats_for_no_other(party: Party) -> None:
    kitchen = await caller_by(party, (await register(party, "kitchen")).token)
    await register(party, "garden")
    with pytest.raises(MissingRight):
        await beat(party, kitchen, queue=X, device_id=DeviceId("garden"))


async def test_what_is_not_registered_has_no_heartbeat(party: Party) -> None:
    with pytest.raises(UnknownDevice):
        await beat(party, HOST, queue=X, device_id=DeviceId("nobody"))


async def test_a_heartbeat_asks_no_sql(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a device, and a host, that were heard of before
    kitchen = await caller_by(party, (await register(party, "kitchen")).token)
    await beat(party, kitchen)
    await beat(party, HOST, queue=X, device_id=DeviceId("kitchen"))
    # When there is no database any more, then neither of them notices
    monkeypatch.setattr(party.parts.device_store, "_read", None)
    await beat(party, kitchen)
    await beat(party, HOST, queue=X, device_id=DeviceId("kitchen"))
    assert [candidate.name for candidate in await party.parts.devices.allowed(X)] == ["kitchen"]


async def test_what_one_worker_registers_the_others_know_at_once(party: Party) -> None:
    other = Rosters(party.parts.device_store, party.parts.presence)
    assert (await other.of(X)).devices == []
    await register(party, "kitchen")
    assert [device.name for device in (await other.of(X)).devices] == ["kitchen"]
    await party.parts.devices.remove(HOST, X, DeviceId("kitchen"))
    assert (await other.of(X)).devices == []


async def test_a_redis_that_lost_everything_learns_of_devices_again(party: Party) -> None:
    kitchen = await caller_by(party, (await register(party, "kitchen")).token)
    await party.parts.redis.call("DEL", f"d:{{{X}}}:presence")
    assert [view.connected for view in (await views(party)).values()] == [False]
    await beat(party, kitchen)
    assert [view.connected for view in (await views(party)).values()] == [True]


async def test_candidates_come_in_the_order_of_the_setting(party: Party) -> None:
    await register(party, "kitchen")
    await register(party, "tv", kind="screen")
    party.clock.pass_s(20)
    await register(party, "garden")
    found = await party.parts.devices.allowed(X)
    assert [(c.device_id, c.connected) for c in found] == [("kitchen", False), ("garden", True)]
    await party.set(devices=["garden", "kitchen", "tv"])
    assert [c.device_id for c in await party.parts.devices.allowed(X)] == ["garden", "kitchen"]
    assert [view.allowed for view in (await views(party)).values()] == [True, False, True]
    await party.set(devices="kitchen")
    assert [c.device_id for c in await party.parts.devices.allowed(X)] == ["kitchen"]
    await party.set(devices=None)
    assert len(await party.parts.devices.allowed(X)) == 2


async def test_a_device_that_was_away_is_announced_when_it_comes_back_and_only_then(party: Party) -> None:
    kitchen = await caller_by(party, (await register(party, "kitchen")).token)
    await beat(party, kitchen)
    assert await told(party) == [("kitchen", True, False)]
    party.clock.pass_s(15)
    await party.parts.device_watch.look()
    await beat(party, kitchen)
    await beat(party, kitchen)
    assert [connected for _, connected, _ in await told(party)] == [True, False, True]


async def test_a_device_that_says_that_it_leaves_is_away_at_once_and_gets_no_seat(party: Party) -> None:
    kitchen = await caller_by(party, (await register(party, "kitchen")).token)
    await beat(party, kitchen)
    await beat(party, kitchen, leaving=True)
    assert [c.connected for c in await party.parts.devices.allowed(X)] == [False]
    await beat(party, kitchen)
    assert [connected for _, connected, _ in await told(party)] == [True, False, True]


@pytest.mark.parametrize("caller", [guest(), somebody("helper"), somebody("speaker"), somebody("host", QueueName("y"))])
async def test_only_the_host_sees_and_removes_devices(party: Party, caller: Caller) -> None:
    await register(party, "kitchen")
    with pytest.raises(MissingRight):
        await party.parts.devices.devices(caller, X)
    with pytest.raises(MissingRight):
        await party.parts.devices.remove(caller, X, DeviceId("kitchen"))


async def test_the_queue_need_not_be_named_by_who_has_only_one(party: Party) -> None:
    name, _ = await party.parts.devices.devices(HOST, None)
    assert name == X
    for caller in (guest(), somebody("admin", None)):
        with pytest.raises(WhichQueue):
            await party.parts.devices.devices(caller, None)


async def test_a_removed_device_is_gone_and_its_token_with_it(party: Party) -> None:
    made = await register(party, "kitchen")
    kitchen = await caller_by(party, made.token)
    await beat(party, kitchen)
    await party.parts.devices.remove(HOST, X, DeviceId("kitchen"))
    assert await views(party) == {}
    assert (await party.events())[-1]["device"]["removed"] is True
    token = await party.parts.tokens.find(made.token)
    assert token is not None
    assert token.revoked_at_ms is not None
    # A heartbeat that was on its way does not bring it back
    with pytest.raises(UnknownDevice):
        await beat(party, kitchen)
    with pytest.raises(UnknownDevice):
        await party.parts.devices.remove(HOST, X, DeviceId("kitchen"))


async def test_a_queue_of_the_same_name_has_none_of_the_old_ones_devices(party: Party) -> None:
    await register(party, "kitchen")
    await party.parts.queues.delete(X)
    await party.parts.queues.ensure(X, "X")
    assert await views(party) == {}
