"""What the queue of a room shows, and what is added to it, over HTTP and in the words of KaraKara's contract."""

import csv
import io
from datetime import UTC, datetime

import pytest

from api_queue.jobs.models import TaskFilter
from api_queue.karakara.encoding import TYPE
from api_queue.types import QueueName
from tests.house import House
from tests.karakara.a_room import Room, refused
from tests.queues.builders import FakeClock

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIELDS = {
    "id",
    "track_id",
    "track_duration",
    "session_id",
    "performer_name",
    "start_time",
    "video_variant",
    "subtitle_variant",
}
PLAIN = ("track_id", "performer_name")


def in_hours(clock: FakeClock, hours: float) -> str:
    return datetime.fromtimestamp(clock.ms / 1000 + hours * 3600, UTC).isoformat()


# -- what is in it ---------------------------------------------------------------------------------------------


async def test_a_new_item_is_what_everybody_sees_at_the_end(room: Room) -> None:
    async with room.singer() as ana, room.singer() as bo:
        await room.add(bo, "Bo")
        item = (await ana.post("queue.json", json=room.wish("Ana"))).json()
        mine = ana.cookies["kksid"].partition("-")[0]

    assert item.keys() == FIELDS
    assert (item["session_id"], item["performer_name"], item["start_time"]) == (mine, "Ana", None)
    assert (await room.queue())[-1] == item


async def test_the_secret_of_a_session_is_never_shown(room: Room) -> None:
    async with room.singer() as ana:
        _, _, secret = ana.cookies["kksid"].partition("-")
        answers = [await ana.post("queue.json", json=room.wish())]
        answers += [await ana.get("queue.json"), await ana.get("queue.csv")]
        answers += [await ana.delete(f"queue/{answers[0].json()['id']}.json")]

    assert [secret in answer.text for answer in answers] == [False] * 4


async def test_the_chosen_variants_stay_with_the_item(room: Room) -> None:
    wish = room.wish(video_variant="Vocal", subtitle_variant="Romaji")
    async with room.singer() as ana:
        item = (await ana.post("queue.json", json=wish)).json()

    assert (item["video_variant"], item["subtitle_variant"]) == ("Vocal", "Romaji")
    assert await room.queue() == [item]


async def test_what_is_added_on_our_side_is_in_the_room_and_the_other_way_round(room: Room) -> None:
    async with room.singer() as ana, room.house.guest() as guest:
        number = await room.add(ana, "Ana")
        ours = await guest.post(f"/queue/{room.name}/items", json={k: room.wish("Bo")[k] for k in PLAIN})
        listed = (await guest.get(f"/queue/{room.name}/items")).json()["items"]
        first = await guest.get(f"/queue/{room.name}/items/{listed[0]['id']}/why")

    assert [item["performer_name"] for item in listed] == await room.performers() == ["Ana", "Bo"]
    assert (ours.status_code, first.status_code, (await room.queue())[0]["id"]) == (201, 200, number)


async def test_the_csv_is_the_same_with_a_heading(room: Room) -> None:
    async with room.singer() as ana:
        await room.add(ana, "Ana, Bo")
        answer = await ana.get("queue.csv")

    (row,), (item,) = csv.DictReader(io.StringIO(answer.text)), await room.queue()
    assert row == {key: "" if value is None else str(value) for key, value in item.items()}
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("ending", ["json", "csv"])
async def test_the_queue_is_kept_by_no_cache(room: Room, ending: str) -> None:
    async with room.singer() as ana:
        assert (await ana.get(f"queue.{ending}")).headers["cache-control"] == "no-store"


async def test_a_room_that_is_not_there_has_an_empty_queue_and_no_csv(clocked_house: House) -> None:
    async with clocked_house.nobody() as nobody:
        assert (await nobody.get("/api/room/nowhere/queue.json")).json() == []
        refused(await nobody.get("/api/room/nowhere/queue.csv"), 404, "Room 'nowhere' not found")


@pytest.mark.parametrize(
    "name", ["Party", "a-b", "x" * 17, "caf%C3%A9", "u_4gq7zk2m9a1b", "3f2b8a1e-3c4d-4e5f-8a9b-0c1d2e3f4a5b"]
)
async def test_what_the_clients_cannot_write_is_no_room(clocked_house: House, name: str) -> None:
    async with clocked_house.nobody() as nobody:
        answer = await nobody.get(f"/api/room/{name}/queue.json")

    assert (answer.status_code, answer.json()["status"]) == (404, 404)


# -- add -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{}",
        *(
            f'{{"track_id": "x", "performer_name": "Ana", "video_variant": "Default", {bad}}}'.encode()
            for bad in (
                '"subtitle": "Default"',
                '"subtitle_variant": null',
                '"subtitle_variant": 5',
                '"subtitle_variant": ["x"]',
            )
        ),
    ],
)
async def test_first_an_add_is_refused_for_fields_that_are_missing_or_of_another_kind(room: Room, body: bytes) -> None:
    """Also where there is no session either."""
    async with room.house.nobody() as nobody:
        headers = {"Content-Type": "application/json"}
        answer = await nobody.post(f"/api/room/{room.name}/queue.json", content=body, headers=headers)

    assert refused(answer, 400, answer.json()["message"])["code"] == "bad_body"


@pytest.mark.parametrize("field", ["track_id", "performer_name", "video_variant", "subtitle_variant"])
async def test_each_field_of_an_add_is_needed(room: Room, field: str) -> None:
    wish = room.wish()
    del wish[field]
    async with room.singer() as ana:
        answer = await ana.post("queue.json", json=wish)

    assert answer.json()["status"] == 400
    assert field in answer.json()["message"]


@pytest.mark.parametrize("cookie", [None, "", "c56a4180-65aa-42ec-a945-5fd21dec0538", "a" * 16 + "-g" + "0" * 40])
async def test_then_without_a_session_of_this_server(room: Room, cookie: str | None) -> None:
    """One that somebody has chosen is none."""
    async with room.house.nobody() as nobody:
        if cookie is not None:
            nobody.cookies.set("kksid", cookie)
        answer = await nobody.post(f"/api/room/{room.name}/queue.json", json=room.wish(track_id="unknown"))

    refused(answer, 400, "session_id missing")


@pytest.mark.parametrize("track_id", ["unknown", "", "\u0000", "'; --"])
async def test_then_for_a_track_that_is_not_there(room: Room, track_id: str) -> None:
    async with room.singer() as ana:
        answer = await ana.post("queue.json", json=room.wish("", track_id=track_id))

    assert refused(answer, 400, "track_id invalid")["track_id"] == track_id


@pytest.mark.parametrize("name", ["", "  ", "\t\n"])
async def test_then_without_a_performer(room: Room, name: str) -> None:
    await room.set(event_start=in_hours(room.clock, 1))
    async with room.singer() as ana:
        answer = await ana.post("queue.json", json=room.wish(name))

    refused(answer, 400, "Performer name cannot be empty")


async def test_then_by_the_rules_of_the_queue_in_a_sentence_for_the_guest(room: Room) -> None:
    async with room.singer() as ana:
        answer = await ana.post("queue.json", json=room.wish("Ana\nBo"))

    context = refused(answer, 400, "queue validation failed")
    assert context["code"] == "bad_performer_name"
    assert context["exc"].startswith("The performer's name has a line break")


async def test_before_the_event_nothing_is_added_nor_told(room: Room) -> None:
    await room.set(event_start=in_hours(room.clock, 1))
    rev = (await room.view()).queue.rev
    async with room.singer() as ana:
        answer = await ana.post("queue.json", json=room.wish())

    context = refused(answer, 400, "queue validation failed")
    assert context["exc"].startswith("Adding opens when the event starts, at ")
    assert (await room.view()).queue.rev == rev
    assert await room.queue() == []


async def test_what_would_end_after_the_event_is_not_added(room: Room) -> None:
    await room.set(event_end=in_hours(room.clock, 1 / 120))
    rev = (await room.view()).queue.rev
    async with room.singer() as ana:
        answer = await ana.post("queue.json", json=room.wish(track=-1))

    context = refused(answer, 400, "queue validation failed")
    assert context["exc"].startswith("This track would end after the event does")
    assert (await room.view()).queue.rev == rev


async def test_a_refusal_that_passes_says_when(room: Room) -> None:
    await room.set(duplicate_track_window=30)
    async with room.singer() as ana:
        await room.add(ana)
        await room.press("play")
        await room.let_pass(2)
        answer = await ana.post("queue.json", json=room.wish("Bo"))

    context = refused(answer, 400, "queue validation failed")
    assert (context["code"], context["retry_after"]) == ("duplicate_track", 1799)
    assert answer.headers["retry-after"] == "1799"


async def test_whose_party_is_over_is_told_so(room: Room) -> None:
    async with room.singer() as ana:
        await room.add(ana)
        await room.house.parts.guests.end(room.name)
        await room.set(accepting=True)
        answer = await ana.post("queue.json", json=room.wish())

    assert refused(answer, 400, "queue validation failed")["code"] == "session_ended"


async def test_the_host_passes_the_rules_of_the_queue(room: Room) -> None:
    await room.set(event_start=in_hours(room.clock, 1), max_per_guest=1)
    async with room.host() as host:
        await room.add(host)
        await room.add(host)

    assert len(await room.queue()) == 2


async def test_a_name_is_trimmed(room: Room) -> None:
    async with room.singer() as ana:
        await room.add(ana, "  Ana ")

    assert await room.performers() == ["Ana"]


async def test_nothing_is_added_to_a_room_that_is_not_there(room: Room) -> None:
    async with room.singer() as ana:
        answer = await ana.post(f"{room.house.url}/api/room/nowhere/queue.json", json=room.wish())

    refused(answer, 404, "Room 'nowhere' not found")
    assert QueueName("nowhere") not in [queue.name for queue in await room.house.parts.queues.queues()]


async def test_what_asks_to_be_let_in_is_answered_and_not_shown(room: Room) -> None:
    await room.set(approval="all")
    async with room.singer() as ana:
        number = await room.add(ana)
        assert await room.queue() == []
        taken_back = await ana.delete(f"queue/{number}.json")

    assert (taken_back.status_code, taken_back.json()["id"]) == (200, number)
    assert (await room.view()).lobby == ()


async def test_an_add_that_is_sent_twice_happens_once(room: Room) -> None:
    async with room.singer() as ana:
        first, second = [
            await ana.post("queue.json", json=room.wish(), headers={"Idempotency-Key": "once"}) for _ in range(2)
        ]

    assert first.json() == second.json()
    assert len(await room.queue()) == 1


async def test_a_video_of_what_was_added_is_ordered_once(room: Room) -> None:
    """Of what is refused none is."""
    async with room.singer() as ana:
        for performer, track in (("Ana", 3), ("Bo", 3), ("", 4)):
            await ana.post("queue.json", json=room.wish(performer, track))
    await room.house.app.ctx.room_queue._videos._ordering  # for which no guest waits

    _, tasks = await room.house.parts.jobs.tasks(TaskFilter(type=TYPE))
    details = [await room.house.parts.jobs.detail(task.task_id, 10) for task in tasks]
    ordered = [item.payload["track_id"] for detail in details for item in detail.items]
    assert [ordered.count(room.tracks[track].track_id) for track in (3, 4)] == [1, 0]
