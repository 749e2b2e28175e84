"""Joining, with real keys behind it."""

import asyncio
from pathlib import Path

import pytest

from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.drivers.redis import connect
from api_queue.errors import (
    JoinCodeNeeded,
    MissingCredential,
    RateLimited,
    SessionEnded,
    UnknownQueue,
    WrongJoinCode,
)
from api_queue.parts import Parts
from api_queue.queues.join_store import RedisJoins
from api_queue.queues.joining import JoinCode, Seat
from api_queue.queues.keys import key
from api_queue.queues.settings import QueueSettings
from api_queue.types import GuestId, QueueName
from api_queue.web.identity import Caller
from tests.engines.keys import keys_like
from tests.house import house_settings
from tests.queues.builders import NOW
from tests.queues.party import ADMIN, HOST, Party, X, guest, somebody

NOWHERE = QueueName("nowhere")
HOURS = 3600


async def code_of(party: Party) -> str:
    return (await party.parts.joins.joining(X)).code.code


def wrong(code: str) -> str:
    return ("1" if code[0] == "0" else "0") + code[1:]


async def joined(party: Party) -> dict[str, str]:
    kept: dict[str, str] = await party.parts.redis.call("HGETALL", key(X, "joined"))
    return kept


# -- the code --------------------------------------------------------------------------------------------------


async def test_a_queue_has_one_code_until_the_night_is_over(party: Party) -> None:
    first = await party.parts.joins.joining(X)
    party.clock.pass_s(24 * HOURS - 1)
    assert (await party.parts.joins.joining(X)).code == first.code
    party.clock.pass_s(1)
    second = (await party.parts.joins.joining(X)).code
    assert second.code != first.code.code
    assert second.expires_at_ms == party.clock.now_ms() + 24 * HOURS * 1000


async def test_asked_for_at_once_by_all_screens_it_is_one_code(party: Party) -> None:
    seen = await asyncio.gather(*(party.parts.joins.joining(X) for _ in range(10)))
    assert len({joining.code.code for joining in seen}) == 1


async def test_a_new_code_ends_the_old_one_and_nobody_has_to_join_again(party: Party) -> None:
    await party.set(join="code")
    old = await code_of(party)
    await party.parts.joins.join(X, guest("ana"), old)
    new = (await party.parts.joins.joining(X, anew=True)).code.code
    with pytest.raises(WrongJoinCode):
        await party.parts.joins.join(X, guest("bo"), old)
    await party.parts.joins.join(X, guest("bo"), new)
    assert await party.parts.joins.join(X, guest("ana"), table="7") == "7"


async def test_the_code_of_another_queue_is_not_this_ones(party: Party) -> None:
    await party.parts.queues.create("named", "hall", {}, ADMIN)
    foreign = (await party.parts.joins.joining(QueueName("hall"))).code.code
    await code_of(party)
    with pytest.raises(WrongJoinCode, match="'x'"):
        await party.parts.joins.join(X, guest(), foreign)


async def test_a_code_that_nobody_was_ever_shown_cannot_be_right(party: Party) -> None:
    with pytest.raises(WrongJoinCode):
        await party.parts.joins.join(X, guest(), "000000")


async def test_the_link_carries_the_code_where_it_is_needed_and_for_who_shows_it(party: Party) -> None:
    shown = {role: await party.parts.joins.code_for(X, somebody(role)) for role in ("host", "helper", "screen")}
    assert set(shown.values()) == {None}
    await party.set(join="code")
    code = (await party.parts.joins.joining(X)).code
    for role in ("admin", "host", "helper", "screen"):
        assert await party.parts.joins.code_for(X, somebody(role)) == code
    for caller in (guest(), somebody("speaker"), somebody("member", None), somebody("host", QueueName("hall"))):
        assert await party.parts.joins.code_for(X, caller) is None


# -- who may come in -------------------------------------------------------------------------------------------


async def test_who_has_the_code_joins_and_who_has_none_is_told_where_it_is(party: Party) -> None:
    await party.set(join="code")
    with pytest.raises(JoinCodeNeeded, match="big screen"):
        await party.parts.joins.join(X, guest("ana"))
    assert await joined(party) == {}
    code = await code_of(party)
    assert await party.parts.joins.join(X, guest("ana"), f" {code[:3]}-{code[3:].lower()} ") == ""
    assert await joined(party) == {"ana": ""}


async def test_a_wrong_code_lets_nobody_in_though_none_is_needed(party: Party) -> None:
    with pytest.raises(WrongJoinCode):
        await party.parts.joins.join(X, guest(), wrong(await code_of(party)))
    assert await joined(party) == {}


async def test_a_code_that_has_expired_lets_nobody_in(party: Party) -> None:
    code = await code_of(party)
    party.clock.pass_s(24 * HOURS)
    with pytest.raises(WrongJoinCode):
        await party.parts.joins.join(X, guest(), code)


async def test_another_cookie_has_to_join_again(party: Party) -> None:
    await party.set(join="code")
    await party.parts.joins.join(X, guest("ana"), await code_of(party))
    with pytest.raises(JoinCodeNeeded):
        await party.parts.joins.join(X, guest("ana-again"), table="7")


@pytest.mark.parametrize("role", ["helper", "host", "admin"])
async def test_who_shows_the_code_needs_none(party: Party, role: str) -> None:
    await party.set(join="code")
    assert await party.parts.joins.join(X, somebody(role), table="bar") == "bar"  # type: ignore[arg-type]


async def test_nobody_joins_without_a_session_or_where_there_is_no_queue(party: Party) -> None:
    with pytest.raises(MissingCredential):
        await party.parts.joins.join(X, Caller(None, "10.0.0.1"))
    for attempt in (party.parts.joins.join(NOWHERE, guest()), party.parts.joins.joining(NOWHERE)):
        with pytest.raises(UnknownQueue):
            await attempt


async def test_a_queue_that_goes_meanwhile_leaves_no_keys(party: Party) -> None:
    joins = RedisJoins(party.parts.redis)
    for attempt in (
        joins.join(NOWHERE, Seat(GuestId("ana"), True, "", True)),
        joins.code(NOWHERE, JoinCode.new(NOW), NOW, anew=False),
    ):
        with pytest.raises(UnknownQueue):
            await attempt
    assert await keys_like(party.parts.redis, "q:{nowhere}:*") == []


# -- guessing --------------------------------------------------------------------------------------------------


async def test_the_eleventh_wrong_code_has_to_wait_and_so_has_the_right_one(party: Party) -> None:
    right = await code_of(party)
    for _ in range(10):
        with pytest.raises(WrongJoinCode):
            await party.parts.joins.join(X, guest("eve"), wrong(right))
    with pytest.raises(RateLimited) as refused:
        await party.parts.joins.join(X, guest("eve"), right)
    party.clock.pass_s(int(str(refused.value.facts["retry_after"])))
    assert await party.parts.joins.join(X, guest("eve"), right) == ""


async def test_neither_another_cookie_nor_another_address_gives_more_guesses(party: Party) -> None:
    code = wrong(await code_of(party))
    attempts = [party.parts.joins.join(X, guest(f"eve-{n}"), code) for n in range(50)]  # of one address
    refused = await asyncio.gather(*attempts, return_exceptions=True)
    assert [type(error) for error in refused].count(WrongJoinCode) == 10
    moving = [Caller(GuestId("eve"), f"10.1.0.{n}") for n in range(50)]
    refused = await asyncio.gather(
        *(party.parts.joins.join(X, caller, code) for caller in moving), return_exceptions=True
    )
    assert [type(error) for error in refused].count(WrongJoinCode) == 10


async def test_a_whole_party_behind_one_address_joins_at_once(party: Party) -> None:
    code = await code_of(party)
    await asyncio.gather(*(party.parts.joins.join(X, guest(f"g{n}"), code) for n in range(50)))
    assert len(await joined(party)) == 50


# -- what lasts, and what ends ---------------------------------------------------------------------------------


async def test_another_worker_knows_who_has_joined(party: Party) -> None:
    await party.set(join="code")
    await party.parts.joins.join(X, guest("ana"), await code_of(party), "7")
    other = Parts(party.parts.settings, party.clock)
    try:
        assert await other.joins.join(X, guest("ana")) == "7"
        assert (await other.joins.joining(X)).code.code == await code_of(party)
    finally:
        await other.close()


async def test_a_restart_of_redis_keeps_code_and_joins(tmp_path: Path) -> None:
    # Given a queue on a Redis of its own, with a guest who has joined
    server = EmbeddedRedis(tmp_path, "always")
    server.start()
    parts = Parts(house_settings(server.url, tmp_path))
    await parts.queue_store.create(X, "named", QueueSettings(join="code"), NOW)
    code = (await parts.joins.joining(X)).code
    await parts.joins.join(X, guest("ana"), code.code, "7")
    await parts.close()
    # When that is started again, then all of it is there
    server.stop()
    server = EmbeddedRedis(tmp_path, "always")
    server.start()
    again = connect(server.url)
    try:
        assert await RedisJoins(again).known_code(X) == code
        assert await RedisJoins(again).tables(X) == {"7": 1}
    finally:
        await again.close()
        server.stop()


async def test_the_end_of_the_party_ends_the_sessions_of_who_joined_and_the_code(party: Party) -> None:
    # Given a guest who only joined, and a window that somebody was given
    await party.set(join="code")
    code = await code_of(party)
    await party.parts.joins.join(X, guest("ana"), code, "7")
    await party.parts.redis.call("HSET", key(X, "tokens"), "last", str(NOW))
    # When the party ends
    assert await party.parts.guests.end(X) == 1
    # Then their session is over, and the code with it, for everybody
    with pytest.raises(SessionEnded):
        await party.parts.joins.join(X, guest("ana"))
    with pytest.raises(WrongJoinCode):
        await party.parts.joins.join(X, guest("new"), code)
    assert await party.parts.redis.call("EXISTS", key(X, "joined"), key(X, "code"), key(X, "tokens")) == 0
    # And the next party has another
    assert await code_of(party) != code


async def test_the_end_of_one_party_is_not_that_of_another(party: Party) -> None:
    hall = QueueName("hall")
    await party.parts.queues.create("named", hall, {"join": "code"}, ADMIN)
    code = (await party.parts.joins.joining(hall)).code.code
    await party.parts.joins.join(hall, guest("ana"), code)
    await party.parts.guests.end(X)
    assert await party.parts.joins.join(hall, guest("ana")) == ""
    assert await party.parts.joins.join(hall, guest("bo"), code) == ""


async def test_a_host_who_sat_down_comes_back_after_the_end(party: Party) -> None:
    await party.parts.joins.join(X, HOST, table="bar")
    assert await party.parts.guests.end(X) == 0
    assert await party.parts.joins.join(X, HOST, table="bar") == "bar"


async def test_code_and_joins_go_with_the_queue(party: Party) -> None:
    code = await code_of(party)
    await party.parts.joins.join(X, guest("ana"), code)
    await party.parts.queues.delete(X)
    assert await party.parts.redis.call("EXISTS", key(X, "joined"), key(X, "code")) == 0
