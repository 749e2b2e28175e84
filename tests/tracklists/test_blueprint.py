"""Lists made, looked at, changed and published, over HTTP."""

import asyncio
from typing import Any

import pytest

from api_queue.accounts.api_keys import queue_rights
from api_queue.accounts.models import TokenRole
from api_queue.types import QueueName
from tests.house import House
from tests.tracklists.lists import LISTS, RECORDING, Author, row, titles

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: The seed's own.
TRACK: dict[str, Any] = {
    "artist": "Carl Cox",
    "title": "The Revolution Continues",
    "remix": "Original Mix",
    "label": "Intec",
    "bpm": 128.0,
    "key": "Am",
    "genre": "Techno",
    "notes": "Opening track",
    "start_time": "00:00:00",
}
SHOWN_TRACK = {
    **TRACK,
    "number": 1,
    "position": 1,
    "timestamp": {"track_number": 1, "timestamp_ms": 0, "formatted_time": "00:00"},
    "start_ms": 0,
    "end_ms": None,
    "end_time": None,
    "is_id": False,
    "kind": "main",
    "confidence": 1.0,
    "transition_type": None,
    "is_manual_entry": True,
    "is_estimated": False,
    "catalog_track_id": None,
}
TRANSITION = {
    "from_track": 1,
    "to_track": 2,
    "transition_type": "blend",
    "timestamp_ms": 180_000,
    "duration_ms": 8_000,
    "notes": "Smooth transition",
}
OF_THE_SERVER = ("id", "created_at", "updated_at")


async def test_a_list_has_the_fields_of_the_seed(author: Author) -> None:
    made = await author.make(
        TRACK,
        row("Second", "1:02:03.5"),
        dj_name="Carl Cox",
        event_name="Tomorrowland 2024",
        venue="Boom, Belgium",
        date="2024-07-20",
        transitions=[TRANSITION],
    )
    assert made["tracks"][0] == SHOWN_TRACK
    assert made["tracks"][1]["timestamp"]["formatted_time"] == "01:02:03"
    assert made["tracks"][1]["start_time"] == "01:02:03.500"
    head = {name: value for name, value in made.items() if name not in {*OF_THE_SERVER, "tracks"}}
    assert head == {
        "source": "manual",
        "url": None,
        "title": None,
        "dj_name": "Carl Cox",
        "event_name": "Tomorrowland 2024",
        "venue": "Boom, Belgium",
        "date": "2024-07-20",
        "genres": None,
        "audio_file_id": None,
        "audio_duration_ms": None,
        "transitions": [TRANSITION],
        "metadata": None,
        "is_draft": True,
        "draft_version": 1,
        "parent_tracklist_id": None,
        "confidence_score": 1.0,
        "default_cue_format": None,
        "cue_file_id": None,
        "rev": 1,
        "scraped_at": None,
        "archived_at": None,
        "source_html_hash": None,
        "track_count": 2,
    }


async def test_what_is_shown_can_be_sent_back(author: Author) -> None:
    made = await author.make(TRACK, row("Second", "3:00", kind="with"), transitions=[TRANSITION])
    again = await author.done("PUT", f"/{made['id']}", made)
    assert again == made


async def test_a_list_of_as_many_rows_as_may_be_can_be_sent_back_too(author: Author) -> None:
    made = await author.make(*(row(f"{at}", at, label="Fern", notes="n" * 80) for at in range(1000)))
    again = await author.done("PUT", f"/{made['id']}", made)
    many = await author.done("PUT", f"/{made['id']}/tracks/bulk", {"tracks": made["tracks"]})
    assert many == again == made


async def test_it_is_found_under_both_addresses(author: Author, shared_house: House) -> None:
    made = await author.make(row("A", 0))
    async with shared_house.nobody() as nobody:
        answers = [await nobody.get(f"/api/v1/{name}/{made['id']}") for name in ("tracklist", "tracklists")]
    assert [answer.json() for answer in answers] == [made, made]
    assert {answer.headers["etag"] for answer in answers} == {'"1"'}


async def test_lists_are_listed_without_their_rows(author: Author) -> None:
    first, second = await author.make(row("A", 0), audio_file_id="listed"), await author.make(audio_file_id="listed")
    found = await author.done("GET", "?audio_file_id=listed&limit=1")
    assert (found["total"], [each["id"] for each in found["tracklists"]]) == (2, [second["id"]])
    assert "tracks" not in found["tracklists"][0]
    older = await author.done("GET", "?audio_file_id=listed&limit=1&offset=1&source=manual&is_draft=true")
    assert [(each["id"], each["track_count"]) for each in older["tracklists"]] == [(first["id"], 1)]


async def test_a_recording_of_the_library_is_known_by_any_name(author: Author) -> None:
    made = await author.make(audio_file_id=RECORDING)
    assert made["audio_duration_ms"] == 30_421
    assert (await author.make(audio_file_id=made["audio_file_id"]))["audio_file_id"] == made["audio_file_id"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start_time", "5x"),
        ("start_time", "1:60"),
        ("start_time", -1),
        ("start_time", "PT3M30S"),
        ("start_time", 1e12),
        ("end_time", "0:00"),
        ("artist", None),
        ("title", ""),
        ("bpm", 300),
        ("confidence", 2),
        ("kind", "side"),
        ("position", 0),
    ],
)
async def test_a_row_that_does_not_fit_is_refused_with_a_sentence(author: Author, field: str, value: object) -> None:
    status, code, told = await author.refused("POST", "/manual", {"tracks": [row("A", "0:00") | {field: value}]})
    assert (status, code) == (422, "bad_body")
    assert "$.tracks[0]" in told["detail"]


async def test_rows_stand_by_their_positions(author: Author) -> None:
    assert titles(await author.make(row("B", position=2), row("A", position=1))) == ["A", "B"]
    refused = await author.refused("POST", "/manual", {"tracks": [row("B", position=2), row("A", position=2)]})
    assert refused[:2] == (400, "duplicate_positions")


@pytest.mark.parametrize("changes", [{"date": "20.07.2024"}, {"date": "2024-02-30"}, {"default_cue_format": "vinyl"}])
async def test_a_fact_that_does_not_fit_is_refused(author: Author, changes: dict[str, object]) -> None:
    made = await author.make()
    assert (await author.refused("PUT", f"/{made['id']}", changes))[:2] == (422, "bad_body")


async def test_what_is_not_named_stays(author: Author) -> None:
    made = await author.make(row("A", 0), dj_name="Ana", venue="Home")
    changed = await author.done("PUT", f"/{made['id']}", {"venue": None, "genres": ["House"]})
    assert (changed["dj_name"], changed["venue"], changed["genres"], titles(changed)) == ("Ana", None, ["House"], ["A"])


async def test_a_list_that_is_gone_is_gone(author: Author) -> None:
    made = await author.make(row("A", 0))
    assert (await author.ask("DELETE", f"/{made['id']}")).status_code == 204
    assert (await author.refused("GET", f"/{made['id']}"))[:2] == (404, "unknown_tracklist")
    assert (await author.refused("GET", f"/{made['id']}/versions"))[:2] == (404, "unknown_tracklist")


# -- several authors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_tag", [True, False])
async def test_a_change_of_another_revision_is_refused_with_both_sides(author: Author, *, by_tag: bool) -> None:
    made = await author.make(row("A", 0))
    await author.done("PUT", f"/{made['id']}", {"venue": "theirs"})
    mine = {"venue": "mine", **({} if by_tag else {"rev": 1})}
    headers = {"If-Match": '"1"'} if by_tag else {}

    status, code, told = await author.refused("PUT", f"/{made['id']}", mine, headers=headers)

    assert (status, code, told["rev"]) == (409, "concurrent_edit", 2)
    assert (told["yours"]["venue"], told["yours"]["rev"]) == ("mine", 1)
    assert (told["current"]["venue"], told["current"]["rev"]) == ("theirs", 2)
    assert (await author.done("GET", f"/{made['id']}"))["venue"] == "theirs"


@pytest.mark.parametrize("tag", ['"1"', "1", 'W/"1"', "*"])
async def test_of_this_revision_it_is_done(author: Author, tag: str) -> None:
    made = await author.make()
    answer = await author.ask("PUT", f"/{made['id']}", {"venue": "Home"}, headers={"If-Match": tag})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')


async def test_a_tag_of_somebody_else_fits_nothing(author: Author) -> None:
    made = await author.make()
    assert (await author.ask("DELETE", f"/{made['id']}", headers={"If-Match": '"abc"'})).status_code == 409


async def test_of_many_edits_at_once_one_is_done_and_nothing_is_lost(author: Author) -> None:
    made = await author.make(row("A", 0))
    rows = [row(f"{number}", number, rev=1) for number in range(1, 7)]
    answers = await asyncio.gather(*(author.ask("POST", f"/{made['id']}/tracks", each) for each in rows))

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    (won,) = [answer.json() for answer in answers if answer.status_code == 201]
    assert await author.done("GET", f"/{made['id']}") == won
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert {titles(each["yours"])[-1] for each in lost} | {titles(won)[-1]} == {f"{number}" for number in range(1, 7)}


async def test_edits_that_name_no_revision_are_done_to_what_stands_then(author: Author) -> None:
    """Of four at once the last is looked at four times; more at once may be refused."""
    made = await author.make()
    rows = [row(f"{number}") for number in range(4)]
    await asyncio.gather(*(author.done("POST", f"/{made['id']}/tracks", each) for each in rows))
    assert sorted(titles(await author.done("GET", f"/{made['id']}"))) == ["0", "1", "2", "3"]


async def test_of_a_list_that_is_removed_twice_at_once_the_second_is_not_there(author: Author) -> None:
    made = await author.make()
    answers = await asyncio.gather(*(author.ask("DELETE", f"/{made['id']}") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404]


async def test_drafts_of_a_recording_are_counted(author: Author) -> None:
    first = await author.make(row("A", 0), audio_file_id="a b")
    second = await author.make(row("A", 0), audio_file_id="a b")
    assert (first["draft_version"], second["draft_version"]) == (1, 2)
    changed = await author.done("POST", f"/{first['id']}/tracks", row("B", 60))
    assert changed["draft_version"] == 3

    found = await author.done("GET", "/a%20b/drafts")
    assert (found["total"], found["drafts"][-1]) == (2, changed)
    found = await author.done("GET", "/a%20b/drafts?include_versions=true")
    assert [len(draft["versions"]) for draft in found["drafts"]] == [1, 2]


# -- who may ---------------------------------------------------------------------------------------------------


async def test_members_and_hosts_make_lists_and_guests_do_not(shared_house: House) -> None:
    party = QueueName("party")
    grants: list[tuple[TokenRole, QueueName | None]] = [
        *(("member", None), ("host", party), ("helper", party), ("screen", party)),
    ]
    tokens = [await shared_house.parts.tokens.create(role, queue) for role, queue in grants]
    statuses = []
    async with shared_house.nobody() as client, shared_house.guest() as guest:
        for _, value in tokens:
            headers = {"Authorization": f"Bearer {value}"}
            statuses.append((await client.post(f"{LISTS}/manual", json={}, headers=headers)).status_code)
        statuses.append((await client.post(f"{LISTS}/manual", json={})).status_code)
        statuses.append((await guest.post(f"{LISTS}/manual", json={})).status_code)
    assert statuses == [201, 201, 403, 403, 401, 403]


@pytest.mark.parametrize(
    ("rights", "status"),
    [
        ({"tracklist_search_queue": ["write"]}, 201),
        ({"*": ["write"]}, 201),
        ({"tracklist_search_queue": ["read"]}, 403),
        ({"orders": ["write"]}, 403),
    ],
)
async def test_a_program_makes_lists_where_it_may_order_them(
    shared_house: House, rights: dict[str, list[str]], status: int
) -> None:
    value = await shared_house.parts.api_keys.create("bot", queue_rights(rights))
    async with shared_house.nobody() as client:
        answer = await client.post(f"{LISTS}/manual", json={}, headers={"X-API-Key": value})
    assert answer.status_code == status
