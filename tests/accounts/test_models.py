"""The pure rules of tokens, and how they are told."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.accounts.models import (
    QUEUE_ROLES,
    Login,
    LoginToken,
    SignedIn,
    TokenRole,
    hash_of,
    new_secret,
    new_token,
)
from api_queue.accounts.wire import caller_json, invitation_json, new_token_json, token_json, user_of
from api_queue.errors import BadTokenRequest
from api_queue.types import GuestId, QueueName
from api_queue.web.identity import RANK, Caller, Grant

NOW = 1_700_000_000_000
PARTY = QueueName("party")
ROLES: tuple[TokenRole, ...] = ("member", "helper", "host", "admin", "speaker", "screen")

times = st.none() | st.integers(0, 2**41)
grants = st.lists(
    st.builds(Grant, st.sampled_from(RANK), st.sampled_from([None, PARTY]), st.text("ab", min_size=1, max_size=3)),
    max_size=4,
)


def token(ttl_s: int | None = None, max_uses: int | None = None) -> LoginToken:
    return new_token("aq_value", "host", PARTY, NOW, ttl_s=ttl_s, max_uses=max_uses)


@given(times, times, st.integers(0, 2**41))
def test_a_token_is_good_from_its_making_to_its_end_or_its_revocation(
    expires: int | None, revoked: int | None, now: int
) -> None:
    made = LoginToken("id", "hash", "", "host", PARTY, "", 0, expires, None, 0, revoked, None)
    assert made.is_live(now) == (revoked is None and (expires is None or now < expires))


@given(st.integers(0, 2**41), times, st.integers(0, 2**41))
def test_a_login_ends_by_itself_or_is_ended(expires: int, ended: int | None, now: int) -> None:
    assert Login("id", "token", "hash", expires, ended).is_live(now) == (ended is None and now < expires)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_either_for_a_queue_or_for_the_server(role: TokenRole) -> None:
    queue, wrong = (PARTY, None) if role in QUEUE_ROLES else (None, PARTY)
    assert new_token("aq_value", role, queue, NOW).grant == Grant(role, queue, hash_of("aq_value")[:12])
    with pytest.raises(BadTokenRequest):
        new_token("aq_value", role, wrong, NOW)


@pytest.mark.parametrize("wish", [{"ttl_s": 0}, {"ttl_s": -1}, {"max_uses": 0}, {"max_uses": -5}])
def test_a_token_that_could_never_be_used_is_not_made(wish: dict[str, int]) -> None:
    with pytest.raises(BadTokenRequest):
        token(**wish)


@pytest.mark.parametrize("wish", [{"ttl_s": 10**12}, {"max_uses": 10**6 + 1}, {"label": "x" * 101}])
def test_a_token_beyond_all_bounds_is_not_made(wish: dict[str, Any]) -> None:
    with pytest.raises(BadTokenRequest):
        new_token("aq_value", "host", PARTY, NOW, **wish)


def test_seconds_become_the_moment_of_its_end() -> None:
    assert token(ttl_s=1).expires_at_ms == NOW + 1000
    assert token().expires_at_ms is None


def test_a_secret_is_easy_to_read_out_and_never_the_same() -> None:
    secrets = {new_secret() for _ in range(200)}
    assert len(secrets) == 200
    assert all(len(secret) == 32 and set(secret) <= set("abcdefghijklmnopqrstuvwxyz234567") for secret in secrets)


@given(st.text(), st.text())
def test_another_secret_has_another_hash(one: str, other: str) -> None:
    if one.isascii() and other.isascii():
        assert (hash_of(one) == hash_of(other)) == (one == other)


def test_any_bytes_of_a_header_have_a_hash_of_their_own() -> None:
    values = [bytes([byte]).decode(errors="surrogateescape") for byte in range(256)]
    assert len({hash_of(value) for value in values}) == 256


# -- as JSON ---------------------------------------------------------------------------------------------------


def test_a_token_is_told_without_its_hash_and_with_iso_times() -> None:
    told = token_json(token(ttl_s=60, max_uses=2))
    assert told["created_at"] == "2023-11-14T22:13:20.000+00:00"
    assert told["expires_at"] == "2023-11-14T22:14:20.000+00:00"
    assert (told["revoked_at"], told["last_used_at"], told["max_uses"], told["uses"]) == (None, None, 2, 0)
    assert hash_of("aq_value") not in repr(told)


def test_an_end_beyond_the_calendar_is_told_as_its_last_second() -> None:
    endless = replace(token(), expires_at_ms=10**15)
    assert token_json(endless)["expires_at"] == "9999-12-31T23:59:59.000+00:00"


def test_only_the_answer_to_its_making_has_the_value() -> None:
    assert new_token_json(token(), "aq_value") == {**token_json(token()), "token": "aq_value"}
    invitation = invitation_json(token(), "aq_value", "http://h")
    assert invitation == {**token_json(token()), "token": "aq_value", "url": "http://h/login#token=aq_value"}
    assert "aq_value" not in repr(token_json(token()))


@given(grants)
def test_a_caller_is_told_by_the_highest_of_their_roles(held: list[Grant]) -> None:
    told = caller_json(Caller(GuestId("guest"), "192.0.2.1", tuple(held)))
    ranks = [RANK.index(grant.role) for grant in held]
    assert told["role"] == (RANK[max(ranks)] if held else "guest")
    assert told["signed_in"] is bool(held)
    assert sorted(map(repr, told["grants"])) == sorted(  # type: ignore[call-overload]  # a list of dicts
        repr({"role": grant.role, "queue": grant.queue}) for grant in held
    )


@given(grants)
def test_a_caller_is_told_without_address_and_token(held: list[Grant]) -> None:
    told = caller_json(Caller(GuestId("guest"), "192.0.2.1", tuple(held)))
    assert set(told) == {"role", "queue", "guest_id", "signed_in", "grants"}


def test_a_guest_is_told_as_one() -> None:
    told = caller_json(Caller(GuestId("abc"), "192.0.2.1"))
    assert told == {"role": "guest", "queue": None, "guest_id": "abc", "signed_in": False, "grants": []}


def test_what_is_signed_says_whose_login_of_what() -> None:
    user = user_of(SignedIn(token(), "login", "login.secret"))
    assert user == {
        "sub": hash_of("aq_value")[:12],
        "role": "host",
        "queue": "party",
        "login": "login",
        "refresh": "login.secret",
    }
