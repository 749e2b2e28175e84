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
    TableCharged,
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
    assert await party.parts.redis.call("KEYS", "q:{nowhere}:*") == []


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


# -- tables ----------------------------------------------------------------------------------------------------


async def test_a_guest_sits_where_they_say_and_stays_there(party: Party) -> None:
    for table, then in (("7", "7"), (None, "7"), ("Bar", "Bar"), ("", "")):
        assert await party.parts.joins.join(X, guest("ana"), table=table) == then
    assert await joined(party) == {"ana": ""}


async def test_the_host_sees_how_many_sit_at_each_table(party: Party) -> None:
    for name, table in (("ana", "7"), ("bo", "7"), ("cy", "Bar"), ("di", "")):
        await party.parts.joins.join(X, guest(name), table=table)
    assert (await party.parts.joins.joining(X)).tables == {"7": 2, "Bar": 1}


@pytest.mark.parametrize("first", [None, "", "7"])
async def test_a_table_cannot_be_changed_while_an_item_waits(party: Party, first: str | None) -> None:
    # Given a guest with two waiting items, who sat at this table, at none, or never joined
    if first is not None:
        await party.parts.joins.join(X, guest("ana"), table=first)
    placed = [await party.add(by=guest("ana")) for _ in range(2)]
    # When they go to another, they are told why not
    with pytest.raises(TableCharged, match="waiting or playing \\(2\\)") as refused:
        await party.parts.joins.join(X, guest("ana"), table="8")
    assert refused.value.facts["waiting"] == 2
    # Then they may join where they are, and move when nothing waits
    assert await party.parts.joins.join(X, guest("ana"), table=first) == (first or "")
    for item in placed:
        await party.parts.items.remove(X, item.item.id, guest("ana"))
    assert await party.parts.joins.join(X, guest("ana"), table="8") == "8"


async def test_nor_while_one_plays(party: Party) -> None:
    """Should it be skipped, the turn goes back to the table that it was charged to."""
    await party.parts.joins.join(X, guest("ana"), table="7")
    await party.add(by=guest("ana"))
    await party.press("play")
    with pytest.raises(TableCharged, match="playing \\(1\\)"):
        await party.parts.joins.join(X, guest("ana"), table="8")
    await party.press("next")
    assert await party.parts.joins.join(X, guest("ana"), table="8") == "8"


async def test_the_items_of_others_hold_nobody_at_a_table(party: Party) -> None:
    await party.add(by=guest("bo"))
    await party.parts.joins.join(X, guest("ana"), table="7")
    assert await party.parts.joins.join(X, guest("ana"), table="8") == "8"


@pytest.mark.parametrize(("own", "table", "then"), [("1", "5", "5"), ("3.5", "2", "3.5"), (None, "5", None)])
async def test_who_has_had_turns_takes_along_those_of_the_old_table(
    party: Party, own: str | None, table: str, then: str | None
) -> None:
    # Given turns of a guest, if any, and of their table
    await party.parts.joins.join(X, guest("ana"), table="7")
    turns = {"g:7": table, "g:8": "0"} | ({"o:ana": own} if own else {})
    await party.parts.redis.call("HSET", key(X, "turns"), *(part for pair in turns.items() for part in pair))
    # When they go to another table, then they have had as many as the one they leave, and the tables what they had
    await party.parts.joins.join(X, guest("ana"), table="8")
    kept = await party.parts.redis.call("HGETALL", key(X, "turns"))
    assert kept == {"g:7": table, "g:8": "0"} | ({"o:ana": then} if then else {})


async def test_nobody_comes_earlier_for_going_to_an_empty_table(party: Party) -> None:
    # Given a table of two in a fair queue, where one has sung and the other has had most of the turns
    await party.set(order="fair", coming_soon_count=0)
    ana, bo = guest("ana"), guest("bo")
    for each in (ana, bo):
        await party.parts.joins.join(X, each, table="7")
    await party.add("Ana", ana)
    for _ in range(3):
        await party.add("Bo", bo)
    for button in ("play", "next"):
        await party.press(button)

    async def round_of_next_song() -> float:
        placed = await party.add("Ana", ana)
        score = float(await party.parts.redis.call("ZSCORE", key(X, "order"), placed.item.id))
        await party.parts.items.remove(X, placed.item.id, ana)
        return score

    # When she asks for the next song where she is, and again at a table where nobody sits
    there = await round_of_next_song()
    await party.parts.joins.join(X, ana, table="8")
    # Then it is of the same round
    assert await round_of_next_song() == there > 0


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
