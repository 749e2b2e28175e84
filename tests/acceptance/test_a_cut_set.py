"""A set of two hours becomes thirty tracks: a pasted list, published, queued from, and played by a real speaker.

The samples of the recording say where in it they stand (`tests/clients/levels.py`), so that what was heard is known to
ten milliseconds.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_queue.clients.programs import below
from api_queue.drivers.redis import Redis
from tests.clients.levels import ROUND_MS, STEP_MS, Levels, make_recording
from tests.clients.speaker.party import Room, a_speaker, choose, control
from tests.house import House, a_house, furnish
from tests.live import waited_s
from tests.playback.test_conductor import conducting

LENGTH_MS = 2 * 60 * 60 * 1000
#: Thirty starts, four minutes apart; each track that is to be heard is followed so soon by the next.
SHORT_MS, APART_MS = 2_500, 240_000
HEARD = (4, 17, 29)
#: Of what the issue allows for a start.
NEAR_MS = 50


def starts_ms() -> list[int]:
    starts = [number * APART_MS + 370 for number in range(30)]
    starts[0] = 0
    for number in HEARD[:-1]:
        starts[number + 1] = starts[number] + SHORT_MS
    starts[HEARD[-1]] = LENGTH_MS - SHORT_MS
    return starts


def pasted() -> str:
    """As people paste it: `1:08:00.370 The Ferns - Song 17 [Anjuna]`."""
    rows = []
    for number, start_ms in enumerate(starts_ms()):
        minutes, rest_ms = divmod(start_ms, 60_000)
        time = f"{minutes // 60}:{minutes % 60:02}:{rest_ms // 1000:02}.{rest_ms % 1000:03}"
        rows.append(f"{time} The Ferns - Song {number} [Anjuna]")
    return "\n".join(rows)


@pytest.fixture
async def house(redis: Redis, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    music, bare = tmp_path / "music", tmp_path / "bare"
    music.mkdir()
    bare.mkdir()
    make_recording(music / "set.flac", LENGTH_MS // ROUND_MS, "TITLE=Live in Ghent", "ARTIST=DJ Ann")
    await furnish(redis_url, bare, library_roots=(music,))
    async with a_house(redis_url, bare, tmp_path / "data", library_roots=(music,)) as house:
        yield house


async def published(host: httpx.AsyncClient) -> dict[str, Any]:
    """The list, as it is when its rows are tracks."""
    [recording] = (await host.get("/tracks")).json()["tracks"]
    assert recording["duration_ms"] == LENGTH_MS
    body = {"text": pasted(), "audio_file_id": recording["track_id"], "dj_name": "DJ Ann"}
    draft = await host.post("/api/v1/tracklists/import/text", json=body)
    assert draft.status_code == 201, draft.text
    answer = await host.post(f"/api/v1/tracklists/{draft.json()['id']}/publish")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = (await host.get(f"/api/v1/tracklists/{draft.json()['id']}")).json()
    return found


async def play_from_the_beginning(host: httpx.AsyncClient, kitchen: Room) -> None:
    """Whoever presses play hears what the speaker has ready; here that is to be the first moment of the track."""
    await control(host, "play")
    await control(host, "pause")
    await control(host, "seek", position_ms=0)
    await kitchen.until(lambda: kitchen.position_ms() == 0, "the first moment")
    await control(host, "play")


def kept_waiting_s() -> float:
    """This process, which is server and speaker, and the mpv below it."""
    return sum(map(waited_s, (os.getpid(), *below(os.getpid()))))


async def test_three_of_thirty_tracks_are_queued_and_heard_from_their_cues_to_the_next(
    house: House, tmp_path: Path
) -> None:
    levels, starts = Levels(tmp_path), starts_ms()
    async with house.admin() as host, conducting(house), a_speaker(house.url, host, tmp_path) as kitchen:
        # Given a list of thirty rows, published with its recording
        rows = (await published(host))["tracks"]
        assert [row["start_ms"] for row in rows] == starts
        # When three of its tracks are found, as a guest does, and queued
        await host.put("/queue/party/settings", json={"track_space": 1})
        for number in HEARD:
            [found, *_] = (await host.get("/tracks", params={"q": f"Song {number}", "queue": "party"})).json()["tracks"]
            assert found["track_id"] == rows[number]["catalog_track_id"]
            item = {"track_id": found["track_id"], "performer_name": "Ana"}
            assert (await host.post("/queue/party/items", json=item)).status_code == 201
        # And played to the end
        await choose(host, kitchen)
        await levels.listen(kitchen.speaker._mpv)
        waits_s = kept_waiting_s()
        await play_from_the_beginning(host, kitchen)
        await kitchen.until(lambda: kitchen.status and kitchen.status.state == "stopped", "the end", 60)
        await kitchen.until(lambda: not kitchen.speaker._reports.pending, "that the server knows of it")
        items = (await host.get("/queue/party/items")).json()["items"]
        late_ms = 1000 * (kept_waiting_s() - waits_s)
    # Then each was heard from its cue to the next one, besides what a busy machine has kept the speaker waiting
    assert [item["status"] for item in items] == ["played"] * 3
    for number, heard in zip(HEARD, levels.heard(), strict=True):
        first_ms = starts[number] % ROUND_MS
        assert first_ms - STEP_MS < heard.first_ms <= first_ms + NEAR_MS + late_ms
        assert abs(heard.last_ms - first_ms - SHORT_MS) <= STEP_MS
