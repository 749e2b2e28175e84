"""The settings and the buttons of a room, and what the clients ask for beside rooms."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from api_queue.types import QueueName
from tests.house import House
from tests.karakara.visitors import a_room, log_in, log_in_as_host, password_of, refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")

SONG = "KAT_TUN_Your_side_Instrumental_"
FORM = {
    "title": "Garden",
    "track_space": 20,
    "hidden_tags": ["red:duplicate", "broken"],
    "forced_tags": ["category:jpop"],
    "preview_volume": 0.2,
    "coming_soon_track_count": 3,
    "validation_event_start_datetime": "2026-01-01T10:00:00.000Z",
    "validation_event_end_datetime": "2099-01-01T10:00:00+02:00",
    "auto_reorder_queue": True,
}


@pytest_asyncio.fixture(loop_scope="module")
async def room(shared_house: House) -> str:
    return await a_room(shared_house)


@pytest_asyncio.fixture(loop_scope="module")
async def guest(shared_house: House, room: str) -> AsyncIterator[httpx.AsyncClient]:
    async with shared_house.nobody() as guest:
        await log_in(guest, room)
        yield guest


@pytest_asyncio.fixture(loop_scope="module")
async def host(shared_house: House, room: str) -> AsyncIterator[httpx.AsyncClient]:
    async with shared_house.nobody() as host:
        await log_in_as_host(shared_house, host, room)
        yield host


# -- settings --------------------------------------------------------------------------------------------------


async def put(host: httpx.AsyncClient, room: str, **fields: Any) -> dict[str, Any]:
    """The settings afterwards."""
    answer = await host.put(f"/api/room/{room}/settings.json", json=fields)
    assert (answer.status_code, answer.json()) == (200, {})
    return dict((await host.get(f"/api/room/{room}/settings.json")).json())


async def test_the_whole_form_is_said_again_as_it_was_sent(host: httpx.AsyncClient, room: str) -> None:
    shown = await put(host, room, **FORM, an_unknown_field="of another version")
    assert shown == FORM | {"validation_event_start_datetime": "2026-01-01T10:00:00Z"}


async def test_they_are_the_settings_of_the_queue(shared_house: House, host: httpx.AsyncClient, room: str) -> None:
    await put(host, room, **FORM)
    async with shared_house.guest() as guest:
        ours = (await guest.get(f"/queue/{room}/settings")).json()
        changed = {"title": "Ours", "coming_soon_count": 7}
    async with shared_house.admin() as admin:
        await admin.put(f"/queue/{room}/settings", json=changed)
    assert (ours["title"], ours["track_space"], ours["order"]) == ("Garden", 20, "fair")
    theirs = (await host.get(f"/api/room/{room}/settings.json")).json()
    assert (theirs["title"], theirs["coming_soon_track_count"]) == ("Ours", 7)


async def test_what_the_clients_do_not_know_stays(shared_house: House, host: httpx.AsyncClient, room: str) -> None:
    async with shared_house.admin() as admin:
        await admin.put(f"/queue/{room}/settings", json={"max_per_guest": 3, "join": "code"})
    await put(host, room, title="New")
    settings = (await shared_house.parts.queues.queue(QueueName(room))).settings
    assert (settings.max_per_guest, settings.join, settings.command_semantics) == (3, "code", "karakara")


async def test_what_is_left_out_gets_their_default(host: httpx.AsyncClient, room: str) -> None:
    await put(host, room, **FORM)
    assert await put(host, room) == {
        "title": "KaraKara",
        "track_space": 15,
        "hidden_tags": ["red:duplicate"],
        "forced_tags": [],
        "preview_volume": 0.1,
        "coming_soon_track_count": 5,
        "validation_event_start_datetime": None,
        "validation_event_end_datetime": None,
        "auto_reorder_queue": False,
    }


async def test_no_pause_between_songs_and_nothing_coming_soon_are_settings_too(
    host: httpx.AsyncClient, room: str
) -> None:
    shown = await put(host, room, track_space=0, coming_soon_track_count=0)
    assert (shown["track_space"], shown["coming_soon_track_count"]) == (0, 0)


async def test_an_order_by_weight_is_not_lost(shared_house: House, host: httpx.AsyncClient, room: str) -> None:
    async with shared_house.admin() as admin:
        await admin.put(f"/queue/{room}/settings", json={"order": "weight"})
    assert (await put(host, room, **FORM))["auto_reorder_queue"] is True
    assert (await shared_house.parts.queues.queue(QueueName(room))).settings.order == "weight"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 101),
        ("title", "two\nlines"),
        ("title", 5),
        ("track_space", -1),
        ("track_space", "soon"),
        ("hidden_tags", [5]),
        ("forced_tags", "x" * 200),
        ("preview_volume", 1.1),
        ("coming_soon_track_count", -1),
        ("validation_event_start_datetime", "tomorrow"),
        ("validation_event_start_datetime", "3000-01-01T00:00:00Z"),
        ("validation_event_end_datetime", 1e300),
        ("auto_reorder_queue", "perhaps"),
    ],
)
async def test_what_does_not_fit_is_named_and_changes_nothing(
    host: httpx.AsyncClient, room: str, field: str, value: object
) -> None:
    before = await put(host, room, **FORM)
    status, message = refusal(await host.put(f"/api/room/{room}/settings.json", json={**FORM, field: value}))
    assert status == 400
    assert field in message
    assert (await host.get(f"/api/room/{room}/settings.json")).json() == before


@pytest.mark.parametrize("content", [b"", b" \n"])
async def test_a_form_that_was_lost_on_its_way_takes_nothing_away(
    host: httpx.AsyncClient, room: str, content: bytes
) -> None:
    before = await put(host, room, **FORM)
    assert refusal(await host.put(f"/api/room/{room}/settings.json", content=content))[0] == 400
    assert (await host.get(f"/api/room/{room}/settings.json")).json() == before


async def test_an_end_before_the_start_is_refused_in_their_words(host: httpx.AsyncClient, room: str) -> None:
    late = FORM | {"validation_event_end_datetime": "2025-01-01T10:00:00Z"}
    _, message = refusal(await host.put(f"/api/room/{room}/settings.json", json=late))
    assert message == (
        "The setting 'validation_event_end_datetime' must be later than validation_event_start_datetime."
    )


async def test_a_guest_sets_nothing(guest: httpx.AsyncClient, room: str) -> None:
    answer = await guest.put(f"/api/room/{room}/settings.json", json=FORM)
    assert refusal(answer) == (403, "Only admins can update settings")


async def test_who_changed_them_stands_in_the_audit(shared_house: House, host: httpx.AsyncClient, room: str) -> None:
    await put(host, room, **FORM)
    assert ("settings of a room", room) in [(x.action, x.queue) for x in await shared_house.parts.audit.lines(3)]


async def test_an_admin_is_told_that_a_room_is_not_there(shared_house: House) -> None:
    async with shared_house.admin() as admin:
        answer = await admin.put("/api/room/nowhere/settings.json", json=FORM)
        assert refusal(answer) == (404, "Room 'nowhere' not found")
        assert refusal(await admin.get("/api/room/nowhere/command/play.json")) == (404, "Room 'nowhere' not found")


# -- buttons ---------------------------------------------------------------------------------------------------


async def press(host: httpx.AsyncClient, room: str, button: str) -> bool:
    answer = await host.get(f"/api/room/{room}/command/{button}.json")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return bool(answer.json()["is_playing"])


@pytest_asyncio.fixture(loop_scope="module")
async def songs(shared_house: House, room: str) -> None:
    """Two wait."""
    async with shared_house.admin() as admin:
        for name in ("Ana", "Ben"):
            added = await admin.post(f"/queue/{room}", json={"track_id": SONG, "performer_name": name})
            assert added.status_code == 201


async def test_with_nothing_there_play_plays_nothing(host: httpx.AsyncClient, room: str) -> None:
    assert await press(host, room, "play") is False


@pytest.mark.usefixtures("songs")
async def test_the_answer_says_whether_it_plays(host: httpx.AsyncClient, room: str) -> None:
    assert await press(host, room, "play") is True
    assert await press(host, room, "seek_forwards") is True
    assert await press(host, room, "seek_backwards") is True
    assert await press(host, room, "stop") is False


@pytest.mark.usefixtures("songs")
async def test_a_skip_stops_the_music_as_the_clients_know_it(host: httpx.AsyncClient, room: str) -> None:
    await press(host, room, "play")
    assert await press(host, room, "skip") is False


@pytest.mark.parametrize("button", ["play", "stop", "skip", "seek_forwards", "seek_backwards"])
async def test_a_guest_presses_no_button(guest: httpx.AsyncClient, room: str, button: str) -> None:
    answer = await guest.get(f"/api/room/{room}/command/{button}.json")
    assert refusal(answer) == (403, "commands are for admin only")


@pytest.mark.parametrize(
    "button", ["pause.json", "clear.json", "end.json", "play_one.json", "play", "p.xml", "x" * 999]
)
async def test_what_they_have_no_button_for_is_no_command(host: httpx.AsyncClient, room: str, button: str) -> None:
    assert refusal(await host.get(f"/api/room/{room}/command/{button}")) == (404, "invalid command")


@pytest.mark.usefixtures("songs")
@pytest.mark.parametrize("site", [{"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}])
async def test_no_page_of_another_site_presses_one(
    shared_house: House, host: httpx.AsyncClient, room: str, site: dict[str, str]
) -> None:
    answer = await host.get(f"/api/room/{room}/command/play.json", headers=site)
    assert refusal(answer)[0] == 403
    assert (await shared_house.parts.queues.queue(QueueName(room))).session.state == "stopped"


async def test_looking_whether_a_button_is_there_does_not_press_it(host: httpx.AsyncClient, room: str) -> None:
    assert (await host.head(f"/api/room/{room}/command/play.json")).status_code == 405


# -- the host's way in -----------------------------------------------------------------------------------------


async def test_the_host_sees_the_password_and_the_ways_in(shared_house: House, room: str) -> None:
    async with shared_house.admin() as admin:
        answer = await admin.get(f"/queue/{room}/room")
    shown = answer.json()
    assert re.fullmatch("[0-9a-hjkmnp-tv-z]{8}", shown.pop("password"))
    base = shared_house.url
    assert shown == {"room": room, "browser3": f"{base}/browser3/{room}", "player3": f"{base}/player3/{room}"}
    assert answer.headers["cache-control"] == "no-store"


async def test_a_guest_does_not(shared_house: House, room: str) -> None:
    async with shared_house.guest() as guest:
        assert (await guest.get(f"/queue/{room}/room")).status_code == 403


async def test_a_queue_that_the_clients_cannot_name_has_none(shared_house: House) -> None:
    async with shared_house.admin() as admin:
        await admin.post("/queue", json={"kind": "named", "name": "not-a-room"})
        answer = await admin.get("/queue/not-a-room/room")
    assert (answer.status_code, answer.json()["code"]) == (404, "room_not_found")


async def test_the_password_stands_in_no_log(shared_house: House, room: str) -> None:
    password = await password_of(shared_house, room)
    with capture_logs() as logs:
        async with shared_house.nobody() as host:
            await log_in(host, room, password)
            await log_in(host, room, f"{password}x")
    assert password not in str(logs)
    lines = await shared_house.parts.audit.lines(10)
    assert password not in str(lines)


# -- beside rooms ----------------------------------------------------------------------------------------------


async def test_the_time_is_a_bare_number_that_nobody_keeps(shared_house: House, guest: httpx.AsyncClient) -> None:
    answer = await guest.get("/api/misc/time.json")
    assert isinstance(answer.json(), float)
    assert abs(answer.json() - shared_house.parts.clock.now_ms() / 1000) < 60
    assert answer.headers["cache-control"] == "no-store"


async def test_what_the_clients_tell_of_themselves_is_taken(guest: httpx.AsyncClient) -> None:
    told = {"event": "open_room", "app": "browser3", "dev": False, "version": "x", "admin": False, "room": "kara"}
    answer = await guest.post("/api/misc/analytics.json", json=told)
    assert (answer.status_code, answer.json()) == (200, True)


async def test_the_tracks_of_a_room_are_those_of_all(guest: httpx.AsyncClient, room: str) -> None:
    answer = await guest.get(f"/api/room/{room}/tracks.json")
    assert (answer.status_code, answer.headers["location"]) == (302, "/files/tracks.json")


@pytest.mark.parametrize("address", ["/api/room/party/nothing.json", "/api/misc/nothing.json", "/files/a/b/c/d"])
async def test_addresses_that_are_none_answer_in_their_form(guest: httpx.AsyncClient, address: str) -> None:
    answer = await guest.get(address, headers={"Accept": "text/html"})
    assert refusal(answer)[0] == 404
