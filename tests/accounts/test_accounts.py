"""Accounts over HTTP: made, logged in with, changed, closed; and the addresses that source 001 has for it."""

import httpx
import jwt
import pytest

from api_queue.accounts.account_store import SqlAccounts
from api_queue.errors import Unavailable
from api_queue.settings import Settings
from api_queue.types import QueueName
from api_queue.web.personal import personal_queue, user_id
from tests.accounts.house import PARTY, House, bearer

ANN = {"username": "Ann", "password": "correct horse"}


@pytest.fixture
async def ann(house: House) -> str:
    """The id of the token behind her account."""
    return (await house.accounts().create(**ANN)).token_id


@pytest.fixture
async def logged_in(ann: str, client: httpx.AsyncClient) -> dict[str, str]:
    answer = await client.post("/token", data=ANN)
    client.cookies.clear()
    return dict(answer.json())


# -- making one ------------------------------------------------------------------------------------------------


async def test_a_guest_makes_an_account_and_is_a_member(client: httpx.AsyncClient) -> None:
    made = await client.post("/users/register", json=ANN)
    assert made.status_code == 201
    assert made.json().keys() == {"user_uuid", "username"}
    # When they log in with it
    access = (await client.post("/token", data=ANN)).json()["access_token"]
    client.cookies.clear()
    # Then they are who they were said to be
    me = (await client.get("/me", headers=bearer(access))).json()
    assert me["role"] == "member"
    assert {name: me[name] for name in made.json()} == made.json()


async def test_nothing_that_opens_anything_is_in_the_answer_or_the_database(house: House, ann: str) -> None:
    account = await SqlAccounts(house.engine).by_token(ann)
    assert account
    assert account.password_hash.startswith("$argon2id$")
    token = await house.tokens.by_id(ann)
    assert token
    assert (token.role, token.queue, token.label) == ("member", None, "account")


@pytest.mark.parametrize("username", ["Ann", "ANN", " ann "])
async def test_a_name_is_had_by_one(ann: str, client: httpx.AsyncClient, username: str) -> None:
    answer = await client.post("/users/register", json={"username": username, "password": "another horse"})
    assert (answer.status_code, answer.json()["code"]) == (409, "username_taken")
    # And the first one's password is still good
    assert (await client.post("/token", data=ANN)).status_code == 200


async def test_a_refused_account_leaves_no_token_behind(house: House, ann: str, client: httpx.AsyncClient) -> None:
    await client.post("/users/register", json=ANN)
    assert [token.token_id for token in await house.tokens.tokens()] == [ann]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"username": "An", "password": "correct horse"}, "bad_username"),
        ({"username": "Ann", "password": "horse"}, "bad_new_password"),
        ({"username": "Ann"}, "bad_body"),
    ],
)
async def test_what_does_not_fit_is_told_and_does_not_count(
    client: httpx.AsyncClient, body: dict[str, str], code: str
) -> None:
    for _ in range(4):
        answer = await client.post("/users/register", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await client.post("/users/register", json=ANN)).status_code == 201


async def test_one_address_makes_three_accounts_in_an_hour(client: httpx.AsyncClient) -> None:
    statuses = [
        (await client.post("/users/register", json=ANN | {"username": f"Ann {n}"})).status_code for n in range(4)
    ]
    assert statuses == [201, 201, 201, 429]


async def test_names_that_are_taken_count_or_they_could_all_be_tried(ann: str, client: httpx.AsyncClient) -> None:
    statuses = [(await client.post("/users/register", json=ANN)).status_code for _ in range(4)]
    assert statuses == [409, 409, 409, 429]


async def test_where_signing_up_is_off_only_the_operator_makes_accounts(house: House) -> None:
    house.settings = Settings(accounts_signup="off")
    async with house.open() as client:
        answer = await client.post("/users/register", json=ANN)
        assert (answer.status_code, answer.json()["code"]) == (403, "signup_off")
        await house.accounts().create(**ANN)
        assert (await client.post("/token", data=ANN)).status_code == 200


# -- logging in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/token", "/auth"])
@pytest.mark.parametrize("form", ["data", "json"])
async def test_name_and_password_become_a_pair_of_tokens(
    ann: str, client: httpx.AsyncClient, path: str, form: str
) -> None:
    oauth = ANN | {"username": "ann", "grant_type": "password", "scope": "", "client_id": "phone"}
    answer = await client.request("POST", path, **{form: oauth})  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["token_type"] == "bearer"
    assert body["expires_at"].endswith("+00:00")
    payload = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert (payload["sub"], payload["role"]) == (ann, "member")


@pytest.mark.parametrize(
    "wrong", [{"password": "correct horse "}, {"password": "x"}, {"username": "Bob"}, {"username": "\x00"}]
)
async def test_a_wrong_name_or_password_is_one_and_the_same_401(
    ann: str, client: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    answer = await client.post("/token", data=ANN | wrong)
    assert (answer.status_code, answer.json()["detail"]) == (401, "Incorrect username or password")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_name_without_a_password_is_no_login(client: httpx.AsyncClient) -> None:
    assert (await client.post("/token", data={"username": "Ann"})).status_code == 422
    assert (await client.post("/token", data=ANN | {"token": "aq_x"})).status_code == 422


async def test_guessing_is_stopped(ann: str, client: httpx.AsyncClient) -> None:
    guesses = [await client.post("/token", data=ANN | {"password": f"guess {n}"}) for n in range(11)]
    assert [answer.status_code for answer in guesses] == [401] * 10 + [429]


async def test_whose_token_was_revoked_does_not_come_in(house: House, ann: str, client: httpx.AsyncClient) -> None:
    await house.tokens.revoke(ann)
    answer = await client.post("/token", data=ANN)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_credential")


async def test_me_tells_a_member_what_is_theirs(ann: str, logged_in: dict[str, str], client: httpx.AsyncClient) -> None:
    me = (await client.get("/me", headers=bearer(logged_in["access_token"]))).json()
    queue = personal_queue(ann)
    assert (me["username"], me["personal_queue"], me["user_uuid"]) == ("Ann", queue, user_id(queue))


async def test_a_member_by_token_is_a_user_without_a_name(house: House, client: httpx.AsyncClient) -> None:
    token, value = await house.tokens.create("member")
    me = (await client.get("/me", headers=bearer(value))).json()
    queue = personal_queue(token.token_id)
    assert (me["username"], me["personal_queue"], me["user_uuid"]) == (None, queue, user_id(queue))


async def test_a_browser_gets_the_page_of_members_whatever_its_login_is_worth(client: httpx.AsyncClient) -> None:
    for credential in ({}, bearer("aq_" + "0" * 32)):
        answer = await client.get("/me", headers={"Accept": "text/html", **credential})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (await client.get("/me")).headers["vary"] == "Accept"


async def test_to_me_a_guest_is_no_user(client: httpx.AsyncClient) -> None:
    me = (await client.get("/me")).json()
    assert (me["role"], me["user_uuid"], me["username"], me["personal_queue"]) == ("guest", None, None, None)


# -- the addresses of source 001 -------------------------------------------------------------------------------


async def test_a_refresh_token_is_swapped_for_the_next_pair(
    logged_in: dict[str, str], client: httpx.AsyncClient
) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": logged_in["refresh_token"]}
    answer = await client.post("/refresh-token", data=form)
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["refresh_token"] != logged_in["refresh_token"]
    client.cookies.clear()
    # And the old one is good no more
    assert (await client.post("/refresh-token", data=form)).status_code == 401


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/token", "password"), ("/refresh-token", "refresh_token"), ("/revoke-token", "refresh_token")],
)
async def test_another_grant_type_is_a_400(client: httpx.AsyncClient, path: str, expected: str) -> None:
    answer = await client.post(path, data=ANN | {"grant_type": "magic", "refresh_token": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unsupported_grant_type")
    assert expected in answer.json()["detail"]


async def test_an_unknown_refresh_token_is_a_401(client: httpx.AsyncClient) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "never.was"}
    assert (await client.post("/refresh-token", data=form)).status_code == 401


async def test_a_revoked_login_says_so_and_is_over(logged_in: dict[str, str], client: httpx.AsyncClient) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": logged_in["refresh_token"]}
    answer = await client.post("/revoke-token", data=form)
    assert (answer.status_code, answer.json()) == (200, {"status": "revoked"})
    assert (await client.post("/refresh-token", data=form)).status_code == 401
    assert (await client.get("/me", headers=bearer(logged_in["access_token"]))).status_code == 401


# -- changing and closing --------------------------------------------------------------------------------------


async def test_with_another_password_every_login_of_before_ends(
    logged_in: dict[str, str], client: httpx.AsyncClient
) -> None:
    changed = await client.post("/users/password", json=ANN | {"new_password": "another horse"})
    assert changed.status_code == 204
    assert (await client.get("/me", headers=bearer(logged_in["access_token"]))).status_code == 401
    assert (await client.post("/token", data=ANN)).status_code == 401
    assert (await client.post("/token", data=ANN | {"password": "another horse"})).status_code == 200


async def test_with_another_password_whoever_was_let_onto_the_queue_is_out(
    house: House, ann: str, client: httpx.AsyncClient
) -> None:
    """Who knew the old one may have left a remote there, or an invitation."""
    remote = await house.token("host", personal_queue(ann))
    elsewhere = await house.token("host", PARTY)
    await client.post("/users/password", json=ANN | {"new_password": "another horse"})
    assert (await client.get("/me", headers=bearer(remote))).status_code == 401
    assert (await client.get("/me", headers=bearer(elsewhere))).status_code == 200


async def test_who_does_not_know_the_password_changes_nothing(ann: str, client: httpx.AsyncClient) -> None:
    wrong = ANN | {"password": "wrong horse"}
    assert (await client.post("/users/password", json=wrong | {"new_password": "another horse"})).status_code == 401
    assert (await client.post("/users/delete", json=wrong)).status_code == 401
    assert (await client.post("/token", data=ANN)).status_code == 200


async def test_a_new_password_has_to_be_one(ann: str, client: httpx.AsyncClient) -> None:
    answer = await client.post("/users/password", json=ANN | {"new_password": "short"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_new_password")
    assert (await client.post("/token", data=ANN)).status_code == 200


async def test_log_out_everywhere_ends_each_login(
    ann: str, logged_in: dict[str, str], client: httpx.AsyncClient
) -> None:
    other = (await client.post("/token", data=ANN)).json()
    client.cookies.clear()
    body = {"refresh_token": logged_in["refresh_token"], "everywhere": True}
    assert (await client.post("/auth/logout", json=body)).status_code == 204
    for login in (logged_in, other):
        assert (await client.get("/me", headers=bearer(login["access_token"]))).status_code == 401


async def test_a_deleted_account_takes_its_logins_and_its_queue_along(
    house: House, ann: str, logged_in: dict[str, str], client: httpx.AsyncClient
) -> None:
    assert (await client.post("/users/delete", json=ANN)).status_code == 204
    assert house.deleted == [personal_queue(ann)]
    assert (await client.get("/me", headers=bearer(logged_in["access_token"]))).status_code == 401
    assert (await client.post("/token", data=ANN)).status_code == 401
    # And nothing of the name is left, but that it is free, for another user
    assert "Ann" not in [token.label for token in await house.tokens.tokens()]
    again = await client.post("/users/register", json=ANN)
    assert again.status_code == 201
    assert again.json()["user_uuid"] != user_id(personal_queue(ann))


async def test_whose_queue_could_not_be_deleted_is_out_already_and_may_ask_again(
    house: House, logged_in: dict[str, str], client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a server that loses Redis in the middle of it
    async def away(_name: QueueName) -> None:
        raise Unavailable(retry_after=1)

    with monkeypatch.context() as broken:
        broken.setattr(house, "delete", away)
        assert (await client.post("/users/delete", json=ANN)).status_code == 503
    # Then no login can make the queue anew
    assert (await client.get("/me", headers=bearer(logged_in["access_token"]))).status_code == 401
    # And the account can be closed still
    assert (await client.post("/users/delete", json=ANN)).status_code == 204
    assert len(house.deleted) == 1
