"""`/cue/files` over HTTP: lists, versions, what is done to a file; tasks that make them, and what is kept."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api_queue.jobs.models import TaskFilter
from api_queue.tracklists.cue_tasks import TYPE, CueTask
from api_queue.tracklists.models import Entry, Facts
from api_queue.tracklists.retrieval_wire import imported_json
from api_queue.tracklists.site_import import Target
from tests.house import House
from tests.tasks import run_task
from tests.tracklists.cue_desk import a_list, row
from tests.tracklists.cue_over_http import CUE, LIST, a_member, generated, refused, stored_list

#: One server for all: each test makes lists and files of its own.
pytestmark = pytest.mark.asyncio(loop_scope="module")

OF_CUE = TaskFilter(type=TYPE)


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    return shared_house


@pytest_asyncio.fixture(loop_scope="module")
async def author(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await a_member(house) as client:
        yield client


# -- files -----------------------------------------------------------------------------------------------------


async def test_files_of_a_list_are_listed_without_their_text(author: httpx.AsyncClient) -> None:
    tracklist_id = await stored_list(author)
    for format_name in ("standard", "kodi", "kodi"):
        await generated(author, tracklist=None, tracklist_id=tracklist_id, format=format_name)
    answer = (await author.get(f"{CUE}/files?tracklist_id={tracklist_id}&format=kodi&limit=1")).json()
    assert answer["pagination"] == {"limit": 1, "offset": 0, "total": 2, "returned": 1, "has_more": True}
    assert answer["filters"] == {"tracklist_id": tracklist_id, "format": "kodi"}
    [file] = answer["files"]
    assert "cue_content" not in file
    versions = (await author.get(f"{CUE}/files/{file['id']}/versions")).json()
    assert [each["version"] for each in versions["versions"]] == [2, 1]
    assert (versions["tracklist_id"], versions["format"], versions["total"]) == (tracklist_id, "kodi", 2)


async def test_a_file_is_made_again_converted_and_deleted(author: httpx.AsyncClient) -> None:
    tracklist_id = await stored_list(author)
    file = await generated(author, tracklist=None, tracklist_id=tracklist_id)
    again = (await author.post(f"{CUE}/files/{file['id']}/regenerate")).json()
    assert (again["success"], again["version"], again["checksum"]) == (True, 2, file["checksum"])
    converted = (await author.post(f"{CUE}/files/{file['id']}/convert", json={"target_format": "cdj"})).json()
    assert (converted["success"], converted["format"], converted["source_cue_file_id"]) == (True, "cdj", file["id"])
    assert converted["warnings"][0].startswith("REM lines are left out")
    assert (await author.delete(f"{CUE}/files/{file['id']}")).status_code == 204
    gone = await author.get(f"{CUE}/{file['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_cue_file")
    assert (await author.delete(f"{CUE}/files/{again['id']}?soft_delete=false")).status_code == 204
    versions = (await author.get(f"{CUE}/files/{file['id']}/versions")).json()["versions"]
    assert [(each["version"], each["is_active"]) for each in versions] == [(1, False)]


async def test_a_list_names_the_newest_of_its_files(author: httpx.AsyncClient) -> None:
    tracklist_id = await stored_list(author)
    files = [(await generated(author, tracklist=None, tracklist_id=tracklist_id))["id"] for _ in range(2)]
    named = []
    for _ in range(2):
        answer = (await author.get(f"/api/v1/tracklists/{tracklist_id}")).json()
        named.append(answer["cue_file_id"])
        await author.delete(f"{CUE}/files/{answer['cue_file_id']}")
    # When the last one is gone there is none, and the list itself was never changed
    answer = (await author.get(f"/api/v1/tracklists/{tracklist_id}")).json()
    assert (named, answer["cue_file_id"], answer["rev"]) == (files[::-1], None, 1)


async def test_a_file_is_judged_against_a_recording(house: House, author: httpx.AsyncClient) -> None:
    async with house.guest() as guest:
        song = (await guest.get("/tracks?limit=1")).json()["tracks"][0]
    file = await generated(author)
    body = (await author.post(f"{CUE}/files/{file['id']}/validate")).json()
    assert body == {
        "valid": True,
        "error": None,
        "warnings": [],
        "findings": [],
        "track_count": 2,
        "encoding": "utf-8",
        "dialect": "cdrwin",
        "audio_duration": None,
        "suggestions": [],
    }
    # When it is one that ends before the second track
    path = {"audio_file_path": song["track_id"]}
    body = (await author.post(f"{CUE}/files/{file['id']}/validate", json=path)).json()
    length_s = song["duration_ms"] / 1000
    assert (body["valid"], body["audio_duration"]) == (False, length_s)
    assert f"Track 2 starts at 240.00s, beyond the audio ({length_s:.2f}s)" in body["error"]
    assert {"code", "position", "action", "message", "time_ms"} == set(body["suggestions"][0])


@pytest.mark.parametrize(
    ("path", "body"),
    [("regenerate", {}), ("validate", {}), ("convert", {"target_format": "cdj"})],
)
async def test_nothing_is_done_to_a_file_that_is_not_there(
    author: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    assert (await refused(author, f"/files/nowhere/{path}", body, 404))["code"] == "unknown_cue_file"


# -- tasks and what is kept ------------------------------------------------------------------------------------


async def test_a_task_makes_it_and_says_how_far_it_is(house: House, author: httpx.AsyncClient) -> None:
    answer = await author.post(f"{CUE}/generate?async_processing=true", json={"tracklist": LIST})
    assert answer.status_code == 202
    job_id = answer.json()["job_id"]
    assert answer.json() == {
        "success": True,
        "job_id": job_id,
        "cue_file_id": None,
        "validation_report": None,
        "error": None,
        "processing_time_ms": 0,
    }
    job = (await author.get(f"{CUE}/jobs/{job_id}/status")).json()
    assert job == {
        "job_id": job_id,
        "status": "queued",
        "job_type": "tracklists.cue",
        "service_name": "tracklists",
        "progress": 0.0,
        "total_items": 1,
        "result": None,
        "error_message": None,
        "started_at": None,
        "completed_at": None,
        "created_at": job["created_at"],
    }


async def test_what_the_task_runs_becomes_the_file_that_was_ordered(house: House, author: httpx.AsyncClient) -> None:
    tracklist_id = await stored_list(author)
    body = {"tracklist_id": tracklist_id, "formats": ["standard", "kodi"], "options": {"include_pregap": True}}
    job_id = (await author.post(f"{CUE}/generate/batch?async_processing=true", json=body)).json()["job_id"]
    detail = await house.parts.cue_jobs.job(job_id)
    ran = await run_task(CueTask(house.parts.cue).type(), *(item.payload for item in detail.items))
    files = [result for _, result in ran.completed]
    assert [(file["tracklist_id"], file["format"]) for file in files] == [
        (tracklist_id, "standard"),
        (tracklist_id, "kodi"),
    ]
    kept = (await author.get(f"{CUE}/{files[0]['cue_file_id']}")).json()
    assert kept["metadata"]["options"]["include_pregap"]


@pytest.mark.parametrize("job_id", ["nowhere", "0", "99999999999999", "-1", "1e3", "٣"])
async def test_a_job_that_is_none_of_these(author: httpx.AsyncClient, job_id: str) -> None:
    answer = await author.get(f"{CUE}/jobs/{job_id}/status")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_cue_job")


async def test_a_task_of_another_type_is_no_job_of_these(house: House, author: httpx.AsyncClient) -> None:
    task, _ = await house.parts.jobs.create("export", [{"queue": "party"}])
    assert (await author.get(f"{CUE}/jobs/{task.task_id}/status")).status_code == 404


async def test_what_is_kept_is_counted_invalidated_and_made_anew(house: House, author: httpx.AsyncClient) -> None:
    tracklist_id = await stored_list(author)
    await generated(author, tracklist=None, tracklist_id=tracklist_id)
    async with house.admin() as admin:
        before = (await admin.get(f"{CUE}/cache/stats")).json()
        assert set(before) == {"entries", "current_entries", "tracklists", "size_bytes", "formats"}
        cleared = await admin.delete(f"{CUE}/cache/invalidate/{tracklist_id}")
        assert cleared.json() == {
            "success": True,
            "message": "1 CUE file is made anew when they are asked for next.",
            "entries_cleared": 1,
        }
        after = (await admin.get(f"{CUE}/cache/stats")).json()
        assert after == before | {"current_entries": before["current_entries"] - 1}
        warming = await admin.post(f"{CUE}/cache/warm", json={"tracklist_ids": [tracklist_id]})
        assert warming.status_code == 202
        detail = await house.parts.cue_jobs.job(warming.json()["job_id"])
        for _ in range(2):  # the second time it is there
            ran = await run_task(CueTask(house.parts.cue).type(), *(item.payload for item in detail.items))
        assert ran.result["version"] == 2
        assert (await admin.delete(f"{CUE}/cache/clear")).json()["entries_cleared"] >= 1
        assert (await admin.get(f"{CUE}/cache/stats")).json()["current_entries"] == 0


@pytest.mark.parametrize(("asked", "jobs"), [("", 1), ("?generate_cue_async=false", 0)])
async def test_what_is_published_gets_its_file(house: House, author: httpx.AsyncClient, asked: str, jobs: int) -> None:
    tracklist_id = await stored_list(author, default_cue_format="kodi")
    before, _ = await house.parts.jobs.tasks(OF_CUE)
    answer = await author.post(f"/api/v1/tracklists/{tracklist_id}/publish{asked}")
    assert answer.status_code == 200, answer.text
    count, tasks = await house.parts.jobs.tasks(OF_CUE)
    assert count == before + jobs
    for task in tasks[:jobs]:
        detail = await house.parts.cue_jobs.job(f"{task.task_id}")
        ran = await run_task(CueTask(house.parts.cue).type(), *(item.payload for item in detail.items))
        assert (ran.result["tracklist_id"], ran.result["format"]) == (tracklist_id, "kodi")
        assert (await author.get(f"/api/v1/tracklists/{tracklist_id}")).json()["cue_file_id"] == ran.result["id"]


async def test_what_is_imported_in_a_format_says_where_its_file_is(house: House, author: httpx.AsyncClient) -> None:
    draft = await house.parts.site_import.keep(a_list(), Target(cue_format="kodi", by="somebody"))
    path = imported_json(draft)["cue_file_path"]
    assert (await author.get(path)).headers["x-file-format"] == "kodi"


@pytest.mark.parametrize(
    ("rows", "cue_format"), [((row(0, "One"),), None), ((row(None, "One"), row(None, "Two")), "kodi")]
)
async def test_what_needs_no_file_or_cannot_become_one_is_imported_without(
    house: House, rows: tuple[Entry, ...], cue_format: str | None
) -> None:
    draft = await house.parts.site_import.keep(a_list(Facts(entries=rows)), Target(cue_format=cue_format))
    assert (draft.facts.entries, imported_json(draft)["cue_file_path"]) == (rows, None)
