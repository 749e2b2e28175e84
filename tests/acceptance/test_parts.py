"""A part of a recording as everybody meets it: on a queue, in lists and files of a night, and when it is gone."""

import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api_queue.tracks.parts import Cut, PartService
from api_queue.tracks.store import SqlStore
from api_queue.types import Milliseconds, TrackId
from tests.acceptance.sessions import choose, control, register, session
from tests.house import House
from tests.tasks import run_task
from tests.tracks.scissors import Scissors

START_MS, END_MS = 5_000, 9_000


@pytest.fixture
async def host(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.admin() as host:
        yield host


@pytest.fixture
def scissors(house: House) -> Scissors:
    return Scissors(house.parts.engine, PartService(SqlStore(house.parts.engine), house.parts.library))


@pytest.fixture
async def recording(host: httpx.AsyncClient) -> TrackId:
    return TrackId((await host.get("/tracks")).json()["tracks"][0]["track_id"])


@pytest.fixture
async def part(scissors: Scissors, recording: TrackId) -> TrackId:
    start_ms, end_ms = Milliseconds(START_MS), Milliseconds(END_MS)
    cut = Cut(number=1, start_ms=start_ms, end_ms=end_ms, title="Second Song", artists=("Zoë",))
    return (await scissors.cut(recording, [cut]))[0]


async def added(host: httpx.AsyncClient, track: str, **more: object) -> dict[str, Any]:
    answer = await host.post("/queue/party/items", json={"track_id": track, "performer_name": "Ana", **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_it_is_queued_for_its_own_length_at_any_tempo(host: httpx.AsyncClient, part: TrackId) -> None:
    assert (await added(host, part))["track_duration_ms"] == END_MS - START_MS
    assert (await added(host, part, tempo=0.5))["track_duration_ms"] == 2 * (END_MS - START_MS)


async def test_what_the_queue_hides_of_the_recording_it_hides_of_the_part(
    host: httpx.AsyncClient, recording: TrackId, part: TrackId
) -> None:
    """Given a host who hides a tag of the recording."""
    hidden = (await host.get(f"/tracks/{recording}")).json()["tags"][-1]
    await host.put("/queue/party/settings", json={"hidden_tags": [hidden]})

    answer = await host.post("/queue/party/items", json={"track_id": part, "performer_name": "Ana"})

    assert hidden in (await host.get(f"/tracks/{part}")).json()["tags"]
    assert answer.status_code in {403, 404, 409, 422}


async def test_it_is_liked_and_remembered_as_itself(
    house: House, host: httpx.AsyncClient, recording: TrackId, part: TrackId
) -> None:
    async with house.guest() as ana:
        await ana.post(f"/tracks/{part}/like")
        liked = {track: (await ana.get(f"/tracks/{track}")).json()["likes"] for track in (part, recording)}
    assert liked == {part: 1, recording: 0}
    await added(host, part)
    for command in ("play", "skip"):
        await host.post(f"/queue/party/command/{command}")
    [played] = (await host.get("/queue/party/history")).json()["items"]
    assert (played["track_id"], played["track_duration_ms"]) == (part, END_MS - START_MS)


async def test_the_playlist_of_the_night_says_where_it_lies(
    house: House, host: httpx.AsyncClient, part: TrackId
) -> None:
    await added(host, part)

    ran = await run_task(house.parts.task_types["export"], {"queue": "party"})

    archive = zipfile.ZipFile(io.BytesIO((await host.get(ran.result["url"])).content))
    _, about, start, stop, place = archive.read("night.m3u8").decode().splitlines()
    assert about == "#EXTINF:4,Zoë - Second Song"
    assert (start, stop) == ("#EXTVLCOPT:start-time=5.000", "#EXTVLCOPT:stop-time=9.000")
    assert place.endswith(".flac")


async def test_its_address_is_the_recordings_for_as_long_as_its_device_plays(
    house: House, host: httpx.AsyncClient, recording: TrackId, part: TrackId
) -> None:
    async with house.nobody() as pi, house.nobody() as tv:
        kitchen, _ = await register(host, pi, "kitchen"), await register(host, tv, "garden")
        await choose(host, "kitchen")
        minted = (await kitchen.mint(part)).json()
        assert minted["part_of"] == {"track_id": recording, "start_ms": START_MS, "end_ms": END_MS}
        assert (await pi.get(minted["url"], headers={"Range": "bytes=0-3"})).content == b"fLaC"
        await choose(host, "garden")
        assert (await pi.get(minted["url"])).status_code == 403


async def test_one_that_is_gone_fails_at_its_turn_as_any_track_that_is(
    house: House, host: httpx.AsyncClient, scissors: Scissors, recording: TrackId, part: TrackId
) -> None:
    """Given a list that was taken back while its track waited. The next one is played."""
    gone, next_one = await added(host, part), await added(host, recording)
    await scissors.join(recording)
    async with house.nobody() as pi:
        kitchen = await register(host, pi, "kitchen")
        await choose(host, "kitchen")
        assert (await control(host, "play"))["item_id"] == gone["id"]
        refused = await kitchen.mint(part)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_track")
        said = {"item_id": gone["id"], "generation": (await session(host))["generation"], "reason": "gone"}
        assert (await pi.post("/sessions/party/failed", json=said)).json()["item_id"] == next_one["id"]
    assert (await host.get(f"/tracks/{part}")).status_code == 404
