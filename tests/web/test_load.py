"""What one worker has in hand: who is told to come again, and who never is."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from sanic import HTTPResponse, Request, Sanic
from sanic_routing.route import Route

from api_queue.errors import Overloaded
from api_queue.settings import Settings
from api_queue.types import QueueName
from api_queue.web.access_rules import AccessTable, Rule
from api_queue.web.errors import setup_errors
from api_queue.web.finishing import end_writes
from api_queue.web.guard import Doorkeepers, setup_guard
from api_queue.web.identity import MAY, Access, Caller, Presented
from api_queue.web.load import AGAIN_S, Load
from api_queue.web.operation import Operation
from api_queue.web.rate_limits import RateClass
from api_queue.web.replies import reply
from tests.serving import NO_TLS, serving
from tests.stream.waiting import eventually
from tests.web.requests import a_request

MOST = 16


def rule(access: Access = "guest", *, writes: bool = True, limit: RateClass | None = None) -> Rule:
    return Rule(access, MAY[access], "", writes, limit, queue_in_body=False, same_site=writes)


def route(operation: Operation | None = None, *, websocket: bool = False) -> Route:
    handler = SimpleNamespace(operation=operation or Operation())
    return cast("Route", SimpleNamespace(handler=handler, extra=SimpleNamespace(websocket=websocket)))


def full(access: Access = "guest") -> Load:
    load = Load(MOST)
    try:
        while True:
            load.enter(a_request(), rule(access), route())
    except Overloaded:
        return load


# -- the rule --------------------------------------------------------------------------------------------------


def test_above_the_bound_a_request_is_told_when_to_come_again() -> None:
    load = full()
    assert (load.in_hand, load.refused) == (MOST, 1)
    with pytest.raises(Overloaded, match="has done nothing of this") as refused:
        load.enter(a_request(), rule(), route())
    assert refused.value.facts["retry_after"] in AGAIN_S


def test_who_is_answered_makes_room() -> None:
    load, first = Load(1), a_request()
    load.enter(first, rule(), route())
    load.leave(first)
    load.leave(first)
    load.enter(a_request(), rule(), route())
    assert (load.in_hand, load.refused) == (1, 0)


@pytest.mark.parametrize("access", ["helper", "host", "speaker", "device", "admin"])
def test_who_runs_the_party_has_room_while_guests_storm(access: Access) -> None:
    full().enter(a_request(), rule(access), route())


def test_so_has_the_host_of_a_room() -> None:
    full().enter(a_request(), rule("singer", limit="control"), route())


def test_a_storm_of_hosts_is_bounded_too_and_leaves_the_guests_theirs() -> None:
    load = full("host")
    assert load.in_hand == MOST / 8
    load.enter(a_request(), rule(), route())


@pytest.mark.parametrize(
    ("its_rule", "its_route"),
    [
        (rule("public", writes=False), route()),
        (rule("open", writes=False), route(Operation(media_type="text/event-stream"))),
        (rule("key"), route(Operation(waits=True))),
        (rule("admin", writes=False), route(websocket=True)),
    ],
    ids=["a page or a file", "a stream", "a long poll", "a socket"],
)
def test_what_costs_nothing_or_lasts_is_let_in_and_not_counted(its_rule: Rule, its_route: Route) -> None:
    load = full()
    load.enter(a_request(), its_rule, its_route)
    assert load.in_hand == MOST


def test_logging_in_is_work_like_any_other() -> None:
    with pytest.raises(Overloaded):
        full().enter(a_request(), rule("public"), route())


def test_a_body_that_comes_slowly_keeps_out_nobody_but_other_bodies() -> None:
    load, slow = Load(MOST), a_request()
    load.enter(slow, rule(), route())
    with load.arriving(slow):
        assert load.in_hand == 0
        with pytest.raises(Overloaded), load.arriving(a_request()):
            pytest.fail("two large bodies of sixteen requests are too many")
    with load.arriving(a_request()):
        pass


# -- at the door -----------------------------------------------------------------------------------------------


class House:
    """Keepers who let everybody in; a handler that waits for `let_go`."""

    def __init__(self) -> None:
        self.begun = 0
        self.let_go = asyncio.Event()
        table = AccessTable({("POST", "/wait"): "guest", ("GET", "/health"): "public"}, {}, frozenset(), frozenset())
        self.app: Sanic[Any, Any] = Sanic("load", configure_logging=False)
        setup_errors(self.app)
        keepers = Doorkeepers(*[cast("Any", self)] * 5)
        setup_guard(self.app, table, keepers, Settings(load_requests=2))
        self.app.add_route(self.wait, "/wait", methods=["POST"])
        self.app.add_route(self.answer, "/health", methods=["GET"])

    @property
    def load(self) -> Load:
        return cast("Load", self.app.ctx.load)

    async def wait(self, request: Request) -> HTTPResponse:
        self.begun += 1
        await self.let_go.wait()
        return await self.answer(request)

    async def answer(self, _request: Request) -> HTTPResponse:
        return reply({})

    async def resolve(self, presented: Presented) -> Caller:
        return Caller(None, presented.address, new_session_id="made-just-now")

    def new_guest(self, address: str) -> Caller:
        return Caller(None, address)

    async def write(self, token_id: str, action: str, queue: QueueName | None = None) -> None: ...


@pytest.fixture
async def house() -> House:
    return House()


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(house.app) as url, httpx.AsyncClient(base_url=url, verify=NO_TLS) as client:
        yield client
        house.let_go.set()
        await end_writes(10)


async def storm(client: httpx.AsyncClient, house: House) -> "list[asyncio.Task[httpx.Response]]":
    """As many as there is room for, each in the middle of its handler."""
    waiting = [asyncio.create_task(client.post("/wait")) for _ in range(2)]
    await eventually(lambda: house.begun == 2)
    return waiting


async def test_a_refused_request_never_reaches_its_handler(client: httpx.AsyncClient, house: House) -> None:
    waiting = await storm(client, house)
    refused = await client.post("/wait")
    assert (refused.status_code, refused.json()["code"], house.begun) == (503, "overloaded", 2)
    assert refused.headers["retry-after"] == str(refused.json()["retry_after"])
    # And those that were let in are answered
    house.let_go.set()
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200, 200]
    assert house.load.in_hand == 0


async def test_we_say_that_we_live_however_much_there_is_to_do(client: httpx.AsyncClient, house: House) -> None:
    await storm(client, house)
    assert (await client.get("/health")).status_code == 200


async def test_who_hangs_up_makes_no_room_before_the_change_is_done(client: httpx.AsyncClient, house: House) -> None:
    for request in await storm(client, house):
        request.cancel()
    # Given that nobody waits for the two changes any more
    await eventually(lambda: (house.load.in_hand, len(house.load._guests)) == (2, 0))
    assert (await client.post("/wait")).status_code == 503
    # When they are done, there is room
    house.let_go.set()
    await eventually(lambda: house.load.in_hand == 0)
    assert (await client.post("/wait")).status_code == 200
