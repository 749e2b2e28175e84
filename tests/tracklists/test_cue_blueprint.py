"""`/cue` over HTTP: the answers of source 003, whole; what is refused, and with what words."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api_queue.formats.cue.reading import read
from api_queue.tracklists.cue_tasks import CueTask
from tests.house import House
from tests.tasks import run_task

#: One server for all: each test makes lists and files of its own.
pytestmark = pytest.mark.asyncio(loop_scope="module")

CUE = "/api/v1/cue"
LIST: dict[str, Any] = {
    "dj_name": "Carl Cox",
    "event_name": "Tomorrowland 2024",
    "date": "2024-07-20",
    "genres": ["Techno"],
    "tracks": [
        {"artist": "Carl Cox", "title": "The Revolution Continues", "start_time": "00:00", "end_time": "04:00"},
        {
            "artist": "Joris Voorn",
            "title": "Ringo",
            "start_time": "04:00",
            "bpm": 128.0,
            "key": "Am",
            "label": "Rejected",
        },
    ],
}
#: Of the inline list above, in `standard`.
SHEET = (
    'REM GENRE "Techno"\r\n'
    "REM DATE 2024\r\n"
    'PERFORMER "Carl Cox"\r\n'
    'TITLE "Carl Cox @ Tomorrowland 2024"\r\n'
    'FILE "Carl Cox @ Tomorrowland 2024.wav" WAVE\r\n'
    "  TRACK 01 AUDIO\r\n"
    '    TITLE "The Revolution Continues"\r\n'
    '    PERFORMER "Carl Cox"\r\n'
    "    INDEX 01 00:00:00\r\n"
    "  TRACK 02 AUDIO\r\n"
    '    TITLE "Ringo"\r\n'
    '    PERFORMER "Joris Voorn"\r\n'
    "    REM BPM 128\r\n"
    '    REM KEY "Am"\r\n'
    '    REM LABEL "Rejected"\r\n'
    "    INDEX 01 04:00:00\r\n"
)


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    return shared_house


@pytest_asyncio.fixture(loop_scope="module")
async def author(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A member."""
    _, value = await house.parts.tokens.create("member")
    async with house.nobody() as client:
        client.headers["Authorization"] = f"Bearer {value}"
        yield client


async def generated(author: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await author.post(f"{CUE}/generate", json={"tracklist": LIST} | changes)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def stored_list(author: httpx.AsyncClient, **changes: Any) -> str:
    answer = await author.post("/api/v1/tracklists/manual", json=LIST | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def refused(author: httpx.AsyncClient, path: str, body: Any, status: int = 422) -> dict[str, Any]:
    answer = await author.post(f"{CUE}{path}", json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


# -- the answers, whole ----------------------------------------------------------------------------------------


async def test_a_sheet_is_answered_with_the_fields_of_the_seed(author: httpx.AsyncClient) -> None:
    body = await generated(author)
    cue_id = body["id"]
    assert body == {
        "success": True,
        "job_id": None,
        "cue_file_id": cue_id,
        "validation_report": None,
        "error": None,
        "processing_time_ms": body["processing_time_ms"],
        "id": cue_id,
        "tracklist_id": body["tracklist_id"],
        "filename": f"standard_{cue_id[:8]}_v1.cue",
        "file_path": f"/api/v1/cue/download/{cue_id}",
        "cue_content": SHEET,
        "format": "standard",
        "created_at": body["created_at"],
        "file_size": len(SHEET.encode()),
        "checksum": f"sha256:{hashlib.sha256(SHEET.encode()).hexdigest()}",
        "version": 1,
        "is_active": True,
        "metadata": {
            "track_count": 2,
            "audio_file": None,
            "audio_duration": None,
            "tracklist_rev": None,
            "tracklist_url": None,
            "source_format": None,
            "options": {
                "include_pregap": False,
                "with_rows": "join",
                "uncued": "refuse",
                "past_99": "refuse",
                "bom": False,
                "apply_fixes": False,
            },
            "notes": [],
        },
    }


async def test_a_file_is_answered_as_the_model_of_the_seed(author: httpx.AsyncClient) -> None:
    made = await generated(author)
    for path in (f"/{made['id']}", f"/files/{made['id']}"):
        body = (await author.get(f"{CUE}{path}")).json()
        of_model = {"id", "tracklist_id", "filename", "file_path", "cue_content", "format", "created_at", "file_size"}
        assert set(body) == of_model | {"checksum", "version", "is_active", "metadata"}
        assert body == {name: made[name] for name in body}


async def test_anybody_may_look_and_download(house: House, author: httpx.AsyncClient) -> None:
    made = await generated(author)
    async with house.guest() as guest:
        for path in (f"/download/{made['id']}", f"/files/{made['id']}/download"):
            answer = await guest.get(f"{CUE}{path}")
            assert answer.content == SHEET.encode()
            headers = {name: answer.headers[name] for name in _HEADERS}
            assert headers == {
                "content-type": "application/x-cue",
                "content-disposition": f"attachment; filename={made['filename']}",
                "x-file-version": "1",
                "x-file-format": "standard",
                "cache-control": "no-cache",
            }


_HEADERS = ("content-type", "content-disposition", "x-file-version", "x-file-format", "cache-control")


async def test_a_guest_makes_nothing(house: House) -> None:
    async with house.guest() as guest:
        answers = [
            await guest.post(f"{CUE}/generate", json={"tracklist": LIST}),
            await guest.post(f"{CUE}/generate/batch", json={"tracklist": LIST, "formats": ["kodi"]}),
            await guest.delete(f"{CUE}/files/nowhere"),
            await guest.get(f"{CUE}/cache/stats"),
        ]
    assert [answer.status_code for answer in answers] == [403] * 4


# -- what it is made of ----------------------------------------------------------------------------------------


async def test_a_list_comes_along_as_it_is_answered(author: httpx.AsyncClient) -> None:
    # Given a list as GET answers it, and one with the times of the seed's model
    answered = (await author.get(f"/api/v1/tracklists/{await stored_list(author)}")).json()
    at = {"track_number": 2, "timestamp_ms": 240_000, "formatted_time": "04:00"}
    tracks = [
        {"number": 1, "timestamp": at | {"timestamp_ms": 0}, "artist": "Carl Cox", "title": "A", "is_id": False},
        {"number": 2, "timestamp": at, "artist": "Joris Voorn", "title": "B", "remix": None, "genre": "Techno"},
    ]
    # Then both are understood
    assert (await generated(author, tracklist=answered))["cue_content"] == SHEET
    content = (await generated(author, tracklist={"dj_name": "Carl Cox", "tracks": tracks}))["cue_content"]
    assert [(track.title, track.start and track.start.frames) for track in read(content).sheet.tracks] == [
        ("A", 0),
        ("B", 18_000),
    ]


@pytest.mark.parametrize("path", ["/api/v1/cue/generate/{}", "/api/v1/tracklists/{}/generate-cue"])
async def test_a_stored_list_may_be_named_by_the_address(author: httpx.AsyncClient, path: str) -> None:
    tracklist_id = await stored_list(author, default_cue_format="kodi")
    for body, format_name in (({}, "kodi"), ({"format": "cdj"}, "cdj")):
        answer = (await author.post(path.format(tracklist_id), json=body)).json()
        assert (answer["tracklist_id"], answer["format"]) == (tracklist_id, format_name)
    assert answer["metadata"]["tracklist_rev"] == 1


async def test_one_of_each_format(author: httpx.AsyncClient) -> None:
    formats = ["standard", "cdj", "traktor", "serato", "rekordbox", "kodi"]
    answer = (await author.post(f"{CUE}/generate/batch", json={"tracklist": LIST, "formats": formats})).json()
    assert (answer["success"], answer["total_files"], answer["successful_files"], answer["failed_files"]) == (
        True,
        6,
        6,
        0,
    )
    assert [result["format"] for result in answer["results"]] == formats
    assert len({result["tracklist_id"] for result in answer["results"]}) == 1


async def test_a_format_that_fails_is_one_result_of_the_batch(author: httpx.AsyncClient) -> None:
    long = {"tracks": [{"artist": "A", "title": f"{at}", "start_ms": at * 60_000} for at in range(100)]}
    body = {"tracklist": long, "formats": ["standard", "cdj"], "store_files": False}
    answer = (await author.post(f"{CUE}/generate/batch", json=body)).json()
    assert (answer["success"], answer["successful_files"], answer["failed_files"]) == (False, 1, 1)
    assert answer["results"][0]["error"] == (
        "A standard sheet holds 99 tracks, and this one has 100: split it, or take another format."
    )
    assert answer["results"][1]["cue_file_id"] is None


async def test_a_recording_is_judged(house: House, author: httpx.AsyncClient) -> None:
    # Given a song of the library that is shorter than the list
    async with house.guest() as guest:
        song = (await guest.get("/tracks?limit=1")).json()["tracks"][0]
    tracks = [{"artist": "A", "title": "One", "start_time": 0, "end_time": 3600}]
    made = await generated(author, tracklist={"tracks": tracks}, audio_file_path=song["track_id"])
    # Then the answer says so, and what would mend it
    report, length_s = made["validation_report"], song["duration_ms"] / 1000
    assert set(report) == {
        *("valid", "error", "warnings", "audio_duration", "tracklist_duration", "suggestions", "metadata"),
    }
    assert not report["valid"]
    assert report["error"].startswith(f"Duration mismatch: audio={length_s:.2f}s, tracklist=3600.00s, diff=")
    assert report["metadata"] == {
        "actual_duration_seconds": length_s,
        "tracklist_duration_seconds": 3600.0,
        "difference_seconds": pytest.approx(3600 - length_s),
        "tolerance_seconds": 2.0,
        "track_count": 1,
    }
    [suggestion] = report["suggestions"]
    assert (suggestion["position"], suggestion["action"], suggestion["time_ms"]) == (1, "set_end", song["duration_ms"])
    # And with what is suggested, it fits
    fixed = await generated(
        author,
        tracklist={"tracks": tracks},
        audio_file_path=song["track_id"],
        options={"apply_fixes": True},
    )
    assert fixed["validation_report"]["valid"]


# -- what is refused -------------------------------------------------------------------------------------------

ROW = {"artist": "A", "title": "T"}


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({}, "bad_body", "say what the sheet is of: one of `tracklist_url`, `tracklist_id` and `tracklist`"),
        ({"tracklist": LIST, "tracklist_id": "x"}, "bad_body", "say what the sheet is of"),
        (
            {"tracklist": LIST, "format": "dat"},
            "unknown_cue_format",
            "There is no CUE format 'dat'; there are standard,",
        ),
        ({"tracklist": {"tracks": []}}, "no_tracks", "There is no track in this list"),
        ({"tracklist": {"tracks": [ROW]}}, "no_times", "Nobody set a time for row 1: set it"),
        ({"tracklist": {"tracks": [{"title": "T"}]}}, "bad_body", "missing required field `artist`"),
        ({"tracklist": {"tracks": [ROW | {"start_time": "noon"}]}}, "bad_body", "'noon' is no time: write H:MM:SS"),
        ({"tracklist": {"tracks": [ROW | {"start_ms": -1}]}}, "bad_body", ">= 0"),
        (
            {"tracklist": {"tracks": [ROW | {"start_time": 60}, ROW | {"start_time": 10}]}},
            "times_fall",
            "row 2 begins before the one above",
        ),
        ({"tracklist": LIST, "options": {"uncued": "guess"}}, "bad_body", "Invalid enum value 'guess'"),
        (
            {"tracklist": LIST, "audio_file_path": "../etc/passwd"},
            "bad_audio_file",
            "This is no recording of the library",
        ),
        ({"tracklist": LIST, "audio_file_path": ""}, "bad_body", "length >= 1"),
        ({"tracklist_url": "https://elsewhere.example/tracklist/"}, "foreign_address", "elsewhere.example"),
    ],
)
async def test_what_cannot_become_a_sheet_is_refused_in_words(
    author: httpx.AsyncClient, body: dict[str, Any], code: str, words: str
) -> None:
    problem = await refused(author, "/generate", body)
    assert problem["code"] == code
    assert words in problem["detail"]


async def test_a_list_that_is_not_there(author: httpx.AsyncClient) -> None:
    assert (await refused(author, "/generate", {"tracklist_id": "nowhere"}, 404))["code"] == "unknown_tracklist"
    assert (await refused(author, "/generate/nowhere", {}, 404))["code"] == "unknown_tracklist"


async def test_a_path_of_the_machine_gets_one_answer_whether_it_is_there_or_not(author: httpx.AsyncClient) -> None:
    paths = ("/etc/passwd", "/etc/nothing", "../../../../etc/passwd", "/proc/self/environ", "nothing.flac", "/")
    problems = [await refused(author, "/generate", {"tracklist": LIST, "audio_file_path": path}) for path in paths]
    assert all(problem == problems[0] for problem in problems)


async def test_a_list_of_a_hundred_thousand_rows_is_refused(author: httpx.AsyncClient) -> None:
    # Given as many as fit, which say nothing, and larger ones
    tracks = [ROW | {"start_ms": at} for at in range(30_000)]
    assert (await refused(author, "/generate", {"tracklist": {"tracks": [{}] * 100_000}}))["code"] == "bad_body"
    assert (await refused(author, "/generate", {"tracklist": {"tracks": tracks}}, 413))["code"] == "too_large"


async def test_a_list_of_more_rows_than_a_list_may_have_is_refused(author: httpx.AsyncClient) -> None:
    problem = await refused(author, "/generate", {"tracklist": {"tracks": [ROW] * 1001}})
    assert "length <= 1000" in problem["detail"]


async def test_a_name_that_would_end_a_header_stands_in_none(author: httpx.AsyncClient) -> None:
    made = await generated(author, tracklist=LIST | {"title": 'x"\r\nSet-Cookie: a=b\r\n\r\n<script>'})
    answer = await author.get(f"{CUE}/download/{made['id']}")
    assert answer.headers["content-disposition"] == f"attachment; filename={made['filename']}"
    assert "set-cookie" not in answer.headers
    assert "\nSet-Cookie" not in answer.text


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
    assert (body["valid"], body["findings"], body["audio_duration"]) == (True, [], None)
    path = {"audio_file_path": song["track_id"]}
    body = (await author.post(f"{CUE}/files/{file['id']}/validate", json=path)).json()
    assert body["audio_duration"] == song["duration_ms"] / 1000
    assert body["findings"]


@pytest.mark.parametrize(
    ("path", "body"),
    [("regenerate", {}), ("validate", {}), ("convert", {"target_format": "cdj"})],
)
async def test_nothing_is_done_to_a_file_that_is_not_there(
    author: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    assert (await refused(author, f"/files/nowhere/{path}", body, 404))["code"] == "unknown_cue_file"


# -- text and formats ------------------------------------------------------------------------------------------


async def test_a_sheet_is_judged_as_text_or_as_a_file(house: House) -> None:
    bad = 'FILE "a.wav" WAVE\r\n  TRACK 01 AUDIO\r\n    TITLE "A"\r\n    INDEX 01 00:00:75\r\n'
    async with house.guest() as guest:
        as_text = (await guest.post(f"{CUE}/validate", json={"cue_content": bad})).json()
        as_file = (await guest.post(f"{CUE}/validate", content=bad.encode())).json()
        in_utf_16 = (await guest.post(f"{CUE}/validate", content=bad.encode("utf-16"))).json()
    assert as_text == as_file
    assert (as_text["valid"], as_text["track_count"], as_text["dialect"]) == (False, 1, "cdrwin")
    [finding] = [each for each in as_text["findings"] if each["severity"] == "error"]
    assert (finding["code"], finding["line"]) == ("frames_over_74", 4)
    assert as_text["error"] == finding["message"]
    assert in_utf_16["encoding"].startswith("utf-16")


async def test_a_sheet_over_a_mebibyte_is_a_finding_and_one_over_two_is_refused(house: House) -> None:
    async with house.guest() as guest:
        larger = (await guest.post(f"{CUE}/validate", content=b"REM x\r\n" * 160_000)).json()
        largest = await guest.post(f"{CUE}/validate", content=b"REM x\r\n" * 320_000)
    assert (larger["valid"], [each["code"] for each in larger["findings"]]) == (False, ["too_large"])
    assert (largest.status_code, largest.json()["code"]) == (413, "too_large")


async def test_the_formats_and_what_they_hold(house: House) -> None:
    async with house.guest() as guest:
        assert (await guest.get(f"{CUE}/formats")).json() == [
            *("standard", "cdj", "traktor", "serato", "rekordbox", "kodi"),
        ]
        assert (await guest.get(f"{CUE}/formats/cdj/capabilities")).json() == {
            "format": "cdj",
            "description": "A short sheet: one file, texts of 80 letters, genre and date.",
            "max_tracks": 999,
            "max_text_length": 80,
            "supports_multiple_files": False,
            "supports_pregap": False,
            "supports_isrc": True,
            "flags": ["DCP", "PRE"],
            "rem_fields": ["GENRE", "DATE"],
            "file_extension": ".cue",
            "content_type": "application/x-cue",
        }
        preview = f"{CUE}/formats/conversion-preview?source_format=standard&target_format="
        assert "ISRC is left out." in (await guest.get(f"{preview}traktor")).json()
        assert (await guest.get(f"{preview}standard")).json() == []
        for path in ("/formats/dat/capabilities", "/formats/conversion-preview?source_format=dat&target_format=cdj"):
            assert (await guest.get(f"{CUE}{path}")).json()["code"] == "unknown_cue_format"


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
