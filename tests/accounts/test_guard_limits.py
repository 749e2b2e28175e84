"""Too often, too large, from another site, sent twice."""

import json
from typing import Any

import httpx
import pytest

from api_queue.settings import Settings
from api_queue.types import QueueName
from tests.accounts.house import GUEST, PARTY, House, bearer, session
from tests.engines.keys import keys_like

ADD = "/queue/party/items"
ITEM = "/queue/party/items/4GQ7ZK2M9A"
PLAY = "/queue/party/command/play"


async def refusals(client: httpx.AsyncClient, times: int, method: str, path: str, **options: Any) -> int:
    answers = [await client.request(method, path, **options) for _ in range(times)]
    return sum(answer.status_code == 429 for answer in answers)


# -- too often -------------------------------------------------------------------------------------------------


async def test_a_guest_who_hurries_is_told_when_to_come_back(house: House) -> None:
    house.settings = Settings(rate_adds_per_minute=3)
    async with house.open() as client:
        assert await refusals(client, 3, "DELETE", ITEM, headers=session(GUEST)) == 0
        refused = await client.delete(ITEM, headers=session(GUEST))
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert refused.headers["retry-after"] == str(refused.json()["retry_after"]) == "20"
        # And another guest is not held up
        assert (await client.delete(ITEM, headers=session("another-phone-here"))).status_code == 200
        # Nor is the first one, later
        house.clock.ahead_ms = 20_000
        assert (await client.delete(ITEM, headers=session(GUEST))).status_code == 200


async def test_all_guests_of_one_address_share_one_limit_too(house: House) -> None:
    house.settings = Settings(rate_address_per_minute=5)
    async with house.open() as client:
        answers = [await client.delete(ITEM, headers=session(f"phone-number-{n:04}")) for n in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2


async def test_who_is_signed_in_may_do_more(house: House) -> None:
    house.settings = Settings(rate_adds_per_minute=2, rate_signed_in_factor=4)
    async with house.open() as client:
        host = bearer(await house.token("host", PARTY))
        assert await refusals(client, 9, "DELETE", ITEM, headers=host) == 1


async def test_the_host_of_another_queue_may_do_no_more_than_a_guest(house: House) -> None:
    house.settings = Settings(rate_adds_per_minute=2, rate_signed_in_factor=4)
    async with house.open() as client:
        elsewhere = bearer(await house.token("host", QueueName("garden")))
        assert await refusals(client, 9, "DELETE", ITEM, headers=elsewhere) == 7


@pytest.mark.parametrize("forwarded", [{}, {"X-Forwarded-For": "198.51.100.1"}], ids=["plain", "spoofed"])
async def test_guessing_tokens_stops_after_a_few(house: House, forwarded: dict[str, str]) -> None:
    house.settings = Settings(rate_logins_per_minute=4)
    async with house.open() as client:
        guesses = [await client.post("/auth", json={"token": f"aq_{n:032}"}, headers=forwarded) for n in range(6)]
    assert [answer.status_code for answer in guesses] == [401] * 4 + [429] * 2


@pytest.mark.parametrize("present", [bearer, session])
async def test_guessing_without_logging_in_stops_too(house: House, present: Any) -> None:
    house.settings = Settings(rate_logins_per_minute=4)
    async with house.open() as client:
        guesses = [await client.get("/queue/party/", headers=present(f"aq_{n:032}")) for n in range(6)]
    assert [answer.status_code for answer in guesses] == [401] * 4 + [429] * 2


async def test_playing_has_a_limit_of_its_own(house: House) -> None:
    house.settings = Settings(rate_control_per_minute=1, rate_signed_in_factor=2)
    async with house.open() as client:
        assert await refusals(client, 3, "POST", PLAY, headers=bearer(await house.token("host", PARTY))) == 1


async def test_adds_are_counted_by_the_queue_and_not_here(house: House) -> None:
    house.settings = Settings(rate_adds_per_minute=1)
    async with house.open() as client:
        assert await refusals(client, 5, "POST", ADD, json={}, headers=session(GUEST)) == 0


# -- where from ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "address"), [((), "127.0.0.1"), (("10.0.0.0/8",), "127.0.0.1"), (("127.0.0.1",), "203.0.113.9")]
)
async def test_a_forwarded_address_is_believed_of_our_proxies_only(
    house: House, proxies: tuple[str, ...], address: str
) -> None:
    house.settings = Settings(trusted_proxies=proxies)
    async with house.open() as client:
        answer = await client.get("/queue/party/", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert answer.json()["address"] == address


# -- too large -------------------------------------------------------------------------------------------------


async def test_a_body_over_64_kib_is_refused(house: House, client: httpx.AsyncClient) -> None:
    assert (await client.post(ADD, content=b'{"a": "' + b"x" * 60_000 + b'"}')).status_code == 201
    refused = await client.post(ADD, content=b'{"a": "' + b"x" * 70_000 + b'"}')
    assert refused.status_code == 413
    assert len(house.added) == 1


# -- from another site -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "https://party.example", "Sec-Fetch-Site": "cross-site"}, 200),
        ({"Origin": "http://OWN"}, 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_another_sites_page_cannot_press_play(
    house: House, headers: dict[str, str], status: int, method: str
) -> None:
    house.settings = Settings(public_url="https://party.example")
    async with house.open() as client:
        own = f"{client.base_url.host}:{client.base_url.port}"
        sent = {name: value.replace("OWN", own) for name, value in headers.items()}
        cookie = session(await house.token("host", PARTY))
        answer = await client.request(method, PLAY, headers={**sent, **cookie})
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "cross_site"


async def test_a_bearer_comes_from_no_browser_by_itself(house: House, client: httpx.AsyncClient) -> None:
    headers = {"Origin": "http://elsewhere.example", **bearer(await house.token("host", PARTY))}
    assert (await client.post(PLAY, headers=headers)).status_code == 200


async def test_nobody_is_logged_in_by_another_site(house: House, client: httpx.AsyncClient) -> None:
    value = await house.token("admin")
    answer = await client.post("/auth", json={"token": value}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_configured_site_may_call_but_never_with_cookies(house: House) -> None:
    house.settings = Settings(cors_origins=("https://lights.example",))
    lights = {"Origin": "https://lights.example"}
    async with house.open() as client:
        asked = await client.options(ADD, headers={**lights, "Access-Control-Request-Method": "POST"})
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == "https://lights.example"
        assert "access-control-allow-credentials" not in asked.headers
        assert (await client.post(ADD, json={}, headers=lights)).status_code == 201
        assert (await client.post(ADD, json={}, headers={**lights, **session(GUEST)})).status_code == 403
        other = await client.options(ADD, headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


# -- sent twice ------------------------------------------------------------------------------------------------


async def test_the_same_key_answers_the_first_answer_and_adds_once(house: House, client: httpx.AsyncClient) -> None:
    sent = {"json": {"track_id": "a"}, "headers": {**session(GUEST), "Idempotency-Key": "k1"}}
    first, second = [await client.post(ADD, **sent) for _ in range(2)]  # type: ignore[arg-type]  # a mixed dict
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json()["number"] == first.json()["number"] == 1
    assert len(house.added) == 1
    # And a secret is shown once
    assert first.json()["host_token"].startswith("aq_")
    assert second.json()["host_token"] == "***"


async def test_the_key_may_stand_in_the_body(house: House, client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await client.post(ADD, json={"client_event_uuid": "u1"}, headers=session(GUEST))
    await client.post(ADD, json={"client_event_uuid": "u2"}, headers=session(GUEST))
    assert len(house.added) == 2


async def test_another_body_another_guest_another_place(house: House, client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k1"}
    await client.post(ADD, json={"a": 1}, headers={**key, **session(GUEST)})
    other_body = await client.post(ADD, json={"a": 2}, headers={**key, **session(GUEST)})
    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_mismatch")
    assert (await client.post(ADD, json={"a": 2}, headers={**key, **session("another-phone-here")})).status_code == 201
    assert (await client.post("/queue/other/items", json={}, headers={**key, **session(GUEST)})).status_code == 201
    assert len(house.added) == 3


async def test_a_request_that_still_runs_is_409(house: House, client: httpx.AsyncClient) -> None:
    # Given a first request whose worker died before its answer
    headers = {"Idempotency-Key": "k1", **session(GUEST)}
    await client.post(ADD, json={}, headers=headers)
    (key,) = await keys_like(house.redis, "answer:*")
    body_hash = json.loads(await house.redis.call("GET", key))[0]
    await house.redis.call("SET", key, json.dumps([body_hash, 0, None, ""]))
    # When the same comes again
    answer = await client.post(ADD, json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (
        409,
        "idempotency_pending",
        "1",
    )


async def test_an_answer_is_kept_for_a_day(house: House, client: httpx.AsyncClient) -> None:
    await client.post(ADD, json={}, headers={"Idempotency-Key": "k1", **session(GUEST)})
    (key,) = await keys_like(house.redis, "answer:*")
    assert 86_300 < int(await house.redis.call("TTL", key)) <= 86_400


async def test_without_a_key_nothing_is_kept(house: House, client: httpx.AsyncClient) -> None:
    await client.post(ADD, json={}, headers=session(GUEST))
    assert await keys_like(house.redis, "*") == []
