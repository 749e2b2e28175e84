"""Login tokens: made, shown once, listed, counted, revoked; and everywhere at once."""

import asyncio
from dataclasses import replace

import httpx
import pytest
import structlog
from sqlalchemy import event as sql_event

from api_queue.accounts.models import LoginToken, hash_of
from api_queue.accounts.recent import Recent
from api_queue.accounts.redis_store import RedisRevocations
from api_queue.accounts.resolver import Resolver
from api_queue.accounts.service import TokenService
from api_queue.accounts.store import SqlTokens
from api_queue.errors import BadCredential, BadTokenRequest, CountedToken, StartRefused, UnknownToken
from api_queue.types import QueueName
from api_queue.web.identity import Presented
from tests.accounts.house import OTHER, PARTY, House, SetClock, bearer


def presented(value: str) -> Presented:
    return Presented(None, value, "192.0.2.1")


async def test_a_value_has_160_random_bits_and_only_its_hash_is_kept(house: House) -> None:
    token, value = await house.tokens.create("host", PARTY, label="the bar", community="club")
    assert value.startswith("aq_")
    assert len(value) == 3 + 32
    kept = await SqlTokens(house.engine).by_hash(hash_of(value))
    assert kept == token
    assert value not in repr(kept)


@pytest.mark.parametrize(
    ("role", "queue", "options"),
    [
        ("host", None, {}),
        ("speaker", None, {}),
        ("admin", PARTY, {}),
        ("member", PARTY, {}),
        ("admin", None, {"ttl_s": 0}),
        ("admin", None, {"max_uses": 0}),
    ],
)
async def test_a_token_that_makes_no_sense_is_not_made(
    house: House, role: str, queue: QueueName | None, options: dict[str, int]
) -> None:
    with pytest.raises(BadTokenRequest):
        await house.token(role, queue, **options)
    assert await house.tokens.tokens() == []


async def test_a_list_is_of_one_queue_or_of_all_and_newest_first(house: House) -> None:
    for queue in (PARTY, OTHER, PARTY):
        await house.token("host", queue)
        house.clock.ahead_ms += 10
    assert [token.queue for token in await house.tokens.tokens(PARTY)] == [PARTY, PARTY]
    assert [token.queue for token in await house.tokens.tokens()] == [PARTY, OTHER, PARTY]


async def test_uses_are_counted_where_they_are_swapped(house: House, client: httpx.AsyncClient) -> None:
    # Given a token for two logins
    value = await house.token("host", PARTY, max_uses=2)
    answers = [await client.post("/auth", json={"token": value}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 401]
    (token,) = await house.tokens.tokens(PARTY)
    assert (token.uses, token.max_uses) == (2, 2)


async def test_many_at_once_do_not_get_more_uses_than_there_are(house: House) -> None:
    value = await house.token("host", PARTY, max_uses=3)
    results = await asyncio.gather(*(house.tokens.use(value) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(result, LoginToken) for result in results) == 3


async def test_a_counted_token_is_only_good_where_it_counts(house: House) -> None:
    value = await house.token("host", PARTY, max_uses=1)
    with pytest.raises(CountedToken):
        await house.resolver().resolve(presented(value))


async def test_a_use_is_noted_but_not_at_each_request(house: House) -> None:
    value = await house.token("host", PARTY)
    first = await house.tokens.find(value)
    house.clock.ahead_ms = 30_000
    await house.tokens.find(value)
    (token,) = await house.tokens.tokens()
    assert first is not None
    assert token.last_used_at_ms is not None
    assert token.last_used_at_ms - token.created_at_ms < 30_000


async def test_a_revocation_reaches_every_worker_at_once(house: House) -> None:
    # Given three workers, all of which know a token
    token, value = await house.tokens.create("host", PARTY)
    resolvers = [house.resolver() for _ in range(3)]
    heard = [asyncio.Event() for _ in resolvers]
    tasks = [asyncio.create_task(_follow(house, *pair)) for pair in zip(resolvers, heard, strict=True)]
    await asyncio.gather(*(event.wait() for event in heard))  # each has subscribed
    for resolver, event in zip(resolvers, heard, strict=True):
        assert (await resolver.resolve(presented(value))).role_on(PARTY) == "host"
        event.clear()
    # When it is revoked by a command line far away
    await TokenService(SqlTokens(house.engine), RedisRevocations(house.redis), house.clock).revoke(token.token_id)
    # Then each forgets it without waiting for its memory to run out
    async with asyncio.timeout(30):
        await asyncio.gather(*(event.wait() for event in heard))
    for resolver in resolvers:
        with pytest.raises(BadCredential):
            await resolver.resolve(presented(value))
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def _follow(house: House, resolver: Resolver, heard: asyncio.Event) -> None:
    def forget() -> None:
        resolver.forget()
        heard.set()

    await RedisRevocations(house.redis).follow(forget)


async def test_without_the_channel_it_takes_seconds(house: House) -> None:
    # Given a worker that hears nothing, and knows a token
    resolver, (token, value) = house.resolver(), await house.tokens.create("host", PARTY)
    await resolver.resolve(presented(value))
    await house.tokens.revoke(token.token_id)
    # When five seconds are over
    house.clock.ahead_ms = 5_000
    # Then it has looked again
    with pytest.raises(BadCredential):
        await resolver.resolve(presented(value))


async def test_a_known_token_costs_no_sql(house: House) -> None:
    resolver, value, statements = house.resolver(), await house.token("host", PARTY), []
    sql_event.listen(house.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    await resolver.resolve(presented(value))
    assert statements
    statements.clear()
    await resolver.resolve(presented(value))
    assert statements == []


async def test_what_was_read_before_a_revocation_is_not_kept_after_it() -> None:
    # Given a read that takes longer than the revocation
    recent: Recent[str] = Recent(SetClock())
    go, reads = asyncio.Event(), 0

    async def load(_: str) -> str:
        nonlocal reads
        reads += 1
        await go.wait()
        return "live"

    reading = asyncio.create_task(recent.get("token", load))
    await asyncio.sleep(0)
    recent.forget()
    go.set()
    assert await reading == "live"
    # Then the next one reads again
    await recent.get("token", load)
    assert reads == 2


async def test_a_host_revokes_tokens_of_their_own_queue_only(house: House, client: httpx.AsyncClient) -> None:
    host = bearer(await house.token("host", PARTY))
    foreign, _ = await house.tokens.create("host", OTHER)
    made = (await client.post("/queue/party/invite", json={"role": "speaker", "label": "Kitchen"}, headers=host)).json()
    assert made["token"].startswith("aq_")
    listed = (await client.get("/queue/party/tokens", headers=host)).json()["tokens"]
    assert {token["role"] for token in listed} == {"host", "speaker"}
    assert "aq_" not in str(listed)
    assert "hash" not in str(listed)
    assert (await client.delete(f"/queue/party/tokens/{made['token_id']}", headers=host)).status_code == 204
    assert (await client.get("/queue/party/", headers=bearer(made["token"]))).status_code == 401
    assert (await client.delete(f"/queue/party/tokens/{foreign.token_id}", headers=host)).status_code == 404


async def test_who_opens_an_invitation_is_what_it_says_and_the_link_is_nowhere_else(
    house: House, client: httpx.AsyncClient
) -> None:
    # Given a helper's invitation, asked for twice under one key
    host = bearer(await house.token("host", PARTY)) | {"Idempotency-Key": "once"}
    made = (await client.post("/queue/party/invite", json={"role": "helper"}, headers=host)).json()
    again = await client.post("/queue/party/invite", json={"role": "helper"}, headers=host)
    # When its link is opened, the page there sends the token
    page, _, token = made["url"].partition("#token=")
    assert page == f"{client.base_url}/login"
    helper = await house.log_in(client, token)
    # Then its bearer is a helper of this queue, and the answer that is kept has neither token nor link
    caller = (await client.get("/auth/me", headers=bearer(helper["access_token"]))).json()
    assert (caller["role"], caller["queue"]) == ("helper", PARTY)
    assert token not in again.text


@pytest.mark.parametrize("role", ["admin", "member", "guest"])
async def test_a_host_invites_nobody_beyond_the_queue(house: House, client: httpx.AsyncClient, role: str) -> None:
    host = bearer(await house.token("host", PARTY))
    assert (await client.post("/queue/party/invite", json={"role": role}, headers=host)).status_code == 422


async def test_an_invitation_for_ever_is_refused_and_the_list_still_shown(
    house: House, client: httpx.AsyncClient
) -> None:
    host = bearer(await house.token("host", PARTY))
    wish = {"role": "helper", "ttl_s": 10**12}
    assert (await client.post("/queue/party/invite", json=wish, headers=host)).status_code == 422
    assert (await client.get("/queue/party/tokens", headers=host)).status_code == 200


async def test_the_tokens_of_a_queue_go_with_it(house: House) -> None:
    value, other = await house.token("host", PARTY), await house.token("host", OTHER)
    await house.tokens.revoke_queue(PARTY)
    with pytest.raises(BadCredential):
        await house.resolver().resolve(presented(value))
    assert (await house.resolver().resolve(presented(other))).role_on(OTHER) == "host"


async def test_an_unknown_token_cannot_be_revoked(house: House) -> None:
    with pytest.raises(UnknownToken):
        await house.tokens.revoke("nothing")


async def test_a_server_refuses_the_demos_database(house: House) -> None:
    await house.tokens.refuse_demo_admin()
    await house.tokens.add_demo_admin()
    await house.tokens.add_demo_admin()
    with pytest.raises(StartRefused, match="demo"):
        await house.tokens.refuse_demo_admin()


async def test_whether_there_is_an_admin(house: House) -> None:
    assert not await house.tokens.has_admin()
    token, _ = await house.tokens.create("admin")
    assert await house.tokens.has_admin()
    await house.tokens.revoke(token.token_id)
    assert not await house.tokens.has_admin()


async def test_what_the_host_did_is_in_the_audit_by_token_and_without_secrets(
    house: House, client: httpx.AsyncClient
) -> None:
    # Given a host who logs in, invites, plays, and tries what is not theirs
    token, value = await house.tokens.create("host", PARTY)
    login = await house.log_in(client, value)
    invited = await client.post("/queue/party/invite", json={"role": "screen"}, headers=bearer(login["access_token"]))
    await client.post("/queue/party/command/play", headers=bearer(value))
    await client.put("/queue/other/settings", headers=bearer(value))
    # Then the lines tell what changed the house, who and when
    lines = await house.audit.lines()
    assert [(line.action, line.queue, line.token_id) for line in lines] == [
        ("POST /queue/party/invite", PARTY, token.token_id),
        ("login", PARTY, token.token_id),
    ]
    for secret in (value, login["access_token"], login["refresh_token"], invited.json()["token"]):
        assert secret not in str(lines)


async def test_nothing_secret_is_logged(
    house: House, client: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    value = await house.token("host", PARTY)
    with structlog.testing.capture_logs() as logs:
        login = await house.log_in(client, value)
        await client.post("/auth", json={"token": value[:-1] + "a"})
        await client.post("/auth/refresh", json={"refresh_token": login["refresh_token"] + "x"})
        await client.get("/queue/party/", headers=bearer(login["access_token"] + "x"))
    told = f"{logs} {capfd.readouterr()}"
    for secret in (value, login["access_token"], login["refresh_token"]):
        assert secret not in told


def test_a_token_is_live_until_it_ends_or_is_revoked() -> None:
    token = LoginToken("i", "h", "", "admin", None, "", 0, 1000, None, 0, None, None)
    assert token.is_live(999)
    assert not token.is_live(1000)
    assert replace(token, expires_at_ms=None).is_live(10**15)
    assert not replace(token, revoked_at_ms=5).is_live(6)
