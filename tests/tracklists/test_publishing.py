"""Drafts become what everybody sees, over HTTP, and tracks of the library."""

import asyncio
from typing import Any

import pytest

from tests.tracklists.lists import RECORDING, Author, row, titles

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no tracks"),
        ([row("A"), row("B", "1:00")], "Row 1 has no start time"),
        ([row("A", "0:00", end_time="2:00"), row("B", "1:00")], "Row 1 ends after the next one has begun"),
        ([row("A", "1:00"), row("B", "0:30")], "Row 2 begins at 00:00:30"),
        ([row("A", "1:00"), row("B", "1:00")], "played together, the lower one is of the kind `with`"),
    ],
)
async def test_a_list_with_gaps_is_not_published(author: Author, rows: list[dict[str, Any]], said: str) -> None:
    made = await author.make(*rows)
    status, code, told = await author.refused("POST", f"/{made['id']}/publish")
    assert (status, code) == (400, "not_publishable")
    assert said in told["detail"]
    assert (await author.done("GET", f"/{made['id']}"))["is_draft"]


async def test_overlaps_are_let_through_where_that_is_asked_for(author: Author) -> None:
    made = await author.make(row("A", "0:00", end_time="2:00"), row("B", "1:00"))
    assert not (await author.done("POST", f"/{made['id']}/publish?validate_before_publish=false"))["is_draft"]


async def test_a_published_list_is_no_draft_and_stays_as_it_is(author: Author) -> None:
    made = await author.make(row("A", 0))
    published = await author.done("POST", f"/{made['id']}/publish", {"rev": 1})
    assert (published["is_draft"], published["draft_version"], published["rev"]) == (False, None, 2)
    for method, path in (("PUT", ""), ("POST", "/publish"), ("DELETE", "/tracks/1"), ("POST", "/versions/1/rollback")):
        assert (await author.refused(method, f"/{made['id']}{path}", {}))[:2] == (404, "not_a_draft")


async def test_it_is_changed_by_a_draft_that_takes_its_place(author: Author) -> None:
    first = await author.make(row("A", 0), audio_file_id="a night")
    await author.done("POST", f"/{first['id']}/publish")
    draft = await author.done("POST", f"/{first['id']}/draft")
    assert (draft["parent_tracklist_id"], draft["is_draft"], draft["rev"], titles(draft)) == (
        first["id"],
        True,
        1,
        ["A"],
    )

    await author.done("PUT", f"/{draft['id']}/tracks/1", {"title": "B"})
    await author.done("POST", f"/{draft['id']}/publish")

    assert (await author.done("GET", f"/{first['id']}"))["archived_at"] is not None
    assert (await author.done("GET", f"/{draft['id']}"))["archived_at"] is None


async def test_with_its_recording_each_main_row_becomes_a_track(author: Author) -> None:
    rows = [row("First", 0), row("Second", 10), row("Along", kind="with"), row("Third", 20)]
    made = await author.make(*rows, audio_file_id=RECORDING)
    published = await author.done("POST", f"/{made['id']}/publish")
    ids = [each["catalog_track_id"] for each in published["tracks"]]
    assert [bool(track_id) for track_id in ids] == [True, True, False, True]
    track = (await author.client.get(f"/tracks/{ids[1]}")).json()
    assert track["part_of"] == {"track_id": made["audio_file_id"], "start_ms": 10_000, "end_ms": 20_000}

    await author.ask("DELETE", f"/{made['id']}")
    assert (await author.client.get(f"/tracks/{ids[1]}")).status_code == 404


async def test_a_list_that_its_recording_is_too_short_for_is_not_published(author: Author) -> None:
    made = await author.make(row("A", 0), row("B", 31), audio_file_id=RECORDING)
    told = (await author.refused("POST", f"/{made['id']}/publish"))[2]
    assert [(issue["position"], issue["code"]) for issue in told["issues"]] == [(2, "starts_beyond_audio")]


async def test_a_list_may_be_published_at_once(author: Author) -> None:
    assert not (await author.make(row("A", 0), is_draft=False))["is_draft"]


async def test_a_list_that_cannot_be_published_at_once_is_none(author: Author) -> None:
    status, code, _ = await author.refused("POST", "/manual", {"is_draft": False, "audio_file_id": "no rows"})
    assert (status, code) == (400, "not_publishable")
    assert (await author.done("GET", "?audio_file_id=no%20rows"))["total"] == 0


# -- several authors -------------------------------------------------------------------------------------------


async def test_a_list_is_published_once(author: Author) -> None:
    made = await author.make(row("A", 0))
    answers = await asyncio.gather(*(author.ask("POST", f"/{made['id']}/publish") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404]


async def test_of_lists_that_are_published_at_once_the_recording_is_cut_as_the_last_says(author: Author) -> None:
    made = [await author.make(row(f"{at}", 0), row("Next", at), audio_file_id=RECORDING) for at in range(1, 5)]
    await asyncio.gather(*(author.done("POST", f"/{each['id']}/publish") for each in made))

    told = [await author.done("GET", f"/{each['id']}") for each in made]
    (current,) = [each for each in told if each["archived_at"] is None]
    for each in told:
        tracks = [await author.client.get(f"/tracks/{row['catalog_track_id']}") for row in each["tracks"]]
        assert {track.status_code for track in tracks} == {200 if each is current else 404}
    await author.ask("DELETE", f"/{current['id']}")
