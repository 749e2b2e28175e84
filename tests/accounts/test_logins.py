"""Families of refresh tokens: one is good at a time, and a copy ends them all."""

import asyncio

import pytest

from api_queue.accounts.models import SignedIn
from api_queue.accounts.store import LOGINS, SqlLogins
from api_queue.errors import BadCredential
from tests.accounts.house import PARTY, House

DAY_MS = 86_400_000


@pytest.fixture
async def first(house: House) -> SignedIn:
    token, _ = await house.tokens.create("host", PARTY)
    return await house.logins.start(token)


async def renews(house: House, refresh: str) -> bool:
    try:
        await house.logins.renew(refresh)
    except BadCredential:
        return False
    return True


async def test_each_renewal_is_a_new_secret_of_the_same_login(house: House, first: SignedIn) -> None:
    chain = [first]
    for _ in range(5):
        chain.append(await house.logins.renew(chain[-1].refresh))
    assert {signed_in.login_id for signed_in in chain} == {first.login_id}
    assert len({signed_in.refresh for signed_in in chain}) == 6
    assert {signed_in.token.token_id for signed_in in chain} == {first.token.token_id}


async def test_of_many_at_once_with_one_token_not_two_get_the_next(house: House, first: SignedIn) -> None:
    # When five present the same refresh token at the same time
    answers = await asyncio.gather(*(renews(house, first.refresh) for _ in range(5)))
    # Then at most one was served, and the login is over for whoever it was
    assert answers.count(True) <= 1
    assert await house.logins.live(first.login_id) is None


@pytest.mark.parametrize("age", [1, 2, 3])
async def test_any_old_token_that_comes_back_ends_the_newest(house: House, first: SignedIn, age: int) -> None:
    # Given a login that was renewed three times
    chain = [first]
    for _ in range(3):
        chain.append(await house.logins.renew(chain[-1].refresh))
    # When one from before is presented
    assert not await renews(house, chain[-1 - age].refresh)
    # Then the newest is good no more
    assert not await renews(house, chain[-1].refresh)


async def test_a_guessed_secret_ends_the_login_too(house: House, first: SignedIn) -> None:
    assert not await renews(house, f"{first.login_id}.{'a' * 32}")
    assert not await renews(house, first.refresh)


async def test_another_login_of_the_same_token_goes_on(house: House, first: SignedIn) -> None:
    other = await house.logins.start(first.token)
    await house.logins.end(first.login_id)
    assert not await renews(house, first.refresh)
    assert await renews(house, other.refresh)


@pytest.mark.parametrize("refresh", ["", ".", "x", ".x", "x.", "a.b.c", "'; DROP TABLE logins; --.x"])
async def test_what_is_no_refresh_token_harms_nobody(house: House, first: SignedIn, refresh: str) -> None:
    assert not await renews(house, refresh)
    assert await renews(house, first.refresh)


async def test_a_renewal_begins_its_days_anew(house: House, first: SignedIn) -> None:
    days = house.settings.jwt_refresh_days
    # Given a login that is renewed on its last day
    house.clock.ahead_ms = days * DAY_MS - 60_000
    second = await house.logins.renew(first.refresh)
    # Then it lives as long again, and no longer
    house.clock.ahead_ms += days * DAY_MS - 60_000
    assert await house.logins.live(first.login_id)
    house.clock.ahead_ms += 60_000
    assert not await renews(house, second.refresh)


async def test_all_of_one_token_end_together_and_only_those(house: House, first: SignedIn) -> None:
    token, _ = await house.tokens.create("host", PARTY)
    same, another = await house.logins.start(first.token), await house.logins.start(token)
    await house.logins.end_everywhere(first.login_id)
    assert [await renews(house, each.refresh) for each in (first, same, another)] == [False, False, True]


async def test_a_login_that_is_over_ends_no_others(house: House, first: SignedIn) -> None:
    """An old JWT that was found somewhere is not a way to log its owner out."""
    other = await house.logins.start(first.token)
    await house.logins.end(first.login_id)
    await house.logins.end_everywhere(first.login_id)
    assert await renews(house, other.refresh)


async def test_the_secret_itself_is_kept_nowhere(house: House, first: SignedIn) -> None:
    login = await SqlLogins(house.engine).login(first.login_id)
    assert login
    assert first.refresh.partition(".")[2] not in repr(login)


async def test_logins_that_ran_out_are_swept_by_the_next_one(house: House, first: SignedIn) -> None:
    house.clock.ahead_ms = house.settings.jwt_refresh_days * DAY_MS
    await house.logins.start(first.token)
    async with house.engine.connect() as connection:
        assert len((await connection.execute(LOGINS.select())).all()) == 1


async def test_a_revoked_token_renews_nothing(house: House, first: SignedIn) -> None:
    await house.tokens.revoke(first.token.token_id)
    assert not await renews(house, first.refresh)


async def test_the_end_keeps_its_first_time(house: House, first: SignedIn) -> None:
    await house.logins.end(first.login_id)
    store = SqlLogins(house.engine)
    ended = await store.login(first.login_id)
    house.clock.ahead_ms = 60_000
    await house.logins.end(first.login_id)
    assert await store.login(first.login_id) == ended


async def test_a_refresh_token_names_its_login_only_while_it_is_the_newest(house: House, first: SignedIn) -> None:
    second = await house.logins.renew(first.refresh)
    assert await house.logins.login_of(second.refresh) == first.login_id
    for other in (first.refresh, f"{first.login_id}.{'a' * 32}", first.login_id, "", "a.b"):
        assert await house.logins.login_of(other) is None


async def test_only_what_ends_something_is_told_to_the_other_workers(house: House, first: SignedIn) -> None:
    async with house.redis.pubsub() as channel:
        await channel.subscribe("accounts:revoked")
        await channel.get_message(timeout=2)  # that we are subscribed
        # When a login ends, then one that has ended, and one that never was
        for login_id in (first.login_id, first.login_id, "nobody"):
            await house.logins.end(login_id)
            await house.logins.end_everywhere(login_id)
        # Then that was said once
        assert await channel.get_message(timeout=2)
        assert await channel.get_message(timeout=0.1) is None
