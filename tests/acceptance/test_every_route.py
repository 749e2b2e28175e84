"""The table of access, held against the server as it is: each route declared, each role tried on each route."""

import re

import httpx
import pytest

from api_queue.accounts.access import ACCESS, QUEUE_IN_BODY
from api_queue.accounts.api_keys import queue_rights
from api_queue.types import QueueName, Role
from api_queue.web.access_rules import undeclared, unrouted
from api_queue.web.identity import MAY
from api_queue.web.programs import RIGHTS
from tests.house import House

X, OTHER = QueueName("party"), QueueName("elsewhere")
ROLES: tuple[Role, ...] = ("member", "helper", "host", "admin", "speaker", "screen")
#: Endless by design: what they need is tried by the tests of the stream.
STREAMS = {"/events", "/queue/<name>/events", "/events/queues", "/api/queues/stream", "/ws/queues",
           "/api/v1/batch/<batch_id>/progress"}  # fmt: skip
#: Open doors behind which a refresh token is asked for, which is not what the role says.
RENEWALS = {"/auth/refresh", "/refresh-token"}
FILLED = {"name": "party", "item_id": "0000000000", "guest_id": "nobody", "token_id": "none", "track_id": "none",
          "task_id": "none", "queue": "orders", "receipt_handle": "none", "message_id": "none", "command": "dance",
          "tracklist_id": "none", "audio_file_id": "none", "cue_id": "none", "job_id": "none", "format_name": "cdj",
          "position": "1", "version": "1", "slug": "none", "correlation_id": "none",
          "batch_id": "none", "schedule_id": "none", "performer": "Nobody",
          "file": "none", "path": "css/none.css", "device_id": "none", "code": "NOCODE"}  # fmt: skip

#: What these ask for lies on a site that is not there.
ELSEWHERE = {"/api/v1/search/dj/<slug>", "/api/v1/search/event/<slug>"}
#: Whoever comes gets past these doors.
FOR_ALL = {"public", "open", "guest", "singer"}
#: Of these the handler asks who may: a helper may skip, and the page of the library is anybody's.
ASKED_INSIDE = {"/queue/<name>/command/<command>", "/library"}


def address(path: str) -> str:
    return re.sub(r"<(\w+)[^>]*>", lambda part: FILLED[part[1]], path)


async def test_every_route_is_declared_and_every_line_is_a_route(house: House) -> None:
    assert undeclared(house.app, ACCESS) == []
    assert unrouted(house.app, ACCESS) == []


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_gets_past_the_door_only_where_it_may(house: House, role: Role) -> None:
    queue = X if role in {"helper", "host", "speaker", "screen"} else None
    _, value = await house.parts.tokens.create(role, queue)  # type: ignore[arg-type]  # every role but guest
    async with house.nobody() as client:
        client.headers["Authorization"] = f"Bearer {value}"
        for (method, path), access in ACCESS.items():
            if path in RENEWALS or (method, path) in {("DELETE", "/queue/<name>"), ("POST", "/auth/logout")}:
                continue
            may = (role if access == "author" else role_at(role, queue, path)) in MAY[access]
            if path in STREAMS and may:
                continue
            assert_past(await client.request(method, address(path)), method, path, may=may)


def role_at(role: Role, queue: QueueName | None, path: str) -> Role:
    """Elsewhere nobody is more than a guest; a queue in the body may be the member's own."""
    if path in QUEUE_IN_BODY:
        return "host" if role == "member" else role
    return role if queue is None or "<name>" in path else "guest"


async def test_a_host_is_only_a_guest_elsewhere(house: House) -> None:
    await house.parts.queues.ensure(OTHER, "Elsewhere")
    _, value = await house.parts.tokens.create("host", OTHER)
    async with house.nobody() as client:
        client.headers["Authorization"] = f"Bearer {value}"
        for (method, path), access in ACCESS.items():
            if access in {"host", "helper"} and "<name>" in path:
                assert_past(await client.request(method, address(path)), method, path, may=False)


async def test_a_program_gets_past_only_the_doors_of_programs(house: House) -> None:
    """Elsewhere its key is not even looked at, and it is nobody."""
    value = await house.parts.api_keys.create("all", queue_rights({"*": RIGHTS}))
    async with house.nobody() as client:
        client.headers["X-API-Key"] = value
        for (method, path), access in ACCESS.items():
            if access not in FOR_ALL:
                assert_past(
                    await client.request(method, address(path)),
                    method,
                    path,
                    may=access in {"key", "author", "watcher"},
                )


async def test_nobody_and_a_guest_get_past_only_what_is_theirs(house: House) -> None:
    async with house.nobody() as nobody, house.guest() as guest:
        for (method, path), access in ACCESS.items():
            if access in FOR_ALL:
                continue
            answer = await nobody.request(method, address(path))
            missing = "missing_api_key" if access == "key" else "missing_credential"
            assert (answer.status_code, answer.json()["code"]) == (401, missing), (method, path)
            assert_past(await guest.request(method, address(path)), method, path, may=False)


def assert_past(answer: httpx.Response, method: str, path: str, *, may: bool) -> None:
    assert answer.status_code < 500 or path in ELSEWHERE, (method, path, answer.text)
    if "problem" not in answer.headers.get("content-type", ""):
        assert may, (method, path)
        return
    refused = answer.json()["code"] in {"missing_right", "missing_credential", "missing_api_key"}
    assert refused is not may or path in ASKED_INSIDE, (method, path, answer.text)
