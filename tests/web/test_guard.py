"""The door in the order in which it asks, with keepers that write down what they were asked."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sanic import HTTPResponse, Request, Sanic
from structlog.testing import capture_logs

from api_queue.errors import BadCredential, LoginExpired, RateLimited, StartRefused, WeakSessionId
from api_queue.settings import Settings
from api_queue.types import GuestId, QueueName
from api_queue.web.access_rules import AccessTable
from api_queue.web.answers import Answer
from api_queue.web.errors import setup_errors
from api_queue.web.guard import Doorkeepers, setup_guard
from api_queue.web.identity import Access, Caller, Grant, Presented
from api_queue.web.rate_limits import RateClass
from api_queue.web.replies import reply
from tests.serving import NO_TLS, serving

HOST, HELPER, PUBLIC = "Bearer host", "Bearer helper", "/public"
ACCESS: dict[tuple[str, str], Access] = {
    ("GET", "/open"): "open",
    ("POST", "/public"): "public",
    ("POST", "/queue/<>/items"): "guest",
    ("POST", "/queue/<>/play"): "helper",
    ("PUT", "/queue/<>/settings"): "host",
    ("GET", "/queue/<>/settings"): "host",
    ("GET", "/queue/<>/skip"): "helper",
    ("POST", "/mint"): "helper",
}
TABLE = AccessTable(
    ACCESS, {("POST", "/queue/<>/play"): "control"}, frozenset({"/queue/<>/skip"}), frozenset({"/mint"})
)


@dataclass
class Keepers:
    """`asked` is the order; `refuse` is what the resolver raises."""

    asked: list[object] = field(default_factory=list)
    refuse: Exception | None = None
    hurried: frozenset[RateClass] = frozenset()
    audit_broken: bool = False

    async def resolve(self, presented: Presented) -> Caller:
        self.asked.append("who")
        if self.refuse:
            raise self.refuse
        role: Any = presented.bearer
        grants = (Grant(role, QueueName("party"), f"token-{role}"),) if role else ()
        guest = presented.session_id or role
        return Caller(GuestId(guest) if guest else None, presented.address, grants)

    def new_guest(self, address: str) -> Caller:
        return Caller(GuestId("new"), address, new_session_id="made-just-now")

    async def check(self, klass: RateClass, _caller: Caller, queue: QueueName | None = None) -> None:
        self.asked.append((klass, queue) if queue else klass)
        if klass in self.hurried:
            raise RateLimited(retry_after=9)

    async def ensure(self, name: QueueName) -> None:
        self.asked.append(("own queue", name))

    async def of(self, caller: Caller) -> QueueName:
        raise AssertionError(caller)  # the guard asks for queues by their names

    async def claim(self, _key: str, _pending: Answer) -> None:
        self.asked.append("sent before")

    async def keep(self, _key: str, answer: Answer) -> None:
        self.asked.append(("kept", answer.status))

    async def release(self, _key: str) -> None: ...

    async def write(self, token_id: str, action: str, queue: QueueName | None = None) -> None:
        if self.audit_broken:
            raise ConnectionError
        self.asked.append((token_id, action, queue))


def an_app(keepers: Keepers, settings: Settings, table: AccessTable = TABLE) -> "Sanic[Any, Any]":
    app: Sanic[Any, Any] = Sanic("guard", configure_logging=False)
    app.config.ACCESS_LOG = False
    setup_errors(app)
    setup_guard(app, table, Doorkeepers(keepers, keepers, keepers, keepers, keepers), settings)

    async def handler(request: Request, **_: str) -> HTTPResponse:
        keepers.asked.append("handler")
        caller: Caller = request.ctx.caller
        return reply({"guest_id": caller.guest_id, "address": caller.address})

    for number, (method, path) in enumerate(ACCESS):
        route = app.route(
            path.replace("<>", "<name:str>"), methods=[method], name=f"route{number}", ignore_body=method == "GET"
        )
        route(handler)
    return app


@pytest.fixture
def keepers() -> Keepers:
    return Keepers()


@pytest.fixture
async def client(keepers: Keepers) -> AsyncIterator[httpx.AsyncClient]:
    app = an_app(keepers, Settings(cors_origins=("https://lights.example",)))
    async with serving(app) as url, httpx.AsyncClient(base_url=url, verify=NO_TLS) as client:
        yield client


# -- in order --------------------------------------------------------------------------------------------------


async def test_a_write_passes_each_keeper_in_order(client: httpx.AsyncClient, keepers: Keepers) -> None:
    answer = await client.post("/queue/party/play", headers={"Authorization": HELPER, "Idempotency-Key": "k"})
    assert answer.status_code == 200
    assert keepers.asked == ["who", ("control", "party"), "sent before", "handler", ("kept", 200)]


async def test_a_look_asks_only_who(client: httpx.AsyncClient, keepers: Keepers) -> None:
    await client.get("/open", headers={"Idempotency-Key": "k"})
    assert keepers.asked == ["who", "handler"]


async def test_another_site_is_refused_before_anybody_is_asked(client: httpx.AsyncClient, keepers: Keepers) -> None:
    answer = await client.post("/queue/party/items", headers={"Origin": "https://evil.example", "Cookie": "a=b"})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert keepers.asked == []


async def test_who_may_not_takes_no_token_of_the_limit(client: httpx.AsyncClient, keepers: Keepers) -> None:
    answer = await client.post("/queue/garden/play", headers={"Authorization": HOST})
    assert (answer.status_code, answer.json()["needs"]) == (403, "a helper or the host")
    assert keepers.asked == ["who"]


async def test_who_hurries_uses_up_no_key(client: httpx.AsyncClient, keepers: Keepers) -> None:
    keepers.hurried = frozenset({"control"})
    answer = await client.post("/queue/party/play", headers={"Authorization": HOST, "Idempotency-Key": "k"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "9")
    assert keepers.asked == ["who", ("control", "party")]


# -- public ----------------------------------------------------------------------------------------------------


async def test_at_a_public_door_nobody_looks_at_credentials(client: httpx.AsyncClient, keepers: Keepers) -> None:
    keepers.refuse = BadCredential()
    answer = await client.post(PUBLIC, headers={"Authorization": "Bearer wrong", "Idempotency-Key": "k"})
    assert answer.status_code == 200
    assert keepers.asked == ["handler"]


async def test_a_public_write_of_another_sites_page_is_refused_too(client: httpx.AsyncClient) -> None:
    assert (await client.post(PUBLIC, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403


# -- what is somebody's own --------------------------------------------------------------------------------------


async def test_a_personal_queue_is_asked_for_before_anything_else(client: httpx.AsyncClient, keepers: Keepers) -> None:
    answer = await client.post("/queue/u_0123456789ab/items", headers={"Authorization": HOST})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_queue")
    assert keepers.asked == ["who"]


async def test_nobody_becomes_a_guest_by_asking_for_one(client: httpx.AsyncClient) -> None:
    answer = await client.post("/queue/u_0123456789ab/items")
    assert (answer.status_code, answer.json()["code"]) == (401, "missing_credential")
    assert "set-cookie" not in answer.headers


async def test_at_a_public_door_too_if_it_leads_there(client: httpx.AsyncClient, keepers: Keepers) -> None:
    keepers.refuse = BadCredential()
    answer = await client.post(f"{PUBLIC}?queue=u_0123456789ab", headers={"Authorization": "Bearer wrong"})
    assert (answer.status_code, keepers.asked) == (401, ["who", "login"])


async def test_a_browser_whose_login_has_run_out_gets_the_page_that_renews_it(
    client: httpx.AsyncClient, keepers: Keepers
) -> None:
    keepers.refuse = LoginExpired()
    headers = {"Accept": "text/html", "Authorization": "Bearer old"}
    answer = await client.get("/queue/u_0123456789ab/settings", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "text/html; charset=utf-8")


# -- guests ----------------------------------------------------------------------------------------------------


async def test_the_first_write_makes_a_session_that_the_browser_keeps(client: httpx.AsyncClient) -> None:
    answer = await client.post("/queue/party/items")
    assert answer.json()["guest_id"] == "new"
    assert answer.cookies["session_id"] == "made-just-now"


async def test_who_has_a_session_gets_no_other(client: httpx.AsyncClient) -> None:
    answer = await client.post("/queue/party/items", headers={"Cookie": "session_id=ana"})
    assert answer.json()["guest_id"] == "ana"
    assert "set-cookie" not in answer.headers


async def test_a_session_that_is_no_good_is_dropped_with_the_refusal(
    client: httpx.AsyncClient, keepers: Keepers
) -> None:
    keepers.refuse = WeakSessionId()
    answer = await client.post("/queue/party/items", headers={"Cookie": "session_id=me"})
    assert (answer.status_code, answer.json()["code"]) == (401, "weak_session_id")
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_a_bad_bearer_leaves_the_guests_own_cookie(client: httpx.AsyncClient, keepers: Keepers) -> None:
    keepers.refuse = BadCredential()
    headers = {"Cookie": "session_id=ana", "Authorization": "Bearer wrong"}
    answer = await client.post("/queue/party/items", headers=headers)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


# -- guessing --------------------------------------------------------------------------------------------------


async def test_a_wrong_login_counts_as_an_attempt(client: httpx.AsyncClient, keepers: Keepers) -> None:
    keepers.refuse = BadCredential()
    assert (await client.get("/open", headers={"Authorization": "Bearer wrong"})).status_code == 401
    assert keepers.asked == ["who", "login"]


async def test_one_that_has_run_out_is_no_guess(client: httpx.AsyncClient, keepers: Keepers) -> None:
    keepers.refuse = LoginExpired()
    assert (await client.get("/open", headers={"Cookie": "access_token=old"})).json()["code"] == "login_expired"
    assert keepers.asked == ["who"]


async def test_a_browser_gets_its_page_also_with_an_old_login(client: httpx.AsyncClient, keepers: Keepers) -> None:
    keepers.refuse = LoginExpired()
    headers = {"Cookie": "access_token=old", "Accept": "text/html,*/*;q=0.8"}
    answer = await client.get("/open", headers=headers)
    assert (answer.status_code, answer.json()["guest_id"]) == (200, None)


async def test_a_browser_that_guesses_is_stopped_all_the_same(client: httpx.AsyncClient, keepers: Keepers) -> None:
    keepers.refuse, keepers.hurried = BadCredential(), frozenset({"login"})
    answer = await client.get("/open", headers={"Cookie": "access_token=x", "Accept": "text/html"})
    assert answer.status_code == 429


# -- whose queue -----------------------------------------------------------------------------------------------


async def test_a_role_counts_on_the_queue_of_the_address(client: httpx.AsyncClient) -> None:
    own, other = [await client.get(f"/queue/{x}/settings", headers={"Authorization": HOST}) for x in ("party", "x")]
    assert (own.status_code, other.status_code) == (200, 403)


async def test_where_the_queue_stands_in_the_body_any_grant_opens_the_door(client: httpx.AsyncClient) -> None:
    """The handler, who has read the body, looks again."""
    assert (await client.post("/mint", headers={"Authorization": HOST})).status_code == 200
    assert (await client.post("/mint", headers={"Cookie": "session_id=ana"})).status_code == 403
    assert (await client.post("/mint")).status_code == 401


# -- on the way out --------------------------------------------------------------------------------------------


async def test_what_the_host_changed_is_written_down(client: httpx.AsyncClient, keepers: Keepers) -> None:
    await client.put("/queue/party/settings", headers={"Authorization": HOST})
    assert keepers.asked[-1] == ("token-host", "PUT /queue/party/settings", "party")


@pytest.mark.parametrize(("method", "path"), [("GET", "/queue/party/settings"), ("POST", "/queue/party/play")])
async def test_looking_and_playing_are_not(client: httpx.AsyncClient, keepers: Keepers, method: str, path: str) -> None:
    await client.request(method, path, headers={"Authorization": HOST})
    assert keepers.asked[-1] == "handler"


async def test_a_change_that_was_refused_is_none(client: httpx.AsyncClient, keepers: Keepers) -> None:
    await client.put("/queue/garden/settings", headers={"Authorization": HOST})
    assert keepers.asked == ["who"]


async def test_a_change_stands_when_its_line_is_lost(client: httpx.AsyncClient, keepers: Keepers) -> None:
    keepers.audit_broken = True
    with capture_logs() as logs:
        answer = await client.put("/queue/party/settings", headers={"Authorization": HOST})
    assert answer.status_code == 200
    assert [line["event"] for line in logs] == ["an audit line was lost"]


async def test_a_get_that_changes_something_happens_once(client: httpx.AsyncClient, keepers: Keepers) -> None:
    await client.get("/queue/party/skip", headers={"Authorization": HOST, "Idempotency-Key": "k"})
    assert ("kept", 200) in keepers.asked


@pytest.mark.parametrize("path", ["/open", "/queue/party/settings", "/queue/party/skip"])
async def test_what_is_said_to_one_caller_is_kept_for_no_other(client: httpx.AsyncClient, path: str) -> None:
    for headers in ({"Authorization": HOST}, {}):
        assert (await client.get(path, headers=headers)).headers["cache-control"] == "no-store"


async def test_what_is_said_to_everybody_may_be_kept(client: httpx.AsyncClient) -> None:
    assert "cache-control" not in (await client.post(PUBLIC)).headers


async def test_a_body_that_no_route_asks_for_is_no_news(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """As the library `requests` sends with each DELETE: of no bytes, but announced."""
    for body in (b"", b"unasked"):
        answer = await client.request("GET", "/open", content=body, headers={"Content-Length": str(len(body))})
        assert answer.status_code == 200
    assert [record.getMessage() for record in caplog.records if record.name.startswith("sanic")] == []


async def test_options_are_answered_before_anybody_is_asked(client: httpx.AsyncClient, keepers: Keepers) -> None:
    keepers.refuse = BadCredential()
    answer = await client.options("/queue/party/items", headers={"Origin": "https://lights.example"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "https://lights.example"
    assert keepers.asked == []


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/open", 405)])
async def test_what_is_no_route_is_not_guarded_but_hardened(
    client: httpx.AsyncClient, keepers: Keepers, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path, headers={"Origin": "https://evil.example"})
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert keepers.asked == []


# -- at the start ----------------------------------------------------------------------------------------------


def test_proxies_that_are_none_are_refused(keepers: Keepers) -> None:
    with pytest.raises(StartRefused, match="trusted_proxies"):
        an_app(keepers, Settings(trusted_proxies=("nginx",)))
    Sanic._app_registry.pop("guard", None)
