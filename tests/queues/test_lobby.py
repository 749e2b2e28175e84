"""Songs that a host has to let in."""

import asyncio
from typing import Any

import pytest

from api_queue.errors import AddingClosed, EndsTooLate, LobbyFull, Muted, NotYourItem, QueueFull, UnknownItem
from api_queue.queues.keys import key
from api_queue.queues.models import Mute
from api_queue.queues.settings import iso
from api_queue.types import GuestId, ItemId
from tests.queues.agreement import check_index
from tests.queues.builders import names
from tests.queues.party import HOST, Party, X, guest, somebody


async def asked(party: Party, performer: str = "Ana", by: str = "ana", track: int = 0) -> ItemId:
    placed = await party.add(performer, guest(by), track=track)
    assert (placed.item.status, placed.position) == ("lobby", None)
    return placed.item.id


async def lobby(party: Party) -> list[str]:
    return names((await party.view()).lobby)


@pytest.fixture
async def doors(party: Party) -> Party:
    """Everybody asks."""
    await party.set(approval="all")
    return party


# -- asking ----------------------------------------------------------------------------------------------------


async def test_what_a_guest_adds_waits_in_the_lobby(doors: Party) -> None:
    ana = await asked(doors)
    shown = await doors.shown()
    assert [(item["id"], item["status"], item["position"]) for item in shown["items"]] == [(ana, "lobby", None)]
    assert shown["total"] == 0
    assert (await doors.view()).queue.waiting == 0
    (change,) = (await doors.events())[-1]["changes"]
    assert (change["op"], change["item"]["status"], change["before"]) == ("add", "lobby", None)
    await check_index(doors.parts.redis, X)


async def test_nor_does_a_token_pass_the_host(doors: Party) -> None:
    # Given Ana's window, which she got since nothing more ends with the event
    await doors.set(limit_model="token", token_window=1, event_end=iso(doors.clock.ms + 600_000))
    for _ in range(30):
        await doors.add("Host's", HOST)
    with pytest.raises(EndsTooLate):
        await doors.add("Ana", guest("ana"))
    doors.clock.ms += 60_000
    # When she adds in it, then that waits in the lobby as well
    await asked(doors)
    assert await lobby(doors) == ["Ana"]


async def test_what_a_host_or_a_helper_adds_does_not(doors: Party) -> None:
    for caller in (HOST, somebody("helper")):
        assert (await doors.add("Ana", caller)).item.status == "queued"


async def test_it_stands_behind_what_waits_in_the_order_of_asking(doors: Party) -> None:
    await asked(doors, "Ana")
    doors.clock.pass_s(1)
    await asked(doors, "Bo", "bo")
    await doors.add("Host", HOST)
    assert [item["performer_name"] for item in (await doors.shown())["items"]] == ["Host", "Ana", "Bo"]


async def test_where_there_is_room_nobody_asks_for_excess(party: Party) -> None:
    await party.set(approval="excess", max_per_guest=1)
    assert (await party.add()).item.status == "queued"
    await asked(party, track=1)


@pytest.mark.parametrize(
    "limit", [{"max_items": 1}, {"max_per_guest": 1}, {"max_minutes_per_guest": 1}], ids=lambda each: next(iter(each))
)
async def test_excess_is_what_is_over_a_limit(party: Party, limit: dict[str, int]) -> None:
    await party.set(approval="excess", **limit)
    while (await party.add()).item.status == "queued":
        pass
    assert await lobby(party) == ["Ana"]


async def test_an_add_that_is_repeated_asks_once(doors: Party) -> None:
    item_id = await asked(doors)
    again = await doors.add(item_id=item_id)
    assert (again.item.id, again.item.status, again.position) == (item_id, "lobby", None)
    assert await lobby(doors) == ["Ana"]


async def test_a_dry_run_leaves_the_lobby_as_it_is(doors: Party) -> None:
    placed = await doors.parts.adding.add(X, doors.tracks[0], "Ana", guest(), dry=True)
    assert placed.item.status == "lobby"
    assert await lobby(doors) == []


async def test_who_may_not_add_may_not_ask(doors: Party) -> None:
    await doors.parts.queue_store.mute(X, Mute(GuestId("ana"), None, "loud"))
    with pytest.raises(Muted):
        await doors.add()
    await doors.set(accepting=False)
    with pytest.raises(AddingClosed):
        await doors.add("Bo", guest("bo"))
    assert await lobby(doors) == []


async def test_five_of_one_guest_wait_at_most(doors: Party) -> None:
    """Whatever names a hostile guest writes into their songs, also that of another one."""
    outcomes = await asyncio.gather(
        *(doors.add('x,bo,,7ZZZZZZZZZ,1,1,0,lobby,guest,0,1"', guest("ana")) for _ in range(7)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [str(error) for error in refused] == [
        "5 songs of yours wait for the host already, and no more fit; there is room when some were looked at."
    ] * 2
    await asked(doors, "Bo", "bo")


async def test_a_hundred_wait_at_most(doors: Party) -> None:
    await asyncio.gather(*(doors.add("Ana", guest(f"g{at}")) for at in range(100)))
    with pytest.raises(LobbyFull, match="100 songs wait for the host already"):
        await doors.add("Bo", guest("bo"))
    assert len(await lobby(doors)) == 100


# -- let in, sent away, taken back -----------------------------------------------------------------------------


async def test_a_song_that_is_let_in_goes_to_the_end(doors: Party) -> None:
    ana = await asked(doors)
    await doors.add("Host", HOST)
    item = await doors.parts.lobby.admit(X, ana, "helper")
    assert (item.id, item.status, item.session_owner) == (ana, "queued", "ana")
    assert (await doors.waiting(), await lobby(doors)) == (["Host", "Ana"], [])
    changes = (await doors.events())[-1]["changes"]
    assert [(change["op"], change.get("id") or change["item"]["id"]) for change in changes] == [
        ("remove", ana),
        ("add", ana),
    ]
    await check_index(doors.parts.redis, X)


async def test_who_is_let_in_passes_the_limits_and_stands_in_their_round(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=0, max_per_guest=1, approval="excess")
    await party.add()
    second = await asked(party, track=1)
    await party.add("Bo", guest("bo"), track=2)
    await party.parts.lobby.admit(X, second, "host")
    await party.add("Cleo", guest("cleo"), track=3)
    assert await party.waiting() == ["Ana", "Bo", "Cleo", "Ana"]
    await check_index(party.parts.redis, X)


async def test_points_are_taken_where_there_are_enough(doors: Party) -> None:
    await doors.set(limit_model="points", points_max=1, points_per_hour=0)
    first, second = await asked(doors), await asked(doors, track=1)
    for item_id in (first, second):
        await doors.parts.lobby.admit(X, item_id, "host")
    purse = await doors.parts.redis.call("HGET", key(X, "points"), "ana")
    assert purse.partition("|")[0] == "0"
    assert len(await doors.waiting()) == 2


async def test_a_host_lets_in_who_may_add_no_more(doors: Party) -> None:
    ana, bo = await asked(doors), await asked(doors, "Bo", "bo", track=1)
    await doors.parts.queue_store.mute(X, Mute(GuestId("ana"), None, "loud"))
    await doors.parts.lobby.admit(X, ana, "host")
    await doors.parts.guests.end(X)
    await doors.parts.lobby.admit(X, bo, "host")
    assert await doors.waiting() == ["Ana", "Bo"]


async def test_a_queue_that_takes_no_more_lets_nobody_in(doors: Party) -> None:
    demo = (await doors.parts.queues.create("demo", "small", {"approval": "all"}, HOST)).queue.name
    add = doors.parts.adding.add
    asking = (await add(demo, doors.tracks[0], "Ana", guest())).item.id
    for track in doors.tracks:
        await add(demo, track, "Host", somebody("host", demo))
    with pytest.raises(QueueFull):
        await doors.parts.lobby.admit(demo, asking, "host")


async def test_a_song_that_is_refused_is_gone(doors: Party) -> None:
    ana = await asked(doors)
    assert (await doors.parts.lobby.refuse(X, ana, "host")).id == ana
    assert (await doors.shown())["items"] == []
    assert (await doors.events())[-1]["changes"] == [{"op": "remove", "id": ana}]
    with pytest.raises(UnknownItem):
        await doors.parts.lobby.admit(X, ana, "host")


async def test_its_owner_takes_it_back_and_nobody_else(doors: Party) -> None:
    ana = await asked(doors)
    with pytest.raises(NotYourItem):
        await doors.parts.items.remove(X, ana, guest("bo"))
    assert (await doors.parts.items.remove(X, ana, guest("ana"))).status == "lobby"
    assert await lobby(doors) == []


async def test_what_asks_cannot_be_moved_or_made_ready(doors: Party) -> None:
    ana = await asked(doors)
    with pytest.raises(UnknownItem):
        await doors.parts.items.move(X, ana, None, HOST)
    with pytest.raises(UnknownItem):
        await doors.parts.turn_taking.ready(X, ana, guest("ana"))


async def test_of_two_hosts_at_once_one_lets_in(doors: Party) -> None:
    ana = await asked(doors)
    verbs = (doors.parts.lobby.admit, doors.parts.lobby.admit, doors.parts.lobby.refuse)
    outcomes: list[Any] = await asyncio.gather(*(verb(X, ana, "host") for verb in verbs), return_exceptions=True)
    assert sum(isinstance(outcome, UnknownItem) for outcome in outcomes) == 2
    assert len(await doors.waiting()) + len(await lobby(doors)) <= 1
    await check_index(doors.parts.redis, X)


@pytest.mark.parametrize("verb", ["admit", "refuse"])
async def test_both_can_be_taken_back(doors: Party, verb: str) -> None:
    await doors.set(order="fair")
    ana = await asked(doors)
    before = await doors.parts.redis.call("HGETALL", key(X, "lobby"))
    await getattr(doors.parts.lobby, verb)(X, ana, "host")
    await doors.parts.undoing.undo(X, "host")
    assert await doors.parts.redis.call("HGETALL", key(X, "lobby")) == before
    assert await doors.parts.redis.call("HGETALL", key(X, "turns")) == {}
    assert (await doors.waiting(), await lobby(doors)) == ([], ["Ana"])
    await check_index(doors.parts.redis, X)
