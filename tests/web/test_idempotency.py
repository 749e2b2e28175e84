"""A write that is sent twice happens once; what was no answer is not kept."""

import re
from dataclasses import dataclass, field

import pytest
from sanic import HTTPResponse, Request

from api_queue.errors import IdempotencyMismatch, IdempotencyPending, Unavailable
from api_queue.types import GuestId
from api_queue.web.answers import Answer
from api_queue.web.idempotency import Idempotency, repeatable_number
from api_queue.web.identity import Caller
from tests.web.requests import a_request

ANA = Caller(GuestId("ana"), "192.0.2.1")
BOB = Caller(GuestId("bob"), "192.0.2.1")


@dataclass
class Answers:
    """The store of `accounts` in memory; `away` is a Redis that does not answer."""

    kept: dict[str, Answer] = field(default_factory=dict)
    away: bool = False

    async def claim(self, key: str, pending: Answer) -> Answer | None:
        first = self.kept.get(key)
        self.kept.setdefault(key, pending)
        return first

    async def keep(self, key: str, answer: Answer) -> None:
        self._must_be_there()
        self.kept[key] = answer

    async def release(self, key: str) -> None:
        self._must_be_there()
        del self.kept[key]

    def _must_be_there(self) -> None:
        if self.away:
            raise Unavailable(retry_after=1)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def idempotency(answers: Answers) -> Idempotency:
    return Idempotency(answers)


def keyed(body: bytes = b"{}", path: str = "/queue/party/items", method: str = "POST", key: str = "k1") -> Request:
    return a_request(method, path, {"idempotency-key": key}, body)


async def answered(
    idempotency: Idempotency, request: Request, caller: Caller = ANA, body: str = '{"id": 1}', status: int = 201
) -> Request:
    """A first request, through to its answer."""
    assert await idempotency.begin(request, caller) is None
    await idempotency.finish(request, HTTPResponse(body, status, content_type="application/json"))
    return request


# -- again -----------------------------------------------------------------------------------------------------


async def test_the_second_gets_what_the_first_got(idempotency: Idempotency) -> None:
    await answered(idempotency, keyed())
    again = await idempotency.begin(keyed(), ANA)
    assert again is not None
    assert (again.status, again.body, again.content_type) == (201, b'{"id": 1}', "application/json")
    assert again.headers["idempotency-replayed"] == "true"


async def test_an_empty_answer_is_repeated_as_empty(idempotency: Idempotency) -> None:
    await answered(idempotency, keyed(method="DELETE"), body="", status=204)
    again = await idempotency.begin(keyed(method="DELETE"), ANA)
    assert again is not None
    assert (again.status, again.body) == (204, b"")


@pytest.mark.parametrize("status", [400, 403, 409, 422, 429, 500, 503])
async def test_what_changed_nothing_leaves_the_key_free(
    idempotency: Idempotency, answers: Answers, status: int
) -> None:
    await answered(idempotency, keyed(), status=status)
    assert answers.kept == {}
    assert await idempotency.begin(keyed(), ANA) is None


async def test_while_the_first_runs_the_second_is_told_to_wait(idempotency: Idempotency) -> None:
    await idempotency.begin(keyed(), ANA)
    with pytest.raises(IdempotencyPending) as refused:
        await idempotency.begin(keyed(), ANA)
    assert refused.value.facts == {"retry_after": 1}


async def test_another_body_under_the_same_key_is_a_mistake(idempotency: Idempotency) -> None:
    await answered(idempotency, keyed(b'{"track_id": "one"}'))
    with pytest.raises(IdempotencyMismatch):
        await idempotency.begin(keyed(b'{"track_id": "two"}'), ANA)


async def test_a_change_stands_also_when_its_answer_cannot_be_kept(idempotency: Idempotency, answers: Answers) -> None:
    request = keyed()
    await idempotency.begin(request, ANA)
    answers.away = True
    for status in (201, 503):
        await idempotency.finish(request, HTTPResponse(b"", status))
    assert [answer.status for answer in answers.kept.values()] == [0]


# -- whose key, and for what -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "caller"),
    [
        (keyed(), BOB),
        (keyed(path="/queue/garden/items"), ANA),
        (keyed(method="PUT"), ANA),
        (keyed(key="k2"), ANA),
    ],
    ids=["another guest", "another address", "another method", "another key"],
)
async def test_a_key_is_one_callers_for_one_thing(idempotency: Idempotency, request_: Request, caller: Caller) -> None:
    await answered(idempotency, keyed())
    assert await idempotency.begin(request_, caller) is None


async def test_who_has_a_session_made_for_each_try_is_known_by_address(idempotency: Idempotency) -> None:
    first, second = (Caller(GuestId(name), "192.0.2.1", new_session_id=name) for name in ("one", "two"))
    elsewhere = Caller(GuestId("three"), "192.0.2.9", new_session_id="three")
    await answered(idempotency, keyed(), first)
    assert await idempotency.begin(keyed(), second) is not None
    assert await idempotency.begin(keyed(), elsewhere) is None


async def test_the_stored_key_shows_neither_caller_nor_key(idempotency: Idempotency, answers: Answers) -> None:
    await answered(idempotency, keyed(key="my-dog"))
    (key,) = answers.kept
    assert re.fullmatch("[0-9a-f]{40}", key)


# -- what names the key ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"client_event_uuid": "u1"}', "application/json"),
        (b"client_event_uuid=u1&a=b", "application/x-www-form-urlencoded"),
        (b'{"client_event_uuid": 17}', ""),
    ],
)
async def test_the_body_may_name_it(idempotency: Idempotency, answers: Answers, body: bytes, content_type: str) -> None:
    await idempotency.begin(a_request(headers={"content-type": content_type}, body=body), ANA)
    assert len(answers.kept) == 1


async def test_the_header_wins_over_the_body(idempotency: Idempotency, answers: Answers) -> None:
    await answered(idempotency, keyed(b'{"client_event_uuid": "u1"}'))
    await answered(idempotency, a_request(path="/queue/party/items", body=b'{"client_event_uuid": "u1"}'))
    assert len(answers.kept) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"a": 1}',
        b'{"client_event_uuid": null}',
        b'{"client_event_uuid": ""}',
        b'{"args": {"client_event_uuid": "deeper"}}',
        b'["client_event_uuid"]',
        b'{"client_event_uuid": ',
        b'{"client_event_uuid":' * 3000,
    ],
    ids=lambda body: body[:40].decode(),
)
async def test_a_body_that_names_none_keeps_nothing(idempotency: Idempotency, answers: Answers, body: bytes) -> None:
    request = a_request(body=body)
    assert await idempotency.begin(request, ANA) is None
    assert answers.kept == {}
    assert not hasattr(request.ctx, "idempotency")


# -- secrets ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    [
        "aq_" + "a2" * 16,
        f"{'b3' * 16}.{'c4' * 16}",
        "eyJhbGciOiJFZERTQSJ9.eyJyb2xlIjoiaG9zdCJ9.c2ln-_",
    ],
    ids=["login token", "refresh token", "access token"],
)
async def test_a_secret_is_never_stored(idempotency: Idempotency, answers: Answers, secret: str) -> None:
    await answered(idempotency, keyed(), body=f'{{"value": "{secret}", "name": "party"}}')
    (answer,) = answers.kept.values()
    assert answer.body == '{"value": "***", "name": "party"}'


async def test_an_address_of_the_music_loses_its_token_alone(idempotency: Idempotency, answers: Answers) -> None:
    await answered(idempotency, keyed(), body='{"url": "/media/tracks/T?token=abc.d-e_f&x=1", "ttl_s": 120}')
    (answer,) = answers.kept.values()
    assert answer.body == '{"url": "/media/tracks/T?token=***&x=1", "ttl_s": 120}'


async def test_what_only_looks_a_little_like_a_secret_is_kept(idempotency: Idempotency, answers: Answers) -> None:
    body = '{"name": "aq_party", "hash": "deadbeef.json", "token": "no address"}'
    await answered(idempotency, keyed(), body=body)
    (answer,) = answers.kept.values()
    assert answer.body == body


# -- the number ------------------------------------------------------------------------------------------------


async def test_the_number_is_the_same_for_the_same_and_another_for_another(idempotency: Idempotency) -> None:
    numbers = []
    for caller in (ANA, BOB):
        numbers.append(repeatable_number(await answered(idempotency, keyed(), caller, status=503)))
        numbers.append(repeatable_number(await answered(idempotency, keyed(), caller, status=503)))
    assert numbers[0] == numbers[1]
    assert numbers[2] == numbers[3] != numbers[0]


async def test_without_a_key_there_is_no_number(idempotency: Idempotency) -> None:
    request = a_request(body=b"{}")
    await idempotency.begin(request, ANA)
    assert repeatable_number(request) is None
