"""`/cue` over HTTP: the answers of source 003, whole; what is refused, and with what words."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api_queue.accounts.access import ACCESS, LIMITED
from api_queue.formats.cue.reading import read
from tests.house import House
from tests.tracklists.cue_over_http import CUE, LIST, SHEET, a_member, generated, refused, stored_list

#: One server for all: each test makes lists and files of its own.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    return shared_house


@pytest_asyncio.fixture(loop_scope="module")
async def author(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await a_member(house) as client:
        yield client


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
                "uncued": "estimate",
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


async def test_whatever_costs_the_server_work_has_its_limit() -> None:
    """An admin may do as he likes."""
    asked = {(method, route) for (method, route), word in ACCESS.items() if "/cue/" in route and word != "admin"}
    assert {pair for pair in asked if pair[0] == "POST"} <= set(LIMITED)
    # Who sends sheets may be a guest with a new cookie each time, so an address counts too
    assert LIMITED["POST", f"{CUE}/validate"] == "add"


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
        ({"tracklist": {"tracks": []}}, "no_tracks", "There is no track in this list"),
        ({"tracklist": {"tracks": [ROW, ROW]}}, "no_times", "Nobody set a time for row 1, 2: set it"),
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


@pytest.mark.parametrize("name", ["dat", "STANDARD", "x" * 5000])
async def test_a_format_that_there_is_not_is_a_bad_request(author: httpx.AsyncClient, name: str) -> None:
    made, lists = await generated(author), {"tracklist": LIST}
    answers = [
        *[await author.get(f"{CUE}{path}{name}") for path in ("/files?format=", _PREVIEW)],
        await author.get(f"{CUE}/formats/{name}/capabilities"),
        await author.post(f"{CUE}/generate", json=lists | {"format": name}),
        await author.post(f"{CUE}/generate/batch", json=lists | {"formats": ["standard", name]}),
        await author.post(f"{CUE}/files/{made['id']}/convert", json={"target_format": name}),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "unknown_cue_format")] * 6
    said = "; there are standard, cdj, traktor, serato, rekordbox, kodi."
    assert all(answer.json()["detail"].endswith(said) and len(answer.text) < 500 for answer in answers)


_PREVIEW = "/formats/conversion-preview?source_format=cdj&target_format="
