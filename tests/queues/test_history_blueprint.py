"""What was played, asked for over HTTP."""

import csv
import io
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from api_queue.queues.keys import key
from api_queue.types import QueueName
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

SONG = "KAT_TUN_Your_side_Instrumental_"
QUEUE = "/queue/party"
FILES = ("setlist.csv", "setlist.txt", "night.m3u", "night.cue")


@pytest_asyncio.fixture(loop_scope="module")
async def party(shared_house: House) -> AsyncIterator[httpx.AsyncClient]:
    """The admin of a queue on which Ana was skipped, Ben's was played (and has left the list), and Cleo's plays."""
    async with shared_house.admin() as admin:
        if not (await admin.get(f"{QUEUE}/history")).json()["items"]:
            await admin.put(f"{QUEUE}/settings", json={"history_length": 1, "title": "Garden party", "track_space": 1})
            for name in ("Ana", "Ben", "Cleo"):
                assert (await admin.post(QUEUE, json={"track_id": SONG, "performer_name": name})).is_success
            for command in ("play", "skip", "next"):
                await admin.post(f"{QUEUE}/command/{command}")
            # As after a minute: while the skip can be undone, it stays in the list
            await shared_house.parts.redis.call("DEL", key(QueueName("party"), "undo"))
            await shared_house.parts.queues.trim(QueueName("party"))
        yield admin


async def performers(client: httpx.AsyncClient, query: str = "") -> list[str]:
    items = (await client.get(f"{QUEUE}/history.json{query}")).json()["items"]
    return [item["performer_name"] for item in items]


async def test_what_has_left_the_list_is_in_it_and_has_its_title(party: httpx.AsyncClient) -> None:
    items = (await party.get(f"{QUEUE}/history")).json()["items"]
    assert [(i["performer_name"], i["status"]) for i in items] == [("Ana", "skipped"), ("Ben", "played")]
    assert {(i["artist"], i["title"]) for i in items} == {("Hotaru Avenue", "Your side (Instrumental)")}
    listed = (await party.get(f"{QUEUE}/items")).json()["items"]
    assert "Ana" not in [item["performer_name"] for item in listed]


async def test_it_can_be_asked_for_by_status_and_time(party: httpx.AsyncClient) -> None:
    assert await performers(party, "?status=played") == ["Ben"]
    assert await performers(party, "?status=played,skipped") == ["Ana", "Ben"]
    began = [item["timestamp_play"] for item in (await party.get(f"{QUEUE}/history")).json()["items"]]
    assert await performers(party, f"?since={began[1]}") == ["Ben"]
    assert await performers(party, "?since=2020-01-01T00:00:00Z") == ["Ana", "Ben"]
    assert await performers(party, "?since=2099-01-01T00:00:00Z") == []


@pytest.mark.parametrize("query", ["since=yesterday", "status=queued", "since=2026-01-01T00:00:00"])
async def test_what_cannot_be_asked_for_is_said(party: httpx.AsyncClient, query: str) -> None:
    answer = await party.get(f"{QUEUE}/history.csv?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_query")


async def test_the_playlist_is_anybodys_and_names_no_file(shared_house: House, party: httpx.AsyncClient) -> None:
    async with shared_house.guest() as guest:
        answer = await guest.get(f"{QUEUE}/history.m3u?status=played")
    assert answer.headers["content-type"] == "audio/x-mpegurl; charset=utf-8"
    [_, extended, place] = answer.text.splitlines()
    assert extended.endswith(",Hotaru Avenue - Your side (Instrumental)")
    assert place.startswith(f"{shared_house.url}/tracks/")
    assert ".flac" not in answer.text
    # And each entry leads to what is known of the track
    assert (await party.get(place)).json()["title"] == "Your side (Instrumental)"


@pytest.mark.parametrize("file", FILES)
async def test_the_night_is_for_its_host(shared_house: House, party: httpx.AsyncClient, file: str) -> None:
    async with shared_house.guest() as guest:
        assert (await guest.get(f"{QUEUE}/night/{file}")).status_code in {401, 403}
    answer = await party.get(f"{QUEUE}/night/{file}")
    assert answer.status_code == 200
    assert f'filename="{file}"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert "Your side" in answer.text
    # And no owner stands in it
    owner = (await party.get(f"{QUEUE}/history")).json()["items"][0]["session_owner"]
    assert owner not in answer.text


async def test_the_night_has_what_plays_now_and_only_the_sheet_what_was_skipped(party: httpx.AsyncClient) -> None:
    rows = list(csv.DictReader(io.StringIO((await party.get(f"{QUEUE}/night/setlist.csv")).text)))
    assert [row["performer_name"] for row in rows] == ["Ben", "Cleo"]
    words = (await party.get(f"{QUEUE}/night/setlist.txt?zone=Asia/Tokyo")).text
    assert words.startswith("Garden party\n")
    sheet = (await party.get(f"{QUEUE}/night/night.cue")).text
    assert 'REM COMMENT "Ana"' in sheet
    assert "INDEX 01 00:00:00" in sheet


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("party/night/night.exe", 404, "unknown_night_file"),
        ("party/night/setlist.txt?since=4000000000000", 404, "empty_night"),
        ("party/night/setlist.txt?zone=Nowhere", 422, "bad_query"),
        ("nowhere/night/setlist.txt", 404, "unknown_queue"),
    ],
)
async def test_a_night_that_is_not_there(party: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await party.get(f"/queue/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
