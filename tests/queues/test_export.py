"""The night as files."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest

from tests.house import House
from tests.tasks import run_task

SONG = "KAT_TUN_Your_side_Instrumental_"


async def exported(house: House, queue: str = "party") -> dict[str, Any]:
    export = house.parts.task_types["export"]
    ran = await run_task(export, {"queue": queue})
    assert ran.failed == []
    return dict(ran.result)


async def test_the_night_of_a_queue_can_be_fetched_by_an_admin(house: House) -> None:
    # Given a queue on which one was played and one waits
    async with house.guest() as guest, house.admin() as admin:
        for name in ("Ann", "=Ben"):
            assert (await admin.post("/queue/party", json={"track_id": SONG, "performer_name": name})).is_success
        for command in ("play", "skip", "stop"):
            await admin.post(f"/queue/party/command/{command}")
        # When it is exported
        result = await exported(house)
        # Then admins get it, and nobody else
        assert (await guest.get(result["url"])).status_code in {401, 403}
        answer = await admin.get(result["url"])
    assert answer.headers["content-type"] == "application/zip"
    assert len(answer.content) == result["bytes"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert files.keys() == {"items.csv", "items.json", "history.csv", "history.json", "night.m3u8"}
    # And it says who sang what
    [sung] = csv.DictReader(io.StringIO(files["history.csv"]))
    assert sung["performer_name"] == "Ann"
    assert [item["performer_name"] for item in json.loads(files["items.json"])] == ["Ann", "=Ben"]
    extended = [line for line in files["night.m3u8"].splitlines() if line.startswith("#EXTINF")]
    assert len(extended) == 2
    assert "Your side" in extended[0]


async def test_an_empty_queue_is_an_empty_night(house: House) -> None:
    result = await exported(house)
    assert (result["items"], result["history"]) == (0, 0)


async def test_a_queue_that_is_not_there_fails_its_item(house: House) -> None:
    ran = await run_task(house.parts.task_types["export"], {"queue": "nowhere"})
    assert "nowhere" in ran.error


@pytest.mark.parametrize("item", [{}, {"queue": 7}, {"queue": "../party"}])
async def test_items_that_are_refused(house: House, item: dict[str, object]) -> None:
    async with house.admin() as admin:
        answer = await admin.post("/api/queues/tasks", json={"type": "export", "items": [item]})
    assert answer.status_code in {404, 422}


@pytest.mark.parametrize("name", ["nothing.zip", "..%2Fkeys%2Fmedia", "draft-x", "%2Fetc%2Fpasswd"])
async def test_no_other_file_can_be_fetched(house: House, name: str) -> None:
    async with house.admin() as admin:
        assert (await admin.get(f"/exports/{name}")).status_code == 404
