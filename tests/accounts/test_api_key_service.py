"""API keys of the database and of the operator: found, noted, revoked everywhere."""

import asyncio

import pytest
from sqlalchemy import event as sql_event

from api_queue.accounts.api_key_service import ApiKeyService
from api_queue.accounts.api_key_store import SqlApiKeys
from api_queue.accounts.api_keys import program_of, queue_rights
from api_queue.accounts.models import hash_of
from api_queue.accounts.redis_store import RedisRevocations
from api_queue.accounts.resolver import Resolver
from api_queue.errors import BadApiKey, UnknownApiKey
from api_queue.web.identity import Presented
from tests.accounts.house import GUEST, House

LAMPS = queue_rights({"lamps": ["READ", "DELETE"], "fans": ["WRITE"]})


def presented(value: str) -> Presented:
    return Presented(None, None, "192.0.2.1", value)


async def test_a_value_has_160_random_bits_and_only_its_hash_is_kept(house: House) -> None:
    value = await house.api_keys.create("lamps", LAMPS)
    assert value.startswith("aqk_")
    assert len(value) == 4 + 32
    (kept,) = await house.api_keys.keys()
    assert kept == await SqlApiKeys(house.engine).by_hash(hash_of(value))
    assert (kept.program.description, kept.program.queues) == ("lamps", LAMPS)
    assert value[4:] not in repr(kept)


async def test_keys_are_listed_newest_first(house: House) -> None:
    for at_s, description in enumerate(("one", "two", "three")):
        house.clock.ahead_ms = at_s * 1000
        await house.api_keys.create(description, LAMPS)
    assert [key.program.description for key in await house.api_keys.keys()] == ["three", "two", "one"]


async def test_a_key_of_the_operators_is_found_as_one_of_the_database(house: House) -> None:
    house.configured["written down"] = program_of("chosen", "nothing", {})
    house.configured[hash_of("chosen")] = program_of("chosen", "lamps", LAMPS)
    made = await house.api_keys.create("fans", LAMPS)
    found = [await house.api_keys.find(value) for value in ("chosen", made)]
    assert [program.description for program in found if program] == ["lamps", "fans"]


@pytest.mark.parametrize("value", ["", "aqk_", f"aqk_{'a' * 32}", "chosen ", "CHOSEN", "written down", "\udcff", "*"])
async def test_nobody_has_any_other_key(house: House, value: str) -> None:
    house.configured[hash_of("chosen")] = program_of("chosen", "lamps", LAMPS)
    await house.api_keys.create("lamps", LAMPS)
    assert await house.api_keys.find(value) is None


async def test_the_hash_is_no_key(house: House) -> None:
    await house.api_keys.create("lamps", LAMPS)
    (key,) = await house.api_keys.keys()
    assert await house.api_keys.find(key.key_hash) is None


async def test_a_use_is_noted_once_a_minute(house: House) -> None:
    # Given a key that is used at once, after half a minute, and after two
    value = await house.api_keys.create("lamps", LAMPS)
    noted = []
    for at_s in (0, 30, 120):
        house.clock.ahead_ms = at_s * 1000
        await house.api_keys.find(value)
        (key,) = await house.api_keys.keys()
        noted.append(((key.last_used_at_ms or 0) - key.created_at_ms) // 10_000)
    # Then the second one was not worth a write
    assert noted == [0, 0, 12]


async def test_a_known_key_costs_no_sql(house: House) -> None:
    resolver, value, statements = house.resolver(), await house.api_keys.create("lamps", LAMPS), []
    sql_event.listen(house.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    await resolver.resolve(presented(value))
    assert statements
    statements.clear()
    await resolver.resolve(presented(value))
    assert statements == []


async def test_a_key_is_a_program_and_two_keys_are_two(house: House) -> None:
    resolver = house.resolver()
    values = [await house.api_keys.create("lamps", LAMPS) for _ in range(2)]
    one, again, other = [await resolver.resolve(presented(value)) for value in (values[0], *values)]
    assert one == again
    assert (one.role_on(None), one.signed_in, one.program.queues) == ("program", True, LAMPS)
    assert len({caller.guest_id for caller in (one, other)}) == 2  # whose first answers are kept apart by it


async def test_nothing_else_counts_beside_a_key(house: House) -> None:
    admin = await house.token("admin")
    value = await house.api_keys.create("lamps", LAMPS)
    both = await house.resolver().resolve(Presented(GUEST, admin, "192.0.2.1", value))
    assert both.role_on(None) == "program"
    with pytest.raises(BadApiKey):
        await house.resolver().resolve(Presented(GUEST, admin, "192.0.2.1", "wrong"))


async def test_a_revocation_reaches_another_worker_at_once(house: House) -> None:
    # Given a worker that knows a key
    value, resolver, heard = await house.api_keys.create("lamps", LAMPS), house.resolver(), asyncio.Event()
    following = asyncio.create_task(_follow(house, resolver, heard))
    await heard.wait()  # it has subscribed
    await resolver.resolve(presented(value))
    heard.clear()
    # When the key is revoked by a command line far away
    keys = ApiKeyService(SqlApiKeys(house.engine), {}, RedisRevocations(house.redis), house.clock)
    await keys.revoke(hash_of(value)[:12])
    # Then the worker forgets it without waiting for its memory to run out
    async with asyncio.timeout(30):
        await heard.wait()
    with pytest.raises(BadApiKey):
        await resolver.resolve(presented(value))
    following.cancel()
    await asyncio.wait([following])


async def _follow(house: House, resolver: Resolver, heard: asyncio.Event) -> None:
    def forget() -> None:
        resolver.forget()
        heard.set()

    await RedisRevocations(house.redis).follow(forget)


async def test_a_second_revocation_does_not_change_when_the_first_was(house: House) -> None:
    value = await house.api_keys.create("lamps", LAMPS)
    for at_s in (1, 60):
        house.clock.ahead_ms = at_s * 1000
        await house.api_keys.revoke(hash_of(value)[:12])
    (key,) = await house.api_keys.keys()
    assert (key.revoked_at_ms or 0) - key.created_at_ms < 60_000


async def test_what_is_not_there_is_not_revoked(house: House) -> None:
    with pytest.raises(UnknownApiKey, match="no API key 'none'"):
        await house.api_keys.revoke("none")
