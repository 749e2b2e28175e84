"""The buttons of a room's host over HTTP, and what everybody sees of them: the contract's rules, line by line."""

import pytest

from tests.karakara.a_room import Room, check_flow

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPACE_S = 15
#: Of each of the three songs.
LENGTH_S = 30.421


@pytest.mark.parametrize(
    ("acts", "is_playing", "over", "start"),
    [
        (["play"], True, [], 1),
        (["play", 11, "play"], True, [], 1),
        (["play", 11, "stop"], False, [], None),
        (["play", 11, "skip"], False, [], None),
        (["skip"], False, [], None),
        (["stop"], False, [], None),
        (["seek_forwards"], False, [], None),
        (["seek_backwards"], False, [], None),
        # in a song
        (["play", 6, "seek_forwards"], True, [], -25),
        (["play", 26, "seek_backwards"], True, [], -5),
        (["play", 12, "seek_backwards"], True, [], 0),
        (["play", 12, "seek_forwards"], True, [-LENGTH_S], SPACE_S),
        # in the pause before one
        (["play", "seek_forwards"], True, [], 0),
        (["play", 12, "seek_forwards", 5, "seek_forwards"], True, [-LENGTH_S - 5], 0),
        (["play", 12, "seek_forwards", 5, "seek_backwards"], True, [-LENGTH_S - 5], SPACE_S),
        (["play", 12, "seek_forwards", 5, "play"], True, [-LENGTH_S - 5], 1),
        (["play", 12, "seek_forwards", 5, "skip"], False, [-LENGTH_S - 5], None),
    ],
)
async def test_a_button_moves_the_current_song_and_the_others_follow(
    room: Room, acts: list[str | int], is_playing: bool, over: list[float], start: float | None
) -> None:
    """`acts`: buttons, and seconds that pass; then the starts from now of what is over, and of the current song."""
    async with room.host() as host:
        for performer in "ABC":
            await room.add(host, performer, track=-1)
        for act in acts:
            if isinstance(act, int):
                await room.let_pass(act)
            else:
                answer = await host.get(f"command/{act}.json")
    assert (answer.status_code, answer.json()) == (200, {"is_playing": is_playing})
    starts = await room.starts_in_s()
    assert (starts[: len(over)], starts[len(over)]) == (over, start)
    check_flow((await room.queue())[len(over) :], SPACE_S)


@pytest.mark.parametrize(("buttons", "left"), [("skip", "BC"), ("play skip", "BC"), ("skip play skip", "C")])
async def test_a_skip_takes_the_current_song_off(room: Room, buttons: str, left: str) -> None:
    async with room.host() as host:
        for performer in "ABC":
            await room.add(host, performer)
        for button in buttons.split():
            await host.get(f"command/{button}.json")

    assert await room.performers() == [*left]


@pytest.mark.parametrize("button", ["play", "stop", "skip", "seek_forwards", "seek_backwards"])
async def test_where_nothing_is_to_come_a_button_changes_nothing(room: Room, button: str) -> None:
    """Also of what is over."""
    async with room.host() as host:
        await room.add(host)
        await host.get("command/play.json")
        await room.let_pass(60)
        before = await room.queue()
        answer = await host.get(f"command/{button}.json")

    assert (answer.json(), await room.queue()) == ({"is_playing": False}, before)
