"""`/library` over HTTP, in a whole server without a worker; `work_off` is the worker."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from mutagen.flac import FLAC

from api_queue.drivers.redis import Redis
from api_queue.jobs.models import TaskId
from api_queue.tracks.paths import to_text
from tests.house import House, a_house
from tests.tasks import run_task
from tests.tracks.flacs import song


@pytest.fixture
async def house(redis: Redis, redis_url: str, furnished: Path, music: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(redis_url, furnished, tmp_path / "data", library_roots=(music,)) as house:
        yield house


async def work_off(house: House, task_id: int) -> None:
    detail = await house.parts.jobs.detail(TaskId(task_id), 100)
    await run_task(house.parts.task_types[detail.task.type], *(item.payload for item in detail.items))


async def overview(house: House) -> Any:
    async with house.admin() as admin:
        return (await admin.get("/library")).json()


async def test_a_folder_is_added_and_its_scan_enqueued(house: House, music: Path) -> None:
    # Given a folder with a good and a bad file
    song("One").write(music / "new" / "one.flac")
    (music / "new" / "bad.flac").write_bytes(b"bad")
    async with house.admin() as admin:
        # When it is added
        answer = await admin.post("/library/folders", json={"path": f"{music}/new/"})
        assert answer.status_code == 201
        body = answer.json()
        # Then its scan waits for a worker, under the names of both systems
        assert body["path"] == f"{music}/new"
        assert body["task_id"] == body["enqueued_task_id"]
        task = (await admin.get(f"/api/queues/{body['task_id']}")).json()
        assert (task["type"], task["status"]) == ("scan", "queued")
        assert [item["payload"] for item in task["items"]] == [{"path": f"{music}/new"}]
        # And the same again is no second folder and no second scan
        again = await admin.post("/library/folders", json={"path": f"{music}/new"})
        assert (again.status_code, again.json()["task_id"]) == (200, body["task_id"])
    # When it was scanned, then it has its counts, and the fault its reason
    await work_off(house, body["task_id"])
    library = await overview(house)
    [root, folder] = library["folders"]
    assert root | {"path": f"{music}", "added_at": None, "files": 2} == root
    assert (folder["path"], folder["files"], folder["tracks"], folder["faults"]) == (f"{music}/new", 2, 1, 1)
    assert folder["added_at"].endswith("+00:00")
    assert folder["last_scan_at"].endswith("+00:00")
    assert library["last_scan"]["task_id"] == body["task_id"]
    [fault] = library["faults"]
    assert fault["path"] == f"{music}/new/bad.flac"
    assert "it is no readable FLAC" in fault["reason"]


@pytest.mark.parametrize("name", [b"100% Jazz", b"a%20b", b"caf\xe9"])
async def test_a_folder_is_added_and_removed_under_the_name_that_answers_have(
    house: House, music: Path, name: bytes
) -> None:
    # Given a folder whose name has signs that are quoted in JSON, or bytes that are no text
    folder = music / os.fsdecode(name)
    song("One").write(folder / "one.flac")
    path = to_text(f"{folder}")
    async with house.admin() as admin:
        # When it is added as answers write it, then it is that folder
        assert (await admin.post("/library/folders", json={"path": path})).json()["path"] == path
        assert [each["path"] for each in (await overview(house))["folders"]] == [f"{music}", path]
        # When it is removed, though it is gone from the disk, then it is no folder any more
        shutil.rmtree(folder)
        assert (await admin.delete("/library/folders", params={"path": f"{path}/"})).status_code == 204
        assert [each["path"] for each in (await overview(house))["folders"]] == [f"{music}"]
        # And there is nothing left to remove; a root is not one of those that were added
        for other in (path, f"{music}"):
            again = await admin.delete("/library/folders", params={"path": other})
            assert (again.status_code, again.json()["code"]) == (404, "unknown_folder")


async def test_a_percent_sign_that_a_person_types_is_one(house: House, music: Path) -> None:
    song("One").write(music / "a%20b" / "one.flac")
    async with house.admin() as admin:
        added = await admin.post("/library/folders", json={"path": f"{music}/a%20b"})
    assert added.json()["path"] == f"{music}/a%2520b"


async def test_the_music_of_a_removed_folder_stays(house: House, music: Path) -> None:
    song("One").write(music / "new" / "one.flac")
    async with house.admin() as admin:
        added = (await admin.post("/library/folders", json={"path": f"{music}/new"})).json()
        await work_off(house, added["task_id"])
        await admin.delete("/library/folders", params={"path": added["path"]})
        await work_off(house, (await admin.post("/library/scan")).json()["task_id"])
    assert (await overview(house))["totals"]["tracks"] == 1


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("/etc", "folder_outside", "'/etc' does not lie in a music folder of this server"),
        ("{music}/../private", "folder_outside", "does not lie in a music folder"),
        ("{music}/link", "folder_outside", "does not lie in a music folder"),
        ("new", "folder_outside", "does not lie in a music folder"),
        ("{music}/nowhere", "folder_missing", "There is no '{music}/nowhere' on this server."),
        ("{music}/one.flac", "folder_missing", "There is no"),
        ("", "bad_body", "Expected `str` of length >= 1"),
        ("/\0", "folder_outside", "does not lie"),
        ("{music}/loop", "folder_missing", "There is no '{music}/loop' on this server."),
    ],
)
async def test_folders_that_are_refused(house: House, music: Path, path: str, code: str, said: str) -> None:
    (music.parent / "private").mkdir()
    (music / "link").symlink_to(music.parent / "private")
    (music / "loop").symlink_to("loop")
    song("One").write(music / "one.flac")
    async with house.admin() as admin:
        answer = await admin.post("/library/folders", json={"path": path.replace("{music}", f"{music}")})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert said.replace("{music}", f"{music}") in answer.json()["detail"]


async def test_a_rescan_of_all_is_one_at_a_time(house: House, music: Path) -> None:
    song("One").write(music / "one.flac")
    async with house.admin() as admin:
        first = await admin.post("/library/scan")
        second = await admin.post("/library/scan")
    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json() == second.json()
    await work_off(house, first.json()["task_id"])
    library = await overview(house)
    assert library["totals"] == {"files": 1, "tracks": 1, "faults": 0}


async def test_only_admins_see_and_change_it(house: House, music: Path) -> None:
    async with house.nobody() as nobody:
        assert (await nobody.get("/library")).status_code == 401
        assert (await nobody.post("/library/folders", json={"path": f"{music}"})).status_code == 401
        assert (await nobody.delete("/library/folders", params={"path": f"{music}"})).status_code == 401
        assert (await nobody.post("/library/scan")).status_code == 401
    async with house.guest() as guest:
        assert (await guest.get("/library")).status_code in {401, 403}


async def test_a_task_with_a_folder_elsewhere_is_refused_with_a_sentence(house: House, music: Path) -> None:
    async with house.admin() as admin:
        climbing = f"{music}/..%2F..%2Fetc%2Fx.flac"
        for item in ({"path": "/etc"}, {"files": ["/etc/passwd"]}, {"files": [climbing]}, {}):
            answer = await admin.post("/api/queues/tasks", json={"type": "scan", "items": [item]})
            assert answer.status_code == 422, answer.json()
            assert answer.json()["code"] in {"folder_outside", "bad_task_item"}


# -- waveforms -------------------------------------------------------------------------------------------------


async def test_a_waveform_is_there_after_the_track_was_analyzed(house: House, music: Path) -> None:
    # Given one of the demo's songs, without tags
    demo = Path(__file__).parents[2] / "config" / "demo" / "music"
    flac = FLAC(shutil.copy(min(demo.glob("*.flac")), music))  # type: ignore[no-untyped-call]
    flac.delete()
    async with house.admin() as admin:
        await work_off(house, (await admin.post("/library/scan")).json()["task_id"])
        [track] = (await admin.get("/tracks")).json()["tracks"]
        path = f"/tracks/{track['track_id']}/waveform"
        missing, about = await admin.get(path), f"/tracks/{track['track_id']}"
        assert (await admin.get(about)).json()["replaygain"] is None
        assert (missing.status_code, missing.json()["code"]) == (404, "not_analyzed")
        # When it is analyzed
        analyze = {"type": "analyze", "items": [{"track_id": track["track_id"]}]}
        await work_off(house, (await admin.post("/api/queues/tasks", json=analyze)).json()["task_id"])
        # Then everybody gets its peaks, and how loud it is
        waveform = (await admin.get(path)).json()
        # And what was measured stands in for the tags that the file has not
        replaygain = (await admin.get(about)).json()["replaygain"]
        assert replaygain == {**waveform["replaygain"], "album_gain_db": None, "album_peak": None}
    assert len(waveform["peaks"]) >= 790
    assert max(waveform["peaks"]) == pytest.approx(waveform["replaygain"]["track_peak"], abs=0.005)
    assert waveform["loudness_lufs"] == -17.0
