"""Why an item stands where it does: the sentences, and the route that everybody may ask."""

import pytest

from api_queue.errors import UnknownItem
from api_queue.queues.changes import Changes
from api_queue.queues.refusals import clock_text
from api_queue.types import ItemId
from tests.house import House
from tests.queues.party import HOST, Party, X, guest


async def test_in_a_fair_queue_the_turns_say_it(party: Party) -> None:
    # Given Ana, who has a song on and one that waits, and Bob, who came later
    await party.set(order="fair", coming_soon_count=0)
    for _ in range(3):
        third = await party.add("Ana", guest("ana"))
    await party.add("Bob", guest("bob"))
    await party.press("play")
    # When her third is asked about
    why = await party.parts.why.why(X, third.item.id)
    # Then it says what she had, and what goes before
    assert why.sentences[0] == "It is number 3 of 3 that wait."
    assert why.sentences[1] == "Ana has had 2 turns before it: sung tonight, or waiting."
    assert (why.turns, why.score, why.position) == (2, 2, 3)
    assert [item.performer_name for item in why.ahead] == ["Bob", "Ana"]


async def test_another_name_is_seen_through(party: Party) -> None:
    await party.set(order="fair")
    await party.add("Ana", guest("ana"))
    other = await party.add("Zed", guest("ana"))
    why = await party.parts.why.why(X, other.item.id)
    assert "Who added it has had one turn before it: sung tonight, or waiting." in why.sentences


async def test_a_latecomer_is_told_of_the_round_that_is_gained(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=0)
    for _ in range(4):
        await party.add("Ana", guest("ana"))
    for _ in range(3):
        await party.press("play")
        await party.press("next")
    late = await party.add("Late", guest("late"))
    why = await party.parts.why.why(X, late.item.id)
    assert why.sentences[1:3] == [
        "Late has had no turn before it: sung tonight, or waiting.",
        "It goes with those who had 2 turns: who comes later gains one round, not all.",
    ]


async def test_what_the_host_moved_says_when_and_from_where(party: Party) -> None:
    a, b = [await party.add(name, guest(name.lower())) for name in ("Ana", "Bob")]
    await party.parts.items.move(X, b.item.id, a.item.id, HOST)
    why = await party.parts.why.why(X, b.item.id)
    assert f"The host moved it from place 2 to place 1 at {clock_text(party.clock.ms)}." in why.sentences


async def test_what_comes_soon_says_that_it_stays(party: Party) -> None:
    await party.set(order="weight", coming_soon_count=2)
    item = (await party.add("Ana")).item
    await party.parts.items.edit(X, item.id, Changes(weight=1.5), HOST)
    why = await party.parts.why.why(X, item.id)
    assert why.sentences[1:] == [
        "It weighs 1.5, and the lighter plays first.",
        f"Of the same weight what was added first plays first; it was added at {clock_text(party.clock.ms)}.",
        "The next 2 never move by themselves.",
    ]


async def test_the_current_item_is_on_and_what_is_over_is_unknown(party: Party) -> None:
    first, second = await party.add_all("AB")
    await party.press("play")
    assert (await party.parts.why.why(X, first)).position == 0
    await party.press("next")
    with pytest.raises(UnknownItem):
        await party.parts.why.why(X, first)
    with pytest.raises(UnknownItem):
        await party.parts.why.why(X, ItemId("0000000000"))
    assert (await party.parts.why.why(X, second)).sentences == ["It is on now."]


async def test_everybody_may_ask(house: House) -> None:
    async with house.guest() as ana, house.nobody() as anybody:
        (track,) = (await ana.get("/tracks", params={"limit": 1})).json()["tracks"]
        wish = {"track_id": track["track_id"], "performer_name": "Ana"}
        added = (await ana.post("/queue/party/items", json=wish)).json()
        answer = await anybody.get(f"/queue/party/items/{added['id']}/why")
        unknown = await anybody.get("/queue/party/items/0000000000/why")
    assert (answer.status_code, unknown.status_code) == (200, 404)
    assert set(answer.json()) == {
        *("item_id", "position", "order", "sentences", "round", "turns", "added_at", "moves", "ahead"),
    }
