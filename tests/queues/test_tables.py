"""Where guests sit, and that moving to another table gains nothing."""

import pytest

from api_queue.errors import TableCharged
from api_queue.queues.keys import key
from tests.queues.party import Party, X, guest


async def test_a_guest_sits_where_they_say_and_stays_there(party: Party) -> None:
    for table, then in (("7", "7"), (None, "7"), ("Bar", "Bar"), ("", "")):
        assert await party.parts.joins.join(X, guest("ana"), table=table) == then
    assert await party.parts.redis.call("HGETALL", key(X, "joined")) == {"ana": ""}


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


async def test_a_table_cannot_be_changed_while_one_plays(party: Party) -> None:
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
