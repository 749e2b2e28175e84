"""Single rows of a draft, and versions, over HTTP."""

import pytest

from tests.tracklists.lists import RECORDING, Author, row, titles

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_row_at_a_used_position_moves_the_rest_down(author: Author) -> None:
    made = await author.make(row("A", 0), row("C", 120))
    answer = await author.ask("POST", f"/{made['id']}/tracks", row("B", "1:00", position=2))
    assert (answer.status_code, answer.headers["etag"], titles(answer.json())) == (201, '"2"', ["A", "B", "C"])


async def test_a_row_that_goes_closes_the_gap(author: Author) -> None:
    made = await author.make(row("A", 0), row("B", 60), row("C", 120))
    answer = await author.ask("DELETE", f"/{made['id']}/tracks/2")
    assert (answer.status_code, answer.headers["etag"]) == (204, '"2"')
    assert titles(await author.done("GET", f"/{made['id']}")) == ["A", "C"]


async def test_of_a_row_only_what_is_named_changes(author: Author) -> None:
    made = await author.make(row("A", 0, label="L", bpm=120))
    changed = (await author.done("PUT", f"/{made['id']}/tracks/1", {"bpm": None, "key": "Am"}))["tracks"][0]
    assert (changed["title"], changed["label"], changed["bpm"], changed["key"]) == ("A", "L", None, "Am")


async def test_times_are_set_apart(author: Author) -> None:
    made = await author.make(row("A", 0))
    changed = await author.done("PUT", f"/{made['id']}/tracks/1/timing", {"start_time": "0:01", "end_time": 61.5})
    assert (changed["tracks"][0]["start_ms"], changed["tracks"][0]["end_time"]) == (1000, "00:01:01.500")


@pytest.mark.parametrize(("position", "status"), [("0", 404), ("9", 404), ("x", 422), ("-1", 422)])
async def test_a_row_that_is_not_there_is_told(author: Author, position: str, status: int) -> None:
    made = await author.make(row("A", 0))
    assert (await author.ask("PUT", f"/{made['id']}/tracks/{position}", {"title": "B"})).status_code == status


async def test_many_rows_at_once_by_a_literal_address(author: Author) -> None:
    made = await author.make(row("A", 0), row("B", 60))
    rows = [{"position": 2, "title": "X"}, row("C", 120, position=3)]
    assert titles(await author.done("PUT", f"/{made['id']}/tracks/bulk", {"tracks": rows})) == ["A", "X", "C"]
    twice = {"tracks": [{"position": 1, "title": "Y"}, {"position": 1, "title": "Z"}]}
    assert (await author.refused("PUT", f"/{made['id']}/tracks/bulk", twice))[:2] == (400, "duplicate_positions")


async def test_a_row_is_moved(author: Author) -> None:
    made = await author.make(row("A", 0), row("B", 60), row("C", 120))
    moved = await author.done("POST", f"/{made['id']}/tracks/reorder", {"from_position": 1, "to_position": 3})
    assert titles(moved) == ["B", "C", "A"]


async def test_ends_are_those_of_the_next_rows_and_the_recording(author: Author) -> None:
    made = await author.make(row("A", 0), row("B", 10), audio_file_id=RECORDING)
    ended = await author.done("POST", f"/{made['id']}/tracks/auto-calculate-end-times")
    assert [each["end_ms"] for each in ended["tracks"]] == [10_000, 30_421]
    ended = await author.done("POST", f"/{made['id']}/tracks/auto-calculate-end-times?audio_duration=0:20")
    assert [each["end_ms"] for each in ended["tracks"]] == [10_000, 20_000]
    refused = await author.refused("POST", f"/{made['id']}/tracks/auto-calculate-end-times?audio_duration=long")
    assert refused[:2] == (422, "bad_query")


async def test_times_are_judged_and_mended(author: Author) -> None:
    made = await author.make(row("A", 0, end_time="3:00"), row("B", 120), row("C"), row("D", 360))
    judged = await author.done("POST", f"/{made['id']}/tracks/validate-timing")
    found = [(issue["position"], issue["code"]) for issue in judged["issues"]]
    assert (judged["is_valid"], judged["track_count"], found) == (False, 4, [(1, "overlap"), (3, "no_start")])

    suggested = (await author.done("GET", f"/{made['id']}/tracks/timing-suggestions"))["suggestions"]
    assert [(each["position"], each["action"], each["time"]) for each in suggested] == [(3, "set_start", "00:04:00")]


# -- versions --------------------------------------------------------------------------------------------------


async def test_a_significant_change_is_a_version_and_a_small_one_is_not(author: Author) -> None:
    made = await author.make(row("A", 0))
    await author.done("PUT", f"/{made['id']}/tracks/1", {"label": "L"})
    await author.done("POST", f"/{made['id']}/tracks", row("B", 60))
    found = await author.done("GET", f"/{made['id']}/versions")
    listed = [(each["version"], each["is_current"], each["track_count"]) for each in found["versions"]]
    assert listed == [(2, True, 2), (1, False, 1)]
    first = await author.done("GET", f"/{made['id']}/versions/1")
    assert (titles(first), first["tracks"][0]["label"]) == (["A"], "L")


async def test_two_versions_are_compared(author: Author) -> None:
    made = await author.make(row("A", 0), row("B", 60))
    await author.done("PUT", f"/{made['id']}", {"tracks": [row("A", 0), row("X", 60), row("C", 120)]})
    found = await author.done("GET", f"/{made['id']}/versions/compare?version1=1&version2=2")
    assert (titles({"tracks": [{**found["added"][0], "position": 1}]}), found["removed"]) == (["C"], [])
    (changed,) = found["modified"]
    assert (changed["position"], changed["old"]["title"], changed["new"]["title"]) == (2, "B", "X")
    assert found["total_changes"] == 2


async def test_going_back_makes_a_new_version(author: Author) -> None:
    made = await author.make(row("A", 0))
    await author.done("POST", f"/{made['id']}/tracks", row("B", 60))
    back = await author.done("POST", f"/{made['id']}/versions/1/rollback", {"rev": 2})
    assert (titles(back), back["rev"]) == (["A"], 3)
    found = await author.done("GET", f"/{made['id']}/versions")
    assert [(each["version"], each["is_current"]) for each in found["versions"]] == [(3, True), (2, False), (1, False)]
    assert (await author.done("GET", f"/{made['id']}/versions/compare?version1=1&version2=3"))["total_changes"] == 0


@pytest.mark.parametrize("version", ["2", "0", "x", "-1"])
async def test_a_version_that_is_not_there_is_told(author: Author, version: str) -> None:
    made = await author.make()
    assert (await author.refused("GET", f"/{made['id']}/versions/{version}"))[:2] == (404, "unknown_tracklist_version")
    refused = await author.refused("POST", f"/{made['id']}/versions/{version}/rollback")
    assert refused[:2] == (404, "unknown_tracklist_version")
