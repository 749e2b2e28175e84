"""Lists from texts, label files, sheets, saved pages and a night, over HTTP."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from api_queue.queues.history import SqlHistory
from api_queue.queues.models import Item
from api_queue.tracks.models import Search
from api_queue.types import GuestId, ItemId, Milliseconds, QueueName, TrackId
from api_queue.web.personal import personal_queue
from tests.house import House
from tests.tracklists.lists import LISTS, Author, titles
from tests.tracklists.test_sources import LABELS, SHEET

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "Ana @ Home 2024-07-20\n0:00 Ana - Sun\nhello\n3:00 Ben - Moon"


@pytest_asyncio.fixture(loop_scope="module")
async def nobody(shared_house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with shared_house.nobody() as client:
        yield client


# -- looking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "text", "rows"), [("text", TEXT, 2), ("labels", LABELS, 2), ("cue", SHEET, 3)])
async def test_anybody_may_see_what_a_text_would_become(
    nobody: httpx.AsyncClient, kind: str, text: str, rows: int
) -> None:
    named = await nobody.post(f"{LISTS}/parse", json={kind: text})
    as_file = await nobody.post(f"{LISTS}/parse", content=text.encode())
    by_curl = await nobody.post(
        f"{LISTS}/parse", content=text.encode(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert named.json() == as_file.json() == by_curl.json()
    assert (named.json()["kind"], len(titles(named.json()["tracklist"]))) == (kind, rows)


async def test_findings_have_a_line_and_a_sentence(nobody: httpx.AsyncClient) -> None:
    told = (await nobody.post(f"{LISTS}/parse", json={"text": TEXT})).json()
    assert told["findings"] == [
        {
            "code": "not_a_row",
            "severity": "warning",
            "line": 3,
            "message": "This is no row, and was left out: hello",
            "column": None,
        }
    ]
    assert (told["tracklist"]["dj_name"], told["tracklist"]["date"]) == ("Ana", "2024-07-20")


@pytest.mark.parametrize(
    ("kind", "line"), [("text", "0:00 A - B\n"), ("labels", "0\t1\ta\n"), ("cue", "TRACK 1 AUDIO\n")]
)
async def test_nobody_gets_back_many_times_what_they_sent(nobody: httpx.AsyncClient, kind: str, line: str) -> None:
    """A megabyte of labels was answered with eighty."""
    answer = await nobody.post(f"{LISTS}/parse", json={kind: line * 1001})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_rows")


async def test_of_a_text_that_is_all_wrong_the_first_lines_are_told(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.post(f"{LISTS}/parse", json={"labels": "what?\n" * 10_000})
    assert 5000 <= len(answer.json()["findings"]) <= 5001


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
async def test_a_file_may_be_in_any_encoding(nobody: httpx.AsyncClient, encoding: str) -> None:
    answer = await nobody.post(f"{LISTS}/parse", content="0:00 Am\u00e9lie - Sun\n".encode(encoding))
    assert answer.json()["tracklist"]["tracks"][0]["artist"] == "Am\u00e9lie"


async def test_a_page_without_rows_is_refused_by_name(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.post(f"{LISTS}/parse", content=b"<html><p>hello</p></html>")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_tracklist_page")


@pytest.mark.parametrize("body", [{}, {"text": "a", "cue": "b"}, {"text": 5}])
async def test_one_thing_is_pasted_at_a_time(nobody: httpx.AsyncClient, body: dict[str, object]) -> None:
    answer = await nobody.post(f"{LISTS}/parse", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")


async def test_a_text_that_is_too_large_is_refused(nobody: httpx.AsyncClient) -> None:
    """Once it is read: a page may be longer."""
    answer = await nobody.post(f"{LISTS}/parse", content=b"0:00 A - B\n" * 100_000)
    assert (answer.status_code, answer.json()["limit_bytes"]) == (413, 1 << 20)


# -- keeping ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "text"), [("text", TEXT), ("labels", LABELS), ("cue", SHEET)])
async def test_it_becomes_a_draft_with_what_is_said_besides(author: Author, kind: str, text: str) -> None:
    looked = (await author.done("POST", "/parse", {kind: text}))["tracklist"]
    answer = await author.ask("POST", f"/import/{kind}", {kind: text, "venue": "Cellar", "audio_file_id": "set"})
    made = answer.json()
    assert (answer.status_code, made["source"], made["is_draft"], made["audio_file_id"]) == (201, kind, True, "set")
    assert (made["tracks"], made["venue"]) == (looked["tracks"], "Cellar")
    assert (await author.done("GET", f"/{made['id']}"))["tracks"] == looked["tracks"]


async def test_an_address_takes_what_it_is_called_by(author: Author) -> None:
    status, code, told = await author.refused("POST", "/import/cue", {"text": TEXT})
    assert (status, code) == (422, "bad_body")
    assert "give cue" in told["detail"]


async def test_a_list_has_at_most_a_thousand_rows(author: Author) -> None:
    text = "\n".join(f"{number}. A - B" for number in range(1, 1002))
    assert (await author.refused("POST", "/import/text", {"text": text}))[:2] == (422, "too_many_rows")


# -- a night ---------------------------------------------------------------------------------------------------

BEGIN = 1_700_000_000_000


def played(number: int, track_id: str, after_s: int, status: str = "played") -> Item:
    return Item(
        track_id=TrackId(track_id),
        performer_name="Ana",
        session_owner=GuestId("ana"),
        timestamp_play=BEGIN + after_s * 1000,
        id=ItemId(f"00000000{number:02}"),
        timestamp_added=BEGIN,
        track_duration_ms=Milliseconds(30_000),
        status=status,  # type: ignore[arg-type]  # one of them
    )


@pytest_asyncio.fixture(loop_scope="module")
async def night(shared_house: House) -> str:
    """A queue that has played one track of the library, skipped another, failed at one, and one that is gone."""
    name = QueueName("night")
    await shared_house.parts.queues.ensure(name, "Night")
    found = await shared_house.parts.tracks.search(Search())
    first, second = (track.track_id for track in found.tracks[:2])
    items = [
        *(played(1, first, 0), played(2, second, 30, "skipped"), played(3, first, 40, "failed")),
        *(played(4, "gone", 41), played(5, first, 100)),
    ]
    await SqlHistory(shared_house.parts.engine).keep(name, items)
    return name


async def test_a_night_becomes_a_draft(author: Author, night: str) -> None:
    made = await author.done("POST", "/import/history", {"queue": night, "dj_name": "All of us"})
    times = [(each["start_ms"], each["end_ms"]) for each in made["tracks"]]
    assert times == [(0, 30_000), (30_000, 41_000), (41_000, 71_000), (100_000, 130_000)]
    assert (made["source"], made["dj_name"], made["tracks"][2]["title"]) == ("history", "All of us", "gone")
    assert made["tracks"][0]["catalog_track_id"] is not None
    assert made["tracks"][2]["catalog_track_id"] is None


async def test_of_a_night_a_part_may_be_taken(author: Author, night: str) -> None:
    """With times as a recording has them that began then."""
    body = {"queue": night, "since_ms": BEGIN + 20_000, "until_ms": BEGIN + 100_000}
    made = await author.done("POST", "/import/history", body)
    assert [each["start_ms"] for each in made["tracks"]] == [10_000, 21_000]


async def test_a_queue_that_is_not_there_has_no_night(author: Author) -> None:
    assert (await author.refused("POST", "/import/history", {"queue": "none"}))[:2] == (404, "unknown_queue")


async def test_the_night_of_a_member_is_theirs(author: Author, shared_house: House) -> None:
    token, value = await shared_house.parts.tokens.create("member", label="Ana")
    own = personal_queue(token.token_id)
    await shared_house.parts.personal_queues.ensure(own)
    assert (await author.refused("POST", "/import/history", {"queue": own}))[:2] == (404, "unknown_queue")
    theirs = await author.ask("POST", "/import/history", {"queue": own}, headers={"Authorization": f"Bearer {value}"})
    assert theirs.status_code == 201
