"""Who may register what, and over whom."""

import asyncio

import pytest
from msgspec.structs import replace

from api_queue.errors import DevicesFull, MissingRight, NotYourDevice, UnknownQueue
from api_queue.playback.devices import FORGOTTEN_MS, MOST, Kind, Wish
from api_queue.playback.pairing import Asked
from api_queue.types import DeviceId, QueueName, Role
from api_queue.web.identity import Caller, Grant
from tests.playback.devices import beat, caller_by, register, removed, told, views
from tests.queues.party import HOST, Party, X, guest, somebody

SPEAKERS_TOKEN = somebody("speaker")


def another_speaker() -> Caller:
    return Caller(None, "10.0.0.9", (Grant("speaker", X, "token-another"),))


@pytest.mark.parametrize(("kind", "role"), [("speaker", "speaker"), ("screen", "screen"), ("remote", "host")])
async def test_the_token_of_a_device_may_what_its_kind_needs(party: Party, kind: Kind, role: Role) -> None:
    made = await register(party, "it", kind=kind)
    caller = await caller_by(party, made.token)
    assert [(grant.role, grant.queue) for grant in caller.grants] == [(role, X)]
    assert await told(party) == [("it", True, False)]


async def test_a_line_is_left_of_each_token_and_who_it_comes_from(party: Party) -> None:
    made = await register(party, "phone", SPEAKERS_TOKEN)
    (line,) = await party.parts.audit.lines()
    assert (line.token_id, line.action, line.queue) == ("token-speaker", "device registered", X)
    assert line.detail == f'{{"device": "{made.view.device.token_id}", "kind": "speaker"}}'


async def test_who_has_no_id_gets_one(party: Party) -> None:
    first, second = [await party.parts.pairing.register(HOST, X, Wish(name="Pi")) for _ in range(2)]
    assert not isinstance(first, Asked)
    assert not isinstance(second, Asked)
    assert first.view.device.device_id != second.view.device.device_id


async def test_registering_again_keeps_the_place_and_ends_the_old_token(party: Party) -> None:
    old = await register(party, "kitchen")
    party.clock.pass_s(1)
    await register(party, "garden")
    party.clock.pass_s(1)
    new = await register(party, "kitchen", platform="arm64")
    assert (old.new, new.new) == (True, False)
    assert list(await views(party)) == ["kitchen", "garden"]
    assert (await views(party))["kitchen"].device.platform == "arm64"
    tokens = [await party.parts.tokens.find(made.token) for made in (old, new)]
    assert [token is not None and token.revoked_at_ms is None for token in tokens] == [False, True]


async def test_a_speaker_with_another_name_keeps_its_seat_and_all_hear_of_it(party: Party) -> None:
    await register(party, "kitchen")
    await party.parts.playback.choose_speaker(X, DeviceId("kitchen"), if_free=False)
    before = await party.parts.queues.queue(X)
    await party.parts.pairing.register(HOST, X, Wish(name="Kitchen sink", device_id=DeviceId("kitchen")))
    after = await party.parts.queues.queue(X)
    assert after.session == replace(before.session, speaker_name="Kitchen sink")
    assert after.rev == before.rev + 1


async def test_a_speaker_that_becomes_a_remote_leaves_its_seat(party: Party) -> None:
    old = await register(party, "kitchen")
    await party.parts.playback.choose_speaker(X, DeviceId("kitchen"), if_free=False)
    new = await register(party, "kitchen", kind="remote")
    assert (new.new, new.view.active) == (False, False)
    assert (await party.parts.queues.queue(X)).session.speaker is None
    token = await party.parts.tokens.find(old.token)
    assert token is not None
    assert token.revoked_at_ms is not None


async def test_of_two_at_once_one_token_is_left(party: Party) -> None:
    both = await asyncio.gather(register(party, "kitchen"), register(party, "kitchen"))
    tokens = [await party.parts.tokens.find(made.token) for made in both]
    live = [token.token_id for token in tokens if token and token.revoked_at_ms is None]
    assert live == [(await views(party))["kitchen"].device.token_id]


async def test_a_speakers_token_registers_speakers_and_nothing_else(party: Party) -> None:
    made = await register(party, "kitchen", SPEAKERS_TOKEN)
    assert made.view.device.owner == "token-speaker"
    asked = await party.parts.pairing.register(SPEAKERS_TOKEN, X, Wish(name="TV", kind="screen"))
    assert isinstance(asked, Asked)
    with pytest.raises(MissingRight):
        await party.parts.pairing.register(SPEAKERS_TOKEN, X, Wish(name="Phone", kind="remote"))


async def test_it_takes_no_device_of_somebody_else_over(party: Party) -> None:
    await register(party, "kitchen", SPEAKERS_TOKEN)
    await register(party, "tv", kind="screen")
    assert not (await register(party, "kitchen", SPEAKERS_TOKEN)).new
    for caller, name in ((another_speaker(), "kitchen"), (SPEAKERS_TOKEN, "tv")):
        with pytest.raises(NotYourDevice):
            await register(party, name, caller)


async def test_a_device_registers_itself_again_and_no_other(party: Party) -> None:
    kitchen = await caller_by(party, (await register(party, "kitchen", SPEAKERS_TOKEN)).token)
    again = await register(party, "kitchen", kitchen)
    assert again.view.device.owner == "token-speaker"
    other = await party.parts.pairing.register(kitchen, X, Wish(name="Other", device_id=DeviceId("other")))
    assert isinstance(other, Asked)


async def test_the_same_id_on_another_queue_is_another_device(party: Party) -> None:
    """Ids of speakers can be seen by everybody: to know one is worth nothing."""
    y = QueueName("y")
    await party.parts.queues.ensure(y, "Y")
    await register(party, "kitchen")
    await party.parts.pairing.register(somebody("host", y), y, Wish(name="Mine", device_id=DeviceId("kitchen")))
    assert (await views(party))["kitchen"].device.name == "kitchen"
    await party.parts.devices.remove(somebody("host", y), y, DeviceId("kitchen"))
    assert list(await views(party)) == ["kitchen"]


async def test_a_queue_that_is_none_has_no_devices(party: Party) -> None:
    nowhere = QueueName("nowhere")
    for caller in (somebody("host", nowhere), guest()):
        with pytest.raises(UnknownQueue):
            await party.parts.pairing.register(caller, nowhere, Wish(name="Pi"))


async def test_a_full_queue_forgets_who_was_away_for_longest_but_nobody_of_today(party: Party) -> None:
    for number in range(MOST):
        await register(party, f"tab-{number}")
    with pytest.raises(DevicesFull):
        await register(party, "kitchen")
    # When all but the first were away for a day
    party.clock.pass_s(FORGOTTEN_MS / 1000)
    await beat(party, HOST, queue=X, device_id=DeviceId("tab-0"))
    await register(party, "kitchen")
    # Then one of the others made room
    there = await views(party)
    assert len(there) == MOST
    assert {"tab-0", "kitchen"} <= set(there)
    # Which is told as if the host had removed it
    assert await removed(party) == ["tab-1"]
    # And who is known needs no room
    assert not (await register(party, "kitchen")).new
    # And of two who find room at the same moment, the second does not get it
    late = replace(there["kitchen"].device, device_id=DeviceId("late"), token_id="late")
    with pytest.raises(DevicesFull):
        await party.parts.device_store.put(late)
