"""A list and its page over HTTP: fetched again, merged, and decided of where two have told it in two ways."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api_queue.tracklists.models import Facts, Tracklist
from api_queue.tracklists.sync_orders import SyncItem
from api_queue.tracklists.sync_tasks import SyncTask
from tests.tasks import Ran, run_task
from tests.tracklists.lists import LISTS, Author, titles
from tests.tracklists.site.pages import SITE, Head, Row, tracklist
from tests.tracklists.site.refusals import ip_block
from tests.tracklists.site_party import SiteParty
from tests.tracklists.workers import a_worker, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
HEAD = Head()
PATH = HEAD.url.removeprefix(SITE)
FIRST = (Row("Nova Kin - First Light"), Row("ID - ID", "03:20", 200, is_id=True), Row("Vera - The End", "10:00", 600))
NAMED = (FIRST[0], Row("Ida - Tidal", "03:20", 200), FIRST[2])
Json = dict[str, Any]


@pytest_asyncio.fixture(loop_scope="module")
async def party(site_party: SiteParty) -> SiteParty:
    await site_party.begin()
    tell(site_party, FIRST)
    return site_party


@pytest_asyncio.fixture(loop_scope="module")
async def author(party: SiteParty) -> AsyncIterator[Author]:
    async with await party.member() as client:
        yield Author(client)


@pytest_asyncio.fixture(loop_scope="module")
async def draft(party: SiteParty, author: Author) -> Json:
    """Of the page as it is at first."""
    return await author.done("POST", "/import/1001tracklists", {"url": f"{party.site.url}{PATH}"})


def tell(party: SiteParty, rows: tuple[Row, ...]) -> None:
    """What the page says from now on."""
    party.site.serve(PATH, tracklist(rows, HEAD).replace(SITE, party.site.url))


async def synced(party: SiteParty, tracklist_id: str) -> Ran:
    """As a worker does it."""
    task = SyncTask(party.house.parts.sync).type()
    return await run_task(task, SyncItem(tracklist_id=tracklist_id, created_by="night"))


async def renamed(author: Author, draft: Json, title: str = "Mine") -> Json:
    return await author.done("PUT", f"/{draft['id']}/tracks/2", {"title": title})


async def conflicts(author: Author, draft: Json) -> list[Json]:
    return list((await author.done("GET", f"/{draft['id']}/conflicts"))["conflicts"])


async def listed(author: Author, tracklist_id: str) -> Json:
    return await author.done("GET", f"/{tracklist_id}")


# -- syncing ---------------------------------------------------------------------------------------------------


async def test_an_order_is_done_by_a_worker(party: SiteParty, author: Author, draft: Json) -> None:
    # Given a page that tells more than the list
    assert (await author.done("GET", f"/{draft['id']}/sync/status"))["status"] == "never"
    tell(party, NAMED)
    # When it is ordered, twice
    path = f"/{draft['id']}/sync"
    (first, status), (second, _) = [(said := await author.done("POST", path), said["status"]) for _ in range(2)]
    assert (first["task_id"], status) == (second["task_id"], "queued")
    async with a_worker(party.house.parts):
        said = await until(lambda: author.done("GET", f"{path}/status"), lambda now: now["status"] == "in_sync")
    # Then the list tells it as well, in a version of its own
    assert (said["conflicts"], said["error"], said["target_tracklist_id"]) == (0, None, draft["id"])
    assert said["last_synced_at"]
    now = await listed(author, draft["id"])
    assert (titles(now), now["tracks"][1]["is_id"]) == (["First Light", "Tidal", "The End"], False)
    assert (await author.done("GET", f"/{draft['id']}/versions"))["total"] == 2
    # And the page was asked for anew, though it was kept
    assert party.site.pages == [PATH, PATH]


async def test_what_somebody_has_edited_waits_until_somebody_decides(
    party: SiteParty, author: Author, draft: Json
) -> None:
    # Given a row that is named here, and otherwise on the page
    await renamed(author, draft)
    tell(party, NAMED)
    assert (await synced(party, draft["id"])).result["conflicts"] == 1
    # Then it waits, with all three sides of it
    (conflict,) = await conflicts(author, draft)
    told = {name: conflict[name] for name in ("what", "field", "position", "before", "theirs", "yours")}
    assert told == {
        **{"what": "row", "field": "title", "position": 2},
        **{"before": "ID", "theirs": "Tidal", "yours": "Mine"},
    }
    assert (await author.done("GET", f"/{draft['id']}/sync/status"))["status"] == "conflicts"
    # When somebody takes the page's
    chosen = {"resolutions": [{"conflict_id": conflict["conflict_id"], "resolution": "theirs"}]}
    said = await author.done("POST", f"/{draft['id']}/conflicts/resolve", chosen)
    # Then that is what the list says, and nobody is asked again
    assert (said["applied"], said["conflicts"], await conflicts(author, draft)) == (1, 0, [])
    assert titles(await listed(author, draft["id"])) == ["First Light", "Tidal", "The End"]


async def test_who_keeps_their_own_is_not_asked_again(party: SiteParty, author: Author, draft: Json) -> None:
    await renamed(author, draft)
    tell(party, NAMED)
    await synced(party, draft["id"])
    said = await author.done("POST", f"/{draft['id']}/conflicts/resolve", {"resolution": "yours"})
    assert said["conflicts"] == 0
    assert (await synced(party, draft["id"])).result["conflicts"] == 0
    assert titles(await listed(author, draft["id"]))[1] == "Mine"


async def test_who_edits_the_row_as_the_page_has_it_has_decided(party: SiteParty, author: Author, draft: Json) -> None:
    await renamed(author, draft)
    tell(party, NAMED)
    await synced(party, draft["id"])
    await renamed(author, draft, "Tidal")
    assert await conflicts(author, draft) == []


async def test_nobody_decides_of_what_they_have_not_seen(party: SiteParty, author: Author, draft: Json) -> None:
    await renamed(author, draft)
    tell(party, NAMED)
    await synced(party, draft["id"])
    (conflict,) = await conflicts(author, draft)
    # When the row is edited once more
    await renamed(author, draft, "Mine again")
    chosen = {"resolutions": [{"conflict_id": conflict["conflict_id"], "resolution": "theirs"}]}
    refused = await author.refused("POST", f"/{draft['id']}/conflicts/resolve", chosen)
    assert refused[:2] == (404, "unknown_conflict")
    assert titles(await listed(author, draft["id"]))[1] == "Mine again"


async def test_a_decision_that_says_nothing_is_refused(author: Author, draft: Json) -> None:
    assert (await author.refused("POST", f"/{draft['id']}/conflicts/resolve", {}))[0] == 422


async def test_before_the_first_sync_there_is_nothing_to_decide(author: Author, draft: Json) -> None:
    said = await author.done("POST", f"/{draft['id']}/conflicts/resolve", {"resolution": "theirs"})
    assert (said["applied"], said["conflicts"]) == (0, 0)
    assert await listed(author, draft["id"]) == {key: value for key, value in draft.items() if key != "cue_file_path"}


# -- how -------------------------------------------------------------------------------------------------------


async def test_who_wants_to_be_asked_of_everything_is(party: SiteParty, author: Author, draft: Json) -> None:
    said = await author.done("PUT", f"/{draft['id']}/sync/config", {"auto_apply": False})
    assert said == {"auto_apply": False, "on_conflict": "ask"}
    tell(party, (*NAMED, Row("Vera - Encore", "12:00", 720)))
    assert (await synced(party, draft["id"])).result["applied"] == 0
    waiting = [(each["what"], each["field"]) for each in await conflicts(author, draft)]
    assert waiting == [("row", "artist"), ("row", "title"), ("row", "is_id"), ("added", None)]
    await author.done("POST", f"/{draft['id']}/conflicts/resolve", {"resolution": "theirs"})
    assert titles(await listed(author, draft["id"])) == ["First Light", "Tidal", "The End", "Encore"]


@pytest.mark.parametrize(("side", "title"), [("theirs", "Tidal"), ("yours", "Mine")])
async def test_one_side_can_be_right_in_any_case(
    party: SiteParty, author: Author, draft: Json, side: str, title: str
) -> None:
    await author.done("PUT", f"/{draft['id']}/sync/config", {"on_conflict": side})
    await renamed(author, draft)
    tell(party, NAMED)
    assert (await synced(party, draft["id"])).result["conflicts"] == 0
    assert titles(await listed(author, draft["id"]))[1] == title


async def test_a_published_list_stays_as_it_is_and_a_draft_of_it_is_changed(
    party: SiteParty, author: Author, draft: Json
) -> None:
    await author.done("PUT", f"/{draft['id']}/tracks/1/timing", {"start_time": 0})
    await author.done("POST", f"/{draft['id']}/publish")
    published = await listed(author, draft["id"])
    # While there is nothing new there is no draft
    assert (await synced(party, draft["id"])).result["tracklist_id"] == draft["id"]
    # When the page has named a track
    tell(party, NAMED)
    target = (await synced(party, draft["id"])).result["tracklist_id"]
    # Then a draft of the list has it, and the next sync writes the same one
    changed = await listed(author, target)
    assert (changed["parent_tracklist_id"], changed["is_draft"], titles(changed)[1]) == (draft["id"], True, "Tidal")
    tell(party, (*NAMED, Row("Vera - Encore", "12:00", 720)))
    assert (await synced(party, draft["id"])).result["tracklist_id"] == target
    assert await listed(author, draft["id"]) == published


async def test_a_draft_that_is_gone_is_no_target_any_more(party: SiteParty, author: Author, draft: Json) -> None:
    await author.done("PUT", f"/{draft['id']}/tracks/1/timing", {"start_time": 0})
    await author.done("POST", f"/{draft['id']}/publish")
    tell(party, NAMED)
    await synced(party, draft["id"])
    target = (await author.done("GET", f"/{draft['id']}/sync/status"))["target_tracklist_id"]
    await author.done("DELETE", f"/{target}")
    assert (await author.done("GET", f"/{draft['id']}/conflicts"))["target_tracklist_id"] == draft["id"]


async def test_somebody_who_was_faster_is_not_overwritten(
    party: SiteParty, author: Author, draft: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given somebody who edits the list while the page is held against it
    parts = party.house.parts
    first = parts.sync._first

    async def meanwhile(target: Tracklist) -> Facts | None:
        await renamed(author, draft)
        return await first(target)

    tell(party, NAMED)
    monkeypatch.setattr(parts.sync, "_first", meanwhile)
    ran = await synced(party, draft["id"])
    assert "Somebody else has changed this list" in ran.error
    assert titles(await listed(author, draft["id"]))[1] == "Mine"
    # When it is tried again, as a worker does, then it waits for a decision
    monkeypatch.undo()
    assert (await synced(party, draft["id"])).result["conflicts"] == 1


# -- what was done ---------------------------------------------------------------------------------------------


async def test_everything_leaves_an_entry(party: SiteParty, author: Author, draft: Json) -> None:
    await author.done("PUT", f"/{draft['id']}/sync/config", {"auto_apply": True})
    await author.done("POST", f"/{draft['id']}/sync/schedule", {"cron_expression": "30 4 * * 1"})
    tell(party, NAMED)
    await synced(party, draft["id"])
    await author.done("POST", f"/{draft['id']}/conflicts/resolve", {"resolution": "yours"})
    await author.done("DELETE", f"/{draft['id']}/sync/schedule")
    said = await author.done("GET", f"/{draft['id']}/audit?limit=4")
    assert [each["action"] for each in said["entries"]] == ["unschedule", "resolve", "sync", "schedule"]
    assert (said["total"], said["entries"][2]["by"]) == (5, "night")
    (*_, is_id) = said["entries"][2]["applied"]
    assert is_id == {"what": "row", "field": "is_id", "before": True, "theirs": False, "yours": True}


async def test_a_site_that_refuses_changes_nothing_and_is_told(party: SiteParty, author: Author, draft: Json) -> None:
    party.site.serve(PATH, ip_block())
    await author.done("POST", f"/{draft['id']}/sync")
    ran = await synced(party, draft["id"])
    assert "shut us out" in ran.error
    assert (await author.done("GET", f"/{draft['id']}/audit"))["total"] == 0
    assert (await listed(author, draft["id"]))["rev"] == draft["rev"]


async def test_a_schedule_is_shown_and_taken_back(author: Author, draft: Json) -> None:
    path = f"/{draft['id']}/sync"
    made = await author.done("POST", f"{path}/schedule", {"cron_expression": "30 4 * * 1"})
    assert (made["cron_expression"], made["last_at"], made["next_at"][11:16]) == ("30 4 * * 1", None, "04:30")
    assert (await author.done("GET", f"{path}/status"))["schedule"] == made
    await author.done("DELETE", f"{path}/schedule")
    assert (await author.done("GET", f"{path}/status"))["schedule"] is None
    assert (await author.refused("DELETE", f"{path}/schedule"))[:2] == (404, "unknown_schedule")


async def test_what_is_no_cron_expression_is_refused(author: Author, draft: Json) -> None:
    refused = await author.refused("POST", f"/{draft['id']}/sync/schedule", {"cron_expression": "weekly"})
    assert refused[:2] == (400, "bad_cron_expression")


@pytest.mark.parametrize("path", ["/sync/status", "/conflicts"])
async def test_a_list_of_no_page_has_nothing_to_be_held_against(author: Author, path: str) -> None:
    made = await author.make()
    assert (await author.refused("GET", f"/{made['id']}{path}"))[:2] == (404, "no_page")
    assert (await author.refused("POST", f"/{made['id']}/sync"))[:2] == (404, "no_page")


async def test_guests_look_and_change_nothing(party: SiteParty, draft: Json) -> None:
    async with party.house.guest() as guest:
        for path in ("sync/status", "conflicts", "audit"):
            assert (await guest.get(f"{LISTS}/{draft['id']}/{path}")).status_code == 200
        assert (await guest.post(f"{LISTS}/{draft['id']}/sync")).status_code == 403


async def test_schedules_of_batches_are_made_listed_and_removed(party: SiteParty, author: Author, draft: Json) -> None:
    client: httpx.AsyncClient = author.client
    await author.done("POST", f"/{draft['id']}/sync/schedule", {"cron_expression": "30 4 * * 1"})
    page = f"{party.site.url}{PATH}"
    body = {"urls": [page, page], "cron_expression": "0 5 * * *", "name": "nightly"}
    made = (await client.post("/api/v1/batch/schedule", json=body)).json()
    assert (made["name"], made["total_jobs"], made["duplicates"]) == (
        *("nightly", 1),
        [{"position": 2, "url": page, "same_as": 1}],
    )
    # That of the list is not among them
    said = (await client.get("/api/v1/batch/schedule")).json()
    assert (said["total"], said["schedules"][0]["schedule_id"]) == (1, made["schedule_id"])
    path = f"/api/v1/batch/schedule/{made['schedule_id']}"
    assert [(await client.delete(path)).status_code for _ in range(2)] == [204, 404]
    refused = await client.post("/api/v1/batch/schedule", json=body | {"cron_expression": "0 25 * * *"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_cron_expression")
