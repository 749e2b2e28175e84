"""On a bad road to the server the pause between two tracks is the queue's, not the road's."""

import asyncio
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final

from api_queue.drivers.redis import Redis
from tests.clients.ear import Ear
from tests.clients.link import Road, a_link
from tests.clients.short_songs import a_house_of_songs, add_songs
from tests.clients.speaker.party import Room, a_speaker, choose, control
from tests.playback.test_conductor import conducting

SONGS, LENGTH_S = 21, 1.5
SPACES_S: Final = [1.0] * (SONGS // 2) + [0.0] * (SONGS // 2)
#: 200 ms there and back. A lost packet is sent again after that and the 200 ms that kernels wait at least.
BAD_ROAD = Road(latency_ms=100, loss=0.02, resend_ms=400)
OFF_S = 0.15


class Stalls:
    """How long this machine let us wait, at worst: on a busy one that is no fault of the road or the speaker."""

    def __init__(self) -> None:
        self.worst_s = 0.0

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + 0.01
            await asyncio.sleep(0.01)
            self.worst_s = max(self.worst_s, loop.time() - due_s)


def plays(room: Room, item_id: str) -> bool:
    return room.status is not None and room.status.item_id == item_id and room.status.audible


async def test_the_pause_between_tracks_is_track_space_over_twenty_tracks(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    """A second between the first half of them, none between the others."""
    ear, stalls = Ear(tmp_path), Stalls()
    async with (
        a_house_of_songs(redis_url, tmp_path, SONGS, LENGTH_S) as house,
        conducting(house),
        a_link(house.url, BAD_ROAD) as link,
        house.admin() as host,
        a_speaker(link.url, host, tmp_path) as kitchen,
    ):
        await host.put("/queue/party/settings", json={"track_space": 1})
        items = await add_songs(host)
        await choose(host, kitchen)
        await ear.listen(kitchen)
        watching = asyncio.create_task(stalls.watch())
        await control(host, "play")
        await kitchen.until(lambda: plays(kitchen, items[SONGS // 2]), "half of them", 60)
        await host.put("/queue/party/settings", json={"track_space": 0})
        await kitchen.until(lambda: kitchen.status and kitchen.status.state == "stopped", "the end", 60)
        watching.cancel()
        assert link.lost > 0
    heard = ear.heard()
    assert [each.title for each in heard] == [f"Song {number:02}" for number in range(SONGS)]
    gaps_s = [after.begins_s - before.ends_s(LENGTH_S) for before, after in pairwise(heard)]
    off_s = [abs(gap_s - space_s) for gap_s, space_s in zip(gaps_s, SPACES_S, strict=True)]
    assert median(off_s) < OFF_S / 2
    assert max(off_s) < OFF_S + stalls.worst_s + ear.stalled_s()
