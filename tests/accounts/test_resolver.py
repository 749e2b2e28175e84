"""From what a request presents to who calls, without a server."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_queue.accounts import resolver as module
from api_queue.accounts.models import hash_of, new_token
from api_queue.accounts.resolver import Resolver
from api_queue.accounts.store import SqlTokens
from api_queue.errors import BadCredential, CountedToken, WeakSessionId
from api_queue.settings import Settings
from api_queue.web.identity import Presented
from tests.accounts.house import GUEST, OTHER, PARTY, House

HERE = "192.0.2.1"


def guest(session: str | None, address: str = HERE) -> Presented:
    return Presented(session, None, address)


@pytest.fixture
def resolver(house: House) -> Resolver:
    return house.resolver()


@pytest.fixture
def demo(house: House) -> Resolver:
    """Of a server that anybody tries out."""
    house.settings = Settings(profile="demo")
    return house.resolver()


# -- guests ----------------------------------------------------------------------------------------------------


async def test_nobody_is_nobody(resolver: Resolver) -> None:
    caller = await resolver.resolve(guest(None))
    assert (caller.guest_id, caller.grants, caller.address) == (None, (), HERE)


async def test_a_guest_is_the_same_everywhere_and_after_a_restart(house: House, resolver: Resolver) -> None:
    ids = {(await each.resolve(guest(GUEST, at))).guest_id for each in (resolver, house.resolver()) for at in "ab"}
    assert len(ids) == 1


async def test_a_public_id_does_not_tell_the_session_behind_it(resolver: Resolver) -> None:
    caller = await resolver.resolve(guest(GUEST))
    assert caller.guest_id
    assert len(caller.guest_id) == 16
    assert caller.guest_id not in {GUEST[:16], hash_of(GUEST)[:16]}


async def test_a_new_guest_is_who_they_are_when_they_come_back(resolver: Resolver) -> None:
    new = resolver.new_guest(HERE)
    again = await resolver.resolve(guest(new.new_session_id))
    assert again.guest_id == new.guest_id
    assert again.new_session_id is None


def test_no_two_new_guests_are_the_same(resolver: Resolver) -> None:
    assert len({resolver.new_guest(HERE).guest_id for _ in range(100)}) == 100


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.from_regex(r"[A-Za-z0-9_-]{16,128}", fullmatch=True).filter(lambda text: not text.startswith("aq_")))
async def test_a_session_of_16_letters_and_more_may_be_chosen(resolver: Resolver, session: str) -> None:
    assert (await resolver.resolve(guest(session))).guest_id


@pytest.mark.parametrize("session", ["test", "x" * 15, "x" * 129, "sixteen letters!", "ä" * 20, "x" * 16 + "\n"])
async def test_one_that_others_could_guess_is_refused(resolver: Resolver, session: str) -> None:
    with pytest.raises(WeakSessionId):
        await resolver.resolve(guest(session))


async def test_the_demo_takes_short_ones(demo: Resolver) -> None:
    caller = await demo.resolve(guest("test"))
    assert caller.guest_id
    assert not caller.signed_in


@pytest.mark.parametrize("session", ["", "two words", "x" * 129, "a;b"])
async def test_but_not_just_anything(demo: Resolver, session: str) -> None:
    with pytest.raises(WeakSessionId):
        await demo.resolve(guest(session))


async def test_guests_who_come_and_go_do_not_fill_the_memory(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_GUESTS", 10)
    for number in range(35):
        await resolver.resolve(guest(f"a-phone-in-the-room-{number}"))
        assert len(resolver._guests) <= 10


async def test_a_guest_who_is_known_is_the_same_object(resolver: Resolver) -> None:
    assert await resolver.resolve(guest(GUEST)) is await resolver.resolve(guest(GUEST))


# -- tokens ----------------------------------------------------------------------------------------------------


async def test_a_token_that_is_known_is_never_remembered_as_a_guest(house: House, resolver: Resolver) -> None:
    value = await house.token("host", PARTY)
    await resolver.resolve(guest(value))
    assert resolver._guests == {}


async def test_the_owner_of_items_is_the_token_however_it_came(house: House, resolver: Resolver) -> None:
    value = await house.token("host", PARTY)
    callers = [await resolver.resolve(seen) for seen in (guest(value), Presented(None, value, HERE))]
    assert callers[0].guest_id == callers[1].guest_id is not None


async def test_a_signed_in_phone_keeps_its_own_guest(house: House, resolver: Resolver) -> None:
    value = await house.token("host", PARTY)
    alone = await resolver.resolve(guest(GUEST))
    both = await resolver.resolve(Presented(GUEST, value, HERE))
    assert both.guest_id == alone.guest_id
    assert both.role_on(PARTY) == "host"


async def test_two_tokens_at_once_are_two_grants(house: House, resolver: Resolver) -> None:
    helper, host = await house.token("helper", PARTY), await house.token("host", OTHER)
    caller = await resolver.resolve(Presented(helper, host, HERE))
    assert (caller.role_on(PARTY), caller.role_on(OTHER), caller.role_on(None)) == ("helper", "host", "guest")


async def test_one_bad_credential_spoils_the_good_one(house: House, resolver: Resolver) -> None:
    value = await house.token("host", PARTY)
    with pytest.raises(BadCredential):
        await resolver.resolve(Presented(value, f"aq_{'a' * 32}", HERE))


async def test_a_known_token_ends_on_the_millisecond(house: House, resolver: Resolver) -> None:
    # Given a token of a minute that this worker has just read
    value = await house.token("host", PARTY, ttl_s=60)
    await resolver.resolve(guest(value))
    house.clock.ahead_ms = 60_000
    # Then it is not good for as long as it is remembered
    with pytest.raises(BadCredential):
        await resolver.resolve(guest(value))


async def test_a_counted_token_opens_nothing_without_being_swapped(house: House, resolver: Resolver) -> None:
    value = await house.token("host", PARTY, max_uses=3)
    for seen in (guest(value), Presented(None, value, HERE)):
        with pytest.raises(CountedToken):
            await resolver.resolve(seen)


async def test_the_demos_admin_is_nobody_elsewhere(house: House, resolver: Resolver) -> None:
    """Even with the token in the database: the word is no token there."""
    await SqlTokens(house.engine).add(new_token("admin", "admin", None, house.clock.now_ms()))
    with pytest.raises(WeakSessionId):
        await resolver.resolve(guest("admin"))
    with pytest.raises(BadCredential):
        await resolver.resolve(Presented(None, "admin", HERE))


async def test_in_the_demo_it_is_the_admin(house: House, demo: Resolver) -> None:
    await house.tokens.add_demo_admin()
    assert (await demo.resolve(guest("admin"))).role_on(None) == "admin"
