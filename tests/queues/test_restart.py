"""`restart` in the first seconds of a song means the one before it, and costs nobody a turn."""

import pytest

from tests.queues.night_dump import dump
from tests.queues.party import Party, X, guest


async def playing(party: Party) -> str:
    current = (await party.view()).current
    assert current
    return current.performer_name


async def two_songs(party: Party) -> None:
    await party.set(order="fair")
    for name in ("Ana", "Bob", "Cleo"):
        await party.add(name, guest(name))
    await party.press("play")
    party.clock.pass_s(30)
    await party.press("next")


@pytest.mark.parametrize("seconds", [0, 10, 15 + 5])
async def test_within_the_pause_and_the_first_seconds_the_last_song_plays_again(party: Party, seconds: float) -> None:
    await two_songs(party)
    party.clock.pass_s(seconds)
    before = await dump(party.parts.redis, X)
    await party.press("restart")
    assert await playing(party) == "Ana"
    assert await party.waiting() == ["Bob", "Cleo"]
    assert (await dump(party.parts.redis, X))["turns"] == before["turns"]


async def test_later_the_song_begins_anew(party: Party) -> None:
    await two_songs(party)
    party.clock.pass_s(15 + 6)
    assert (await party.press("restart")).session.position_ms == 0
    assert await playing(party) == "Bob"


async def test_the_first_song_of_the_night_begins_anew(party: Party) -> None:
    await party.add("Ana")
    await party.press("play")
    assert (await party.press("restart")).session.position_ms == 0
    assert await playing(party) == "Ana"
