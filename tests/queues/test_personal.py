"""Personal queues: made at their first use, and not there for anybody but their owner, whatever the address."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from api_queue.errors import MembersOnly, UnknownQueue
from api_queue.queues.personal import PersonalQueues
from api_queue.types import QueueName
from api_queue.web.access_rules import routes
from api_queue.web.identity import Caller
from api_queue.web.personal import personal_queue, user_id
from tests.house import House
from tests.serving import NO_TLS

SONG = "KAT_TUN_Your_side_Instrumental_"

#: Nobody's: what is said of it must be what is said of somebody's.
NOWHERE = QueueName("u_000000000000")
ROOMS = "api/room/"
PLACEHOLDER = re.compile(r"<[^>]*>")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@dataclass
class Member:
    """`queue` is there once they have used it."""

    client: httpx.AsyncClient
    queue: QueueName

    @property
    def user(self) -> str:
        return user_id(self.queue)


def told(answer: httpx.Response) -> str:
    """But for the id that each request has."""
    return answer.text.replace(answer.headers["x-request-id"], "")


@asynccontextmanager
async def a_member(house: House) -> AsyncIterator[Member]:
    token, value = await house.parts.tokens.create("member")
    async with bearing(house, value) as client:
        yield Member(client, personal_queue(token.token_id))


def bearing(house: House, value: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {value}"}
    return httpx.AsyncClient(base_url=house.url, headers=headers, timeout=20, verify=NO_TLS)


@pytest.fixture
async def ann(house: House) -> AsyncIterator[Member]:
    """Who has a song on her queue."""
    async with a_member(house) as ann:
        await ann.client.post(f"/queue/{ann.queue}/items", json={"track_id": SONG, "performer_name": "Ann"})
        yield ann


# -- whose it is -----------------------------------------------------------------------------------------------


async def test_it_is_there_when_its_owner_first_comes_and_empty(house: House) -> None:
    async with a_member(house) as bob:
        queue = (await bob.client.get(f"/queue/{bob.queue}")).json()
        assert (queue["kind"], queue["role"]) == ("personal", "host")
        assert (await bob.client.get(f"/queue/{bob.queue}/items")).json()["items"] == []


async def test_its_owner_is_its_host_and_of_no_other(ann: Member) -> None:
    assert (await ann.client.put(f"/queue/{ann.queue}/settings", json={"title": "Mine"})).status_code == 200
    assert (await ann.client.post(f"/sessions/{ann.queue}/play")).status_code == 200
    assert (await ann.client.put("/queue/party/settings", json={"title": "Mine"})).status_code == 403


async def test_what_its_owner_deletes_is_empty_when_they_come_again(ann: Member) -> None:
    assert (await ann.client.delete(f"/queue/{ann.queue}")).status_code == 204
    assert (await ann.client.get(f"/queue/{ann.queue}/items")).json()["items"] == []


async def test_a_device_of_its_owner_sees_it(house: House, ann: Member) -> None:
    invited = await ann.client.post(f"/queue/{ann.queue}/invite", json={"role": "speaker"})
    async with bearing(house, invited.json()["token"]) as speaker:
        for name in (ann.queue, ann.user):
            assert (await speaker.get(f"/sessions/{name}")).status_code == 200
        assert (await speaker.put(f"/queue/{ann.queue}/settings", json={"title": "x"})).status_code == 403


async def test_it_does_not_expire(house: House, ann: Member) -> None:
    # Given a queue of which nobody has said how long it is kept
    await ann.client.put(f"/queue/{ann.queue}/settings", json={"retention": 1})
    house.parts.queues._clock = house.parts.clock = LaterClock(house.parts.clock.now_ms() + 400 * 86_400_000)
    assert not await house.parts.queues.expire(ann.queue)


@dataclass
class LaterClock:
    at_ms: int

    def now_ms(self) -> int:
        return self.at_ms


async def test_only_members_have_one(house: House) -> None:
    personal = PersonalQueues(house.parts.queues)
    with pytest.raises(MembersOnly):
        await personal.of(Caller(None, "192.0.2.1"))


# -- nobody else's ---------------------------------------------------------------------------------------------


async def test_on_no_route_is_it_there_for_anybody_else(house: House, ann: Member) -> None:
    """As if there were none, for guests, other members, hosts of other queues and admins; 401 without a login."""
    _, host = await house.parts.tokens.create("host", QueueName("party"))
    async with (
        a_member(house) as bob,
        bearing(house, host) as other,
        house.guest() as guest,
        house.admin() as admin,
        house.nobody() as nobody,
    ):
        for method, path in routes(house.app):
            if "<name" not in path or path.startswith(ROOMS):
                continue
            there, nowhere = (f"/{_filled(path, queue)}" for queue in (ann.queue, NOWHERE))
            assert (await nobody.request(method, there)).status_code == 401, (method, path)
            absent = told(await bob.client.request(method, nowhere)).replace(NOWHERE, ann.queue)
            for client in (bob.client, other, guest, admin):
                answer = await client.request(method, there)
                assert (answer.status_code, told(answer)) == (404, absent), (method, path)
    # And all of it had no effect
    assert len((await ann.client.get(f"/queue/{ann.queue}/items")).json()["items"]) == 1


async def test_nor_is_it_a_room_of_karakara_for_anybody(house: House, ann: Member) -> None:
    """Not for its member either."""
    rooms = [(method, path) for method, path in routes(house.app) if path.startswith(ROOMS)]
    assert rooms
    async with house.guest() as guest, house.admin() as admin, house.nobody() as nobody:
        for method, path in rooms:
            there, nowhere = (f"/{_filled(path, queue)}" for queue in (ann.queue, NOWHERE))
            assert (await ann.client.request(method, there)).status_code == 404, (method, path)
            for client in (guest, admin, nobody):
                answer, absent = await client.request(method, there), await client.request(method, nowhere)
                assert answer.status_code in {401, 404}, (method, path)
                assert told(answer) == told(absent).replace(NOWHERE, ann.queue), (method, path)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/events?queue=QUEUE", None),
        ("GET", "/events?queue=party&queue=QUEUE", None),
        ("GET", "/tracks?queue=QUEUE", None),
        ("GET", "/devices?queue=QUEUE", None),
        ("GET", "/media/preview/track1?queue=QUEUE", None),
        ("POST", "/devices/register", {"device_name": "Kitchen", "queue": "QUEUE"}),
        ("PATCH", "/devices/heartbeat", {"device_id": "kitchen-1", "queue": "QUEUE"}),
        ("POST", "/media/token", {"track_id": "track1", "device_id": "kitchen-1", "generation": 1, "queue": "QUEUE"}),
    ],
)
async def test_nor_by_a_query_or_a_body(
    house: House, ann: Member, method: str, path: str, body: dict[str, object] | None
) -> None:
    _, host = await house.parts.tokens.create("host", QueueName("party"))
    async with a_member(house) as bob, bearing(house, host) as other, house.admin() as admin:
        for client in (bob.client, other, admin):
            answers = [
                await client.request(method, path.replace("QUEUE", queue), json=body and body | {"queue": queue})
                for queue in (ann.queue, NOWHERE)
            ]
            assert [answer.status_code for answer in answers] == [404, 404], answers[0].text
            assert answers[0].json()["code"] == "unknown_queue"


def _filled(path: str, queue: QueueName) -> str:
    """With the queue for its name, and anything for the rest."""
    return PLACEHOLDER.sub("x", path.replace(PLACEHOLDER.search(path)[0], queue, 1))  # type: ignore[index]


async def test_a_browser_is_asked_to_log_in(house: House, ann: Member) -> None:
    async with house.nobody() as nobody:
        answer = await nobody.get(f"/queue/{ann.queue}/player", headers={"Accept": BROWSER})
    assert answer.status_code == 401
    assert "<title>Log in</title>" in answer.text


async def test_no_list_has_it(house: House, ann: Member) -> None:
    async with house.admin() as admin:
        assert [queue["name"] for queue in (await admin.get("/queue/")).json()["queues"]] == ["party"]


async def test_no_admin_exports_it(house: House, ann: Member) -> None:
    async with house.admin() as admin:
        task = {"type": "export", "items": [{"queue": ann.queue}]}
        answer = await admin.post("/api/queues/tasks", json=task)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_queue")


@pytest.mark.parametrize("kind", ["personal", "transient"])
async def test_nobody_makes_a_queue_that_looks_like_one(house: House, kind: str) -> None:
    async with house.admin() as admin:
        answer = await admin.post("/queue/", json={"kind": kind, "name": "u_000000000000"})
    assert answer.status_code == 422


# -- by the user's id ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", [str, str.upper])
async def test_the_session_of_a_user_is_that_of_their_queue(ann: Member, spelled: Callable[[str], str]) -> None:
    session = (await ann.client.get(f"/sessions/{spelled(ann.user)}")).json()
    assert session["session_id"] == ann.queue
    assert session["user_uuid"] == ann.user
    assert (await ann.client.post(f"/sessions/{ann.user}/play")).json()["play_state"] == "playing"


async def test_another_users_is_forbidden_and_without_a_login_everybodys(house: House, ann: Member) -> None:
    async with a_member(house) as bob, house.admin() as admin, house.guest() as guest, house.nobody() as nobody:
        for client, status in ((bob.client, 403), (admin, 403), (guest, 401), (nobody, 401)):
            for user in (ann.user, user_id(NOWHERE)):
                assert (await client.get(f"/sessions/{user}")).status_code == status
                assert (await client.post(f"/sessions/{user}/play")).status_code == status


# -- its events ------------------------------------------------------------------------------------------------


async def test_events_without_a_queue_are_those_of_the_members_own(ann: Member) -> None:
    async with ann.client.stream("GET", "/events") as stream, asyncio.timeout(20):
        lines = stream.aiter_lines()
        snapshot = await _until(lines, lambda line: line.startswith("data: "))
        assert f'"session_id":"{ann.queue}"' in snapshot
        await ann.client.post(f"/sessions/{ann.user}/play")
        assert await _until(lines, lambda line: line == "event: timeline_update")


async def test_who_is_logged_out_hears_no_more(house: House, ann: Member) -> None:
    # Given Ann's phone, which listens to her own queue, and to the party
    token = ann.client.headers["Authorization"].removeprefix("Bearer ")
    async with house.nobody() as phone:
        login = (await phone.post("/token", json={"token": token})).json()
    async with bearing(house, login["access_token"]) as phone, asyncio.timeout(20):
        async with phone.stream("GET", f"/events?queue=party&queue={ann.queue}") as stream:
            lines = stream.aiter_lines()
            await _until(lines, lambda line: line.startswith("data: "))
            # When she logs out everywhere, then that stream ends
            await ann.client.post("/auth/logout", json={"refresh_token": login["refresh_token"], "everywhere": True})
            async for _ in lines:
                pass
        # And does not begin again
        assert (await phone.get("/events")).status_code == 401


async def test_a_guest_has_to_say_which(house: House) -> None:
    async with house.guest() as guest:
        answer = await guest.get("/events")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_queue_named")


async def _until(lines: AsyncIterator[str], wanted: Callable[[str], bool]) -> str:
    async for line in lines:
        if wanted(line):
            return line
    raise AssertionError("the stream has ended")


# -- its end ---------------------------------------------------------------------------------------------------


async def test_with_the_account_the_queue_goes_and_what_its_owner_likes(house: House) -> None:
    # Given a member with a queue, who likes a song
    body = {"username": "Ann", "password": "correct horse"}
    account = await house.parts.accounts.create(**body)
    await house.parts.personal_queues.ensure(account.queue)
    async with house.nobody() as phone, house.guest() as guest:
        login = (await phone.post("/token", json=body)).json()
        await phone.post(f"/tracks/{SONG}/like", headers={"Authorization": f"Bearer {login['access_token']}"})
        await guest.post(f"/tracks/{SONG}/like")
        # When they close their account
        assert (await phone.post("/users/delete", json=body)).status_code == 204
        # Then others' likes are all that is left
        assert (await guest.get(f"/tracks/{SONG}")).json()["likes"] == 1
    with pytest.raises(UnknownQueue):
        await house.parts.queues.queue(account.queue)
