"""A device without rights shows a code; the host who sees it lets it in, once and in time."""

import asyncio

import pytest

from api_queue.errors import (
    ClaimOver,
    MissingRight,
    PairingRefused,
    PairingsFull,
    RateLimited,
    UnknownPairing,
    UnknownQueue,
)
from api_queue.playback.devices import Registered, Wish
from api_queue.playback.pairing import MOST_WAITING, WAITS_MS, Asked
from api_queue.types import DeviceId, GuestId
from api_queue.web.identity import Caller
from tests.playback.devices import caller_by, register, views
from tests.queues.party import HOST, Party, X, guest, somebody


async def ask(party: Party, name: str = "Pi", address: str = "10.0.0.1", device_id: str | None = None) -> Asked:
    wish = Wish(name=name, device_id=DeviceId(device_id) if device_id else None)
    asked = await party.parts.pairing.register(Caller(GuestId("g"), address), X, wish)
    assert isinstance(asked, Asked)
    assert asked.claim is not None
    return asked


async def claim(party: Party, asked: Asked) -> Registered | Asked:
    assert asked.claim is not None
    return await party.parts.pairing.claim(guest(), asked.claim)


async def let_in(party: Party, asked: Asked) -> None:
    await party.parts.pairing.let_in(X, asked.pairing.code, HOST)


async def test_who_was_let_in_gets_its_token_once(party: Party) -> None:
    asked = await ask(party, device_id="pi")
    assert [p.code for p in await party.parts.pairing.waiting(X)] == [asked.pairing.code]
    waiting = await claim(party, asked)
    assert isinstance(waiting, Asked)
    assert waiting.claim is None
    await let_in(party, asked)
    assert await party.parts.pairing.waiting(X) == []
    made = await claim(party, asked)
    assert isinstance(made, Registered)
    assert made.view.device.device_id == "pi"
    assert (await caller_by(party, made.token)).role_on(X) == "speaker"
    with pytest.raises(ClaimOver):
        await claim(party, asked)


async def test_who_was_refused_hears_so_and_the_host_may_change_their_mind(party: Party) -> None:
    asked = await ask(party)
    await party.parts.pairing.refuse(X, asked.pairing.code)
    assert await party.parts.pairing.waiting(X) == []
    with pytest.raises(PairingRefused):
        await claim(party, asked)
    await party.parts.pairing.let_in(X, asked.pairing.code.lower(), HOST)
    assert isinstance(await claim(party, asked), Registered)


async def test_after_ten_minutes_it_is_too_late(party: Party) -> None:
    first, second = await ask(party), await ask(party)
    await let_in(party, first)
    party.clock.pass_s(WAITS_MS / 1000)
    with pytest.raises(ClaimOver):
        await claim(party, first)
    with pytest.raises(UnknownPairing):
        await let_in(party, second)
    assert await party.parts.pairing.waiting(X) == []


async def test_a_remote_is_not_let_in_by_a_code(party: Party) -> None:
    for caller in (guest(), somebody("helper"), somebody("screen")):
        with pytest.raises(MissingRight):
            await party.parts.pairing.register(caller, X, Wish(name="Phone", kind="remote"))


async def test_nobody_is_let_in_in_the_place_of_a_device_that_is_there(party: Party) -> None:
    await register(party, "kitchen")
    asked = await ask(party, "Kitchen", device_id="kitchen")
    await let_in(party, asked)
    made = await claim(party, asked)
    assert isinstance(made, Registered)
    assert made.view.device.device_id != "kitchen"
    assert len(await views(party)) == 2


async def test_no_more_than_twenty_wait_and_those_whose_time_is_over_make_room(party: Party) -> None:
    for number in range(MOST_WAITING):
        await ask(party, address=f"10.0.1.{number}")
    with pytest.raises(PairingsFull):
        await ask(party, address="10.0.2.1")
    # One that was refused makes room at once
    await party.parts.pairing.refuse(X, (await party.parts.pairing.waiting(X))[0].code)
    await ask(party, address="10.0.2.2")
    party.clock.pass_s(WAITS_MS / 1000)
    await ask(party, address="10.0.2.3")
    assert len(await party.parts.pairing_store.pairings(X)) == 1


async def test_one_address_cannot_keep_the_others_out(party: Party) -> None:
    at_once = party.parts.settings.rate_pairings_per_10_minutes
    for _ in range(at_once):
        await ask(party)
    with pytest.raises(RateLimited):
        await ask(party)
    # Not even with those that the next ten minutes bring
    assert 2 * at_once < MOST_WAITING


async def test_two_with_one_code_are_not_mixed_up(party: Party) -> None:
    """A code is 30 bits: that two are the same does happen, in the end."""
    asked = await ask(party)
    now_ms = party.clock.now_ms()
    assert await party.parts.pairing_store.ask(X, asked.pairing, now_ms) == "taken"


@pytest.mark.parametrize("text", ["", "x", "x.", "x.abc", ".abc", "x." + "a" * 32, "nowhere." + "a" * 32])
async def test_a_claim_that_is_none(party: Party, text: str) -> None:
    await ask(party)
    with pytest.raises((ClaimOver, UnknownQueue)):
        await party.parts.pairing.claim(guest(), text)


async def test_who_guesses_claims_is_slowed_down_like_who_guesses_logins(party: Party) -> None:
    for _ in range(party.parts.settings.rate_logins_per_minute):
        with pytest.raises(ClaimOver):
            await party.parts.pairing.claim(guest(), "x.abc")
    with pytest.raises(RateLimited):
        await party.parts.pairing.claim(guest(), "x.abc")


async def test_a_host_who_decides_on_nobody_is_told(party: Party) -> None:
    with pytest.raises(UnknownPairing):
        await party.parts.pairing.let_in(X, "ABC123", HOST)


async def test_of_two_claims_at_once_one_gets_the_device(party: Party) -> None:
    asked = await ask(party)
    await let_in(party, asked)
    both = await asyncio.gather(claim(party, asked), claim(party, asked), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in both) == ["ClaimOver", "Registered"]
    assert len(await views(party)) == 1


async def test_a_queue_that_is_deleted_takes_the_requests_with_it(party: Party) -> None:
    asked = await ask(party)
    await party.parts.queues.delete(X)
    await party.parts.queues.ensure(X, "X")
    with pytest.raises(ClaimOver):
        await claim(party, asked)
