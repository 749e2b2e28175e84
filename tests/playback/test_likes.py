"""A guest's heart on a track, through a whole server."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_queue.drivers.redis import Redis
from api_queue.queues.keys import key
from api_queue.tracks.store import SqlStore
from api_queue.types import QueueName
from api_queue.web.personal import personal_queue
from tests.house import House, a_house

ALIAS = "KAT_TUN_Your_side_Instrumental_"
LIKE = f"/tracks/{ALIAS}/like"


@pytest.fixture
async def ana(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.guest(1) as client:
        yield client


@pytest.fixture
async def ben(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.guest(2) as client:
        yield client


async def shown(client: httpx.AsyncClient) -> tuple[int, bool]:
    """As the track itself tells it, and its line in a search: both say the same."""
    track = (await client.get(f"/tracks/{ALIAS}")).json()
    [found] = (await client.get("/tracks", params={"q": "your side"})).json()["tracks"]
    assert (found["likes"], found["liked"]) == (track["likes"], track["liked"])
    return track["likes"], track["liked"]


async def told(house: House, queue: str = "party") -> list[dict[str, Any]]:
    """The likes that this queue has heard of, without their times."""
    entries = await house.parts.redis.call("XRANGE", key(QueueName(queue), "events"), "-", "+")
    events = [json.loads(fields["data"]) for _, fields in entries if fields["name"] == "like"]
    return [{field: value for field, value in event.items() if field != "ts"} for event in events]


async def test_each_guest_counts_once(ana: httpx.AsyncClient, ben: httpx.AsyncClient) -> None:
    await ana.post(LIKE)
    await ana.post(LIKE)
    answer = (await ben.post(LIKE)).json()

    assert (answer["likes"], answer["liked"]) == (2, True)


async def test_it_is_shown_to_all_and_as_their_own_to_who_liked(
    house: House, ana: httpx.AsyncClient, ben: httpx.AsyncClient
) -> None:
    assert await shown(ana) == (0, False)
    await ana.post(LIKE)

    assert (await shown(ana), await shown(ben)) == ((1, True), (1, False))
    async with house.nobody() as nobody:
        assert await shown(nobody) == (1, False)


async def test_the_id_and_the_alias_are_one_track(ana: httpx.AsyncClient) -> None:
    track_id = (await ana.post(LIKE)).json()["track_id"]

    assert (await ana.post(f"/tracks/{track_id}/like")).json() == {"track_id": track_id, "likes": 1, "liked": True}


async def test_a_like_is_taken_back_by_who_gave_it(ana: httpx.AsyncClient, ben: httpx.AsyncClient) -> None:
    await ana.post(LIKE)

    assert (await ben.delete(LIKE)).json()["likes"] == 1
    answer = (await ana.delete(LIKE)).json()
    assert (answer["likes"], answer["liked"]) == (0, False)


async def test_many_taps_at_once_are_one_like(ana: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(ana.post(LIKE) for _ in range(8)))

    assert {(answer.status_code, answer.json()["likes"]) for answer in answers} == {(200, 1)}


async def test_every_queue_hears_of_a_change_and_of_nothing_else(house: House, ana: httpx.AsyncClient) -> None:
    async with house.admin() as admin:
        await admin.post("/queue/", json={"kind": "named", "name": "other"})
    track_id = (await ana.post(LIKE)).json()["track_id"]
    await ana.post(LIKE)
    await ana.delete(LIKE)
    await ana.delete(LIKE)

    expected = [{"rev": 0, "type": "like", "track_id": track_id, "likes": likes} for likes in (1, 0)]
    assert [event | {"rev": 0} for event in await told(house)] == expected
    assert [event | {"rev": 0} for event in await told(house, "other")] == expected


async def test_a_like_changes_no_queue(house: House, ana: httpx.AsyncClient) -> None:
    before = (await ana.get("/queue/party/")).json()["rev"]
    await ana.post(LIKE)

    assert (await ana.get("/queue/party/")).json()["rev"] == before == (await told(house))[0]["rev"]


async def test_a_personal_queue_hears_of_its_owner_s_likes_alone(house: House, ben: httpx.AsyncClient) -> None:
    token, value = await house.parts.tokens.create("member", label="Ana")
    own = personal_queue(token.token_id)
    await house.parts.personal_queues.ensure(own)
    await ben.post(LIKE)
    assert await told(house, own) == []

    async with house.nobody() as member:
        await member.post(LIKE, headers={"Authorization": f"Bearer {value}"})
    assert [event["likes"] for event in await told(house, own)] == [2]


async def test_a_track_that_is_not_here_cannot_be_liked(ana: httpx.AsyncClient) -> None:
    answer = await ana.post("/tracks/nothing/like")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_track")


async def test_who_comes_without_a_session_gets_one(house: House) -> None:
    async with house.nobody() as somebody:
        await somebody.post(LIKE)

        assert await shown(somebody) == (1, True)


async def test_who_taps_too_often_waits_as_for_adds(
    redis: Redis,
    redis_url: str,
    furnished: Path,
    tmp_path: Path,
) -> None:
    async with a_house(redis_url, furnished, tmp_path, rate_adds_per_minute=2) as house, house.guest() as ana:
        statuses = [(await ana.request(method, LIKE)).status_code for method in ("POST", "DELETE", "POST")]

    assert statuses == [200, 200, 429]


async def titles(client: httpx.AsyncClient) -> list[str]:
    return [track["title"] for track in (await client.get("/likes")).json()["tracks"]]


async def test_what_a_guest_likes_is_listed_the_newest_first(
    house: House, ana: httpx.AsyncClient, ben: httpx.AsyncClient
) -> None:
    tracks = (await ana.get("/tracks")).json()["tracks"][:3]
    for track in tracks:
        await ana.post(f"/tracks/{track['track_id']}/like")
    await ana.delete(f"/tracks/{tracks[1]['track_id']}/like")

    found = (await ana.get("/likes")).json()
    assert found == {"total": 2, "tracks": [{**track, "likes": 1, "liked": True} for track in (tracks[2], tracks[0])]}
    assert await titles(ben) == []
    async with house.nobody() as nobody:
        assert await titles(nobody) == []


async def test_a_liked_track_that_left_the_library_is_not_listed(house: House, ana: httpx.AsyncClient) -> None:
    track_id = (await ana.post(LIKE)).json()["track_id"]
    library = SqlStore(house.parts.engine)
    await library.forget([f"{path}" for path in await library.paths(track_id)])

    assert await titles(ana) == []


async def test_a_member_likes_the_same_on_each_device(house: House) -> None:
    """Also where the browser has been a guest before."""
    _, value = await house.parts.tokens.create("member", label="Ana")
    login = {"Authorization": f"Bearer {value}"}
    async with house.guest(1) as phone, house.guest(2) as laptop:
        await phone.post(LIKE, headers=login)

        assert (await laptop.get(f"/tracks/{ALIAS}", headers=login)).json()["liked"]
        assert len((await laptop.get("/likes", headers=login)).json()["tracks"]) == 1
        assert await titles(phone) == []
