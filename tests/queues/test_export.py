"""The night as files."""

import csv
import errno
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from api_queue.errors import UnknownExport
from api_queue.formats import m3u
from api_queue.queues.exports import Exports
from tests.house import House
from tests.tasks import run_task

NOW_MS = 1_700_000_000_000
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
    of_queue = {"items.csv", "items.json", "history.csv", "history.json", "night.m3u8"}
    assert files.keys() == of_queue | {"setlist.csv", "setlist.txt", "night.cue"}
    # And it says who sang what
    [sung] = csv.DictReader(io.StringIO(files["history.csv"]))
    assert sung["performer_name"] == "Ann"
    assert [item["performer_name"] for item in json.loads(files["items.json"])] == ["Ann", "=Ben"]
    # And no cell of the sheets runs
    [ben] = [row for row in csv.DictReader(io.StringIO(files["items.csv"])) if row["performer_name"].endswith("Ben")]
    assert ben["performer_name"] == "'=Ben"
    extended = [line for line in files["night.m3u8"].splitlines() if line.startswith("#EXTINF")]
    assert len(extended) == 2
    assert "Your side" in extended[0]
    # And the sheet of the night has what was heard of it
    assert 'TITLE "Your side (Instrumental)"' in files["night.cue"]


async def test_what_waits_has_the_time_at_which_it_is_expected(house: House) -> None:
    async with house.admin() as admin:
        for name in ("Ann", "Ben"):
            assert (await admin.post("/queue/party", json={"track_id": SONG, "performer_name": name})).is_success
        await admin.post("/queue/party/command/play")
        answer = await admin.get((await exported(house))["url"])
    waiting = json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("items.json"))[-1]
    assert waiting["timestamp_expected"] >= waiting["timestamp_added"]


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


def test_names_of_files_that_are_no_text_stand_as_the_disk_has_them(tmp_path: Path) -> None:
    exports = Exports(tmp_path)
    night = m3u.write([m3u.Entry(180, "Café", "/music/caf\udce9.flac")])
    exports.write("party-1.zip", {"night.m3u8": night}, NOW_MS)
    archive = zipfile.ZipFile(exports.path("party-1.zip"))
    assert archive.read("night.m3u8").splitlines()[2] == b"/music/caf\xe9.flac"


def test_an_export_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="No space left"):
        Exports(tmp_path).write("party-1.zip", {"a.csv": "a"}, NOW_MS)
    assert list(tmp_path.iterdir()) == []


def test_exports_go_after_thirty_days(tmp_path: Path) -> None:
    # Given an export, and another a day later
    exports, day_ms = Exports(tmp_path / "exports"), 24 * 3_600_000
    exports.sweep(NOW_MS)  # before there is one
    exports.write("first-1.zip", {"a.csv": "a"}, NOW_MS)
    exports.write("second-2.zip", {"a.csv": "a"}, NOW_MS + day_ms)
    # When thirty days are over
    exports.sweep(NOW_MS + 30 * day_ms + 1)
    # Then the first is gone, and the second is not
    exports.path("second-2.zip")
    with pytest.raises(UnknownExport):
        exports.path("first-1.zip")
    # And writing one sweeps as well
    exports.write("third-3.zip", {"a.csv": "a"}, NOW_MS + 31 * day_ms + 1)
    assert [path.name for path in (tmp_path / "exports").iterdir()] == ["third-3.zip"]


@pytest.mark.parametrize("name", ["nothing.zip", "..%2Fkeys%2Fmedia", "draft-x", "%2Fetc%2Fpasswd"])
async def test_no_other_file_can_be_fetched(house: House, name: str) -> None:
    async with house.admin() as admin:
        assert (await admin.get(f"/exports/{name}")).status_code == 404
