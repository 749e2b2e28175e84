"""What plays when in a room, and that every change is one."""

import asyncio

import pytest

from api_queue.karakara.flow import MOST_WAITING
from tests.karakara.a_room import Room, check_flow
from tests.queues.party import ADMIN

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPACE_S = 15


async def test_each_song_starts_a_pause_after_the_end_of_the_one_before(room: Room) -> None:
    async with room.singer() as ana:
        for track in range(3):
            await room.add(ana, track=track)
        await room.press("play")
        await room.add(ana)

    assert (await room.starts_in_s())[0] == 1
    assert None not in await room.starts_in_s()
    check_flow(await room.queue(), SPACE_S)


async def test_without_a_pause_one_song_follows_the_other(room: Room) -> None:
    await room.set(track_space=0)
    async with room.singer() as ana:
        await room.add(ana)
        await room.add(ana)
        await room.press("play")

    check_flow(await room.queue(), 0)


async def test_what_is_added_to_a_queue_that_ran_dry_does_not_start_by_itself(room: Room) -> None:
    async with room.singer() as ana:
        await room.add(ana)
        await room.press("play")
        await room.let_pass(600)
        await room.add(ana)

    assert (await room.starts_in_s())[1] is None


async def test_what_was_played_stays_in_front_with_its_start(room: Room) -> None:
    async with room.singer() as ana:
        await room.add(ana, "Ana")
        await room.add(ana, "Bo")
        await room.press("play")
        (played, _) = await room.queue()
        await room.let_pass(played["track_duration"] + 1)
        await room.press("stop", "play", "seek_forwards")
        await room.let_pass(5)

    assert (await room.queue())[0] == played


@pytest.mark.parametrize("semantics", ["karakara", "own"])
async def test_what_was_left_before_its_end_is_not_shown_again_by_a_later_deed(room: Room, semantics: str) -> None:
    """As the clients would show it, which know a song as over by its start and its length."""
    await room.set(command_semantics=semantics)
    async with room.singer() as ana:
        await room.add(ana, track=-1)
        await room.add(ana, track=-1)
        await room.press("play")
        await room.let_pass(3)
        await room.press("next")
        left_s = room.clock.ms / 1000
        for deed in ("play", "pause", "play", "next", "play", "stop", "play"):
            await room.let_pass(2)
            await room.press(deed)
            over = (await room.queue())[0]
            assert over["start_time"] + over["track_duration"] <= left_s


async def test_what_was_sought_beyond_its_end_is_over_and_stays_so(room: Room) -> None:
    async with room.singer() as ana:
        await room.add(ana, "Ana")
        await room.add(ana, "Bo")
        await room.press("play")
        await room.let_pass(2)
        for _ in range(30):
            if (await room.starts_in_s())[1] == SPACE_S:
                break
            await room.press("seek_forwards")
        over, following = await room.queue()
        await room.let_pass(1)
        await room.press("stop", "play")
        await room.let_pass(5)

    assert over["start_time"] + over["track_duration"] == following["start_time"] - SPACE_S
    assert (await room.queue())[0] == over


async def test_stop_takes_all_starts_away_but_of_what_is_over(room: Room) -> None:
    async with room.singer() as ana:
        for _ in range(3):
            await room.add(ana)
        await room.press("play")
        await room.let_pass((await room.queue())[0]["track_duration"] + 5)
        await room.press("stop")

    assert [start is None for start in await room.starts_in_s()] == [False, True, True]


async def test_every_change_is_one_revision(room: Room) -> None:
    async with room.host() as host:
        a, b = [await room.add(host, name) for name in "AB"]
        rev = (await room.view()).queue.rev
        answers = [
            await host.post("queue.json", json=room.wish()),
            await host.put("queue.json", json={"source": b, "target": a}),
            await host.delete(f"queue/{a}.json"),
            await host.get("command/play.json"),
            await host.delete(f"queue/{b}.json"),
        ]

    assert [answer.status_code for answer in answers] == [200, 201, 200, 200, 200]
    assert (await room.view()).queue.rev == rev + len(answers)


@pytest.mark.parametrize("presses", [[], ["play"], ["play", "pause"], ["play", "stop"]])
async def test_who_adds_is_told_the_start_that_everybody_sees(room: Room, presses: list[str]) -> None:
    async with room.singer() as ana:
        await room.add(ana)
        await room.press(*presses)
        added = (await ana.post("queue.json", json=room.wish(track=1))).json()

    assert (await room.queue())[-1] == added


async def test_far_behind_the_clients_see_no_more_but_who_added_takes_it_back(room: Room) -> None:
    async with room.host() as host:
        add, track_id = room.house.parts.adding.add, room.tracks[0].track_id
        await asyncio.gather(*(add(room.name, track_id, "Ana", ADMIN) for _ in range(MOST_WAITING)))
        number = await room.add(host, "Bo")
        shown = await room.performers()
        answer = await host.delete(f"queue/{number}.json")

    assert shown == ["Ana"] * MOST_WAITING
    assert (answer.status_code, answer.json()["performer_name"]) == (200, "Bo")
