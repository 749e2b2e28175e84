"""A room of another server, filled from its files."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api_queue.drivers.redis import Redis
from api_queue.karakara.moving_over import Change
from api_queue.karakara.queue_file import Row
from api_queue.karakara.queue_wire import item_of
from api_queue.parts import Parts
from api_queue.queues.variants import Variants
from api_queue.tracks.models import Search
from api_queue.types import QueueName
from tests.house import house_settings
from tests.queues.builders import NOW, FakeClock, names
from tests.queues.party import ADMIN, Party

KARA = QueueName("kara")


@pytest.fixture
async def party(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path) -> AsyncIterator[Party]:
    """The demo library, and no queue; the limit on adds is the least that can be set."""
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    clock = FakeClock()
    parts = Parts(house_settings(redis_url, tmp_path, rate_adds_per_minute=1, rate_address_per_minute=1), clock)
    await redis.call("INCR", "tracks:version")
    found = await parts.tracks.search(Search())
    yield Party(parts, clock, [track.track_id for track in found.tracks])  # type: ignore[arg-type]  # as far as needed
    await parts.close()


def to(**fields: object) -> Change:
    return lambda _: fields


def row(number: int, track_id: str, performer: str = "Ana", end_ms: int | None = None) -> Row:
    return Row(number + 1, item_of(number), track_id, performer, Variants(), end_ms)


async def test_a_room_is_made_with_the_meaning_of_its_buttons_and_a_key(party: Party) -> None:
    host_token = await party.parts.moving_over.furnish(KARA, to(title="Con 2026"))
    made = await party.parts.queues.queue(KARA)
    assert (made.kind, made.settings.title, made.settings.command_semantics) == ("named", "Con 2026", "karakara")
    assert host_token
    assert (await party.parts.tokens.find(host_token)) is not None


async def test_a_queue_that_is_there_keeps_what_is_not_named(party: Party) -> None:
    await party.parts.queues.ensure(KARA, "Kara")
    assert await party.parts.moving_over.furnish(KARA, to(track_space=0)) is None
    settings = (await party.parts.queues.queue(KARA)).settings
    assert (settings.title, settings.track_space, settings.command_semantics) == ("Kara", 0, "own")


async def test_what_waits_is_taken_in_its_order_beyond_all_limits(party: Party) -> None:
    # Given a room with limits, which nobody has opened yet, and a file with more than they allow
    limits = {"max_per_guest": 1, "accepting": False, "duplicate_track_window": 60, "event_end": "2001-01-01T00:00:00Z"}
    await party.parts.moving_over.furnish(KARA, to(**limits))
    waiting = [row(number, party.tracks[number % 3], f"Singer {number}") for number in range(1, 41)]
    # When it is moved over
    report = await party.parts.moving_over.fill(KARA, waiting)
    # Then all of it waits, with the numbers that it had
    items = (await party.parts.queues.view(KARA)).to_come
    assert (report.taken, report.refused) == (40, [])
    assert [item.id for item in items] == [item_of(number) for number in range(1, 41)]
    assert names(items) == [f"Singer {number}" for number in range(1, 41)]


async def test_a_song_is_known_by_the_name_of_its_file(party: Party) -> None:
    # Given the id that KaraKara would make of a file of ours
    await party.parts.moving_over.furnish(KARA, to())
    file = await party.parts.tracks.path_of(party.tracks[1])
    theirs = re.sub("[^0-9a-zA-Z]+", "_", file.stem.title())
    # When an item has it
    report = await party.parts.moving_over.fill(KARA, [row(1, theirs)])
    # Then it is of that track
    (item,) = (await party.parts.queues.view(KARA)).to_come
    assert (report.refused, item.track_id) == ([], party.tracks[1])


async def test_the_chosen_video_and_subtitles_come_along(party: Party) -> None:
    await party.parts.moving_over.furnish(KARA, to())
    chosen = Row(2, item_of(7), party.tracks[0], "Ana", Variants("Vocal", "Romaji"), None)
    await party.parts.moving_over.fill(KARA, [chosen])
    assert await party.parts.variants.of(KARA, [item_of(7)]) == {item_of(7): Variants("Vocal", "Romaji")}


async def test_what_is_over_stays_behind_and_what_plays_comes(party: Party) -> None:
    await party.parts.moving_over.furnish(KARA, to())
    songs = [row(1, party.tracks[0], "Over", NOW), row(2, party.tracks[1], "Playing", NOW + 1), row(3, party.tracks[2])]
    report = await party.parts.moving_over.fill(KARA, songs)
    assert (report.taken, report.over) == (2, 1)
    assert names((await party.parts.queues.view(KARA)).to_come) == ["Playing", "Ana"]


async def test_each_song_that_cannot_be_taken_is_named_and_the_rest_is_taken(party: Party) -> None:
    await party.parts.moving_over.furnish(KARA, to())
    songs = [row(1, "gone"), row(2, party.tracks[0]), row(3, party.tracks[1], " "), row(4, party.tracks[2])]
    report = await party.parts.moving_over.fill(KARA, songs)
    assert report.taken == 2
    assert report.refused == [
        "line 2: There is no track 'gone' in the library.",
        "line 4: The performer's name is empty; say who sings.",
    ]


async def test_once_more_nothing_is_added_twice(party: Party) -> None:
    # Given a room that was moved over, and of which something was played and something taken off since
    parts, songs = party.parts, [row(number, party.tracks[number]) for number in range(1, 5)]
    await parts.moving_over.furnish(KARA, to(history_length=0))
    assert (await parts.moving_over.fill(KARA, [*songs, songs[0]])).taken == 4
    for command in ("play", "next", "next"):
        party.clock.pass_s(30)
        await parts.transport.command(KARA, command, {}, "host")
    await parts.queues.trim(KARA)
    await parts.items.remove(KARA, item_of(4), ADMIN)
    # When it is moved over once more
    report = await parts.moving_over.fill(KARA, songs)
    # Then only what was taken off comes again
    assert (report.taken, report.there) == (1, 3)
    assert [item.id for item in (await parts.queues.view(KARA)).to_come] == [item_of(4)]
