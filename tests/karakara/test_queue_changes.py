"""What is moved in a room and taken off, over HTTP and in the words of KaraKara's contract."""

import asyncio
from typing import Any

import pytest

from api_queue.karakara.queue_wire import item_of
from tests.house import House
from tests.karakara.a_room import Room, a_room, check_flow, refused
from tests.queues.builders import FakeClock
from tests.queues.party import ADMIN

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPACE_S = 15


# -- move ------------------------------------------------------------------------------------------------------


async def test_the_host_moves_an_item_before_another(room: Room) -> None:
    async with room.host() as host:
        a, _, c = [await room.add(host, name) for name in "ABC"]
        answer = await host.put("queue.json", json={"source": c, "target": a})

    assert (answer.status_code, answer.json()) == (201, {})
    assert await room.performers() == ["C", "A", "B"]


async def test_minus_one_is_the_end(room: Room) -> None:
    async with room.host() as host:
        a, *_ = [await room.add(host, name) for name in "ABC"]
        await host.put("queue.json", json={"source": a, "target": -1})

    assert await room.performers() == ["B", "C", "A"]


async def test_before_what_plays_is_before_the_first_that_waits(room: Room) -> None:
    async with room.host() as host:
        a, _, c = [await room.add(host, name) for name in "ABC"]
        await room.press("play")
        answer = await host.put("queue.json", json={"source": c, "target": a})

    assert answer.status_code == 201
    assert await room.performers() == ["A", "C", "B"]
    check_flow(await room.queue(), SPACE_S)


async def test_in_a_fair_queue_the_host_has_the_last_word(room: Room) -> None:
    await room.set(order="fair", coming_soon_count=0)
    async with room.host() as host:
        a, _, _ = [await room.add(host, name) for name in "AAB"]
        assert await room.performers() == ["A", "B", "A"]
        await host.put("queue.json", json={"source": a, "target": -1})

    assert (await room.queue())[-1]["id"] == a


async def test_only_the_host_moves(room: Room) -> None:
    async with room.singer() as ana:
        a, b = [await room.add(ana, name) for name in "AB"]
        answer = await ana.put("queue.json", json={"source": b, "target": a})

    refused(answer, 403, "queue updates are for admin only")
    assert await room.performers() == ["A", "B"]


@pytest.mark.parametrize("body", [{}, {"source": 1}, {"source": "x", "target": 1}, {"source": 1.5, "target": 1}])
async def test_a_move_that_cannot_be_read_is_refused_before_anybody_is_asked_who_they_are(
    room: Room, body: dict[str, Any]
) -> None:
    async with room.singer() as ana:
        answer = await ana.put("queue.json", json=body)

    assert refused(answer, 400, answer.json()["message"])["code"] == "bad_body"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        *(("C", "C"), ("C", 5), (5, "C"), (5, -1), (-1, "C"), ("C", -2), (2**50, "C"), (2**70, "C")),
        *(("played", "C"), ("C", "played"), ("playing", "C"), ("playing", -1), ("playing", "playing")),
    ],
)
async def test_only_what_waits_can_be_moved(room: Room, source: str | int, target: str | int) -> None:
    async with room.host() as host:
        numbers = {name: await room.add(host, name) for name in ("played", "playing", "C", "D")}
        await room.press("play", "next")
        rev, before = (await room.view()).queue.rev, await room.queue()
        move = {"source": numbers.get(str(source), source), "target": numbers.get(str(target), target)}
        answer = await host.put("queue.json", json=move)

    refused(answer, 400, "move track_ids are not in future track list")
    assert ((await room.view()).queue.rev, await room.queue()) == (rev, before)


async def test_nothing_is_moved_in_a_room_that_is_not_there(clocked_house: House) -> None:
    async with clocked_house.admin() as admin:
        answer = await admin.put("/api/room/nowhere/queue.json", json={"source": 1, "target": 2})

    refused(answer, 404, "Room 'nowhere' not found")


# -- take off --------------------------------------------------------------------------------------------------


async def test_an_owner_takes_their_item_off_and_is_told_which(room: Room) -> None:
    async with room.singer() as ana:
        number = await room.add(ana)
        (item,) = await room.queue()
        answer = await ana.delete(f"queue/{number}.json")

    assert (answer.status_code, answer.json()) == (200, item)
    assert await room.queue() == []


async def test_the_host_takes_off_what_is_anybodys(room: Room) -> None:
    async with room.singer() as ana, room.host() as host:
        number = await room.add(ana)
        answer = await host.delete(f"queue/{number}.json")

    assert answer.status_code == 200
    assert await room.queue() == []


@pytest.mark.parametrize("presses", [[], ["play"], ["play", "next"]])
async def test_others_do_not_whether_it_waits_plays_or_is_over(room: Room, presses: list[str]) -> None:
    async with room.singer() as ana, room.singer() as bo:
        number = await room.add(ana)
        await room.press(*presses)
        before = await room.queue()
        answer = await bo.delete(f"queue/{number}.json")

    refused(answer, 403, "queue_item.session_id does not match session_id")
    assert await room.queue() == before


@pytest.mark.parametrize("number", ["5", "-1", "x", "1e3", "9" * 16, "9" * 5000, "%20", "١"])
async def test_what_is_not_there_cannot_be_taken_off(room: Room, number: str) -> None:
    async with room.host() as host:
        answer = await host.delete(f"queue/{number}.json")

    assert (answer.status_code, answer.json()["status"]) == (404, 404)


async def test_what_was_skipped_is_not_there_any_more(room: Room) -> None:
    async with room.singer() as ana:
        number = await room.add(ana)
        await room.press("play", "skip")
        answer = await ana.delete(f"queue/{number}.json")

    assert answer.status_code == 404
    assert await room.queue() == []


async def test_what_is_over_is_answered_and_stays(room: Room) -> None:
    async with room.singer() as ana:
        number = await room.add(ana)
        await room.press("play")
        await room.let_pass(600)
        rev, before = (await room.view()).queue.rev, await room.queue()
        answer = await ana.delete(f"queue/{number}.json")

    assert (answer.status_code, answer.json()) == (200, before[0])
    assert ((await room.view()).queue.rev, await room.queue()) == (rev, before)


async def test_the_owner_of_what_plays_takes_it_off_and_the_music_stops(room: Room) -> None:
    async with room.singer() as ana, room.host() as host:
        number = await room.add(ana)
        await room.add(host, "Bo")
        await room.press("play")
        rev = (await room.view()).queue.rev
        answer = await ana.delete(f"queue/{number}.json")

    assert (answer.json()["id"], answer.json()["start_time"]) == (number, room.clock.ms / 1000 + 1)
    assert (await room.performers(), await room.starts_in_s()) == (["Bo"], [None])
    assert (await room.view()).queue.rev == rev + 1


async def test_where_buttons_mean_our_own_the_next_one_starts_after_the_pause(
    clocked_house: House, shared_clock: FakeClock
) -> None:
    room = await a_room(clocked_house, shared_clock, command_semantics="own")
    async with room.singer() as ana:
        number = await room.add(ana, "Ana")
        await room.add(ana, "Bo")
        await room.press("play")
        await ana.delete(f"queue/{number}.json")

    assert (await room.performers(), await room.starts_in_s()) == (["Bo"], [SPACE_S])


async def test_two_who_take_off_what_plays_do_not_take_the_next_one_with_it(
    clocked_house: House, shared_clock: FakeClock
) -> None:
    room = await a_room(clocked_house, shared_clock, command_semantics="own")
    async with room.singer() as ana, room.host() as host:
        number = await room.add(ana, "Ana")
        await room.add(ana, "Bo")
        await room.press("play")
        answers = await asyncio.gather(*(client.delete(f"queue/{number}.json") for client in (ana, host)))

    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert (await room.performers(), await room.starts_in_s()) == (["Bo"], [SPACE_S])


async def test_a_later_one_is_taken_off_and_the_music_goes_on(room: Room) -> None:
    async with room.singer() as ana:
        _, later, _ = [await room.add(ana, name) for name in "ABC"]
        await room.press("play")
        await ana.delete(f"queue/{later}.json")

    assert await room.performers() == ["A", "C"]
    assert (await room.starts_in_s())[0] == 1
    check_flow(await room.queue(), SPACE_S)


async def test_while_nothing_plays_the_first_one_is_simply_taken_off(room: Room) -> None:
    async with room.singer() as ana:
        first, _ = [await room.add(ana, name) for name in "AB"]
        await ana.delete(f"queue/{first}.json")

    assert await room.performers() == ["B"]
    assert (await room.view()).over == ()


async def test_a_number_of_ten_digits_is_a_number(room: Room) -> None:
    """As are ids on our side, which are read otherwise."""
    number = 1234567890
    async with room.host() as host:
        await room.house.parts.adding.add(room.name, room.tracks[0].track_id, "Ana", ADMIN, item_of(number))
        answer = await host.delete(f"queue/{number}.json")

    assert (answer.status_code, await room.queue()) == (200, [])
