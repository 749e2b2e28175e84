"""Whose personal queue is whose, by what a caller has."""

import re
from uuid import UUID

import pytest

from api_queue.types import GuestId, QueueName, Role
from api_queue.web.identity import Caller, Grant
from api_queue.web.personal import is_personal, is_user_id, personal_queue, user_id

PARTY = QueueName("party")
ANN, BOB = "0123456789ab", "ba9876543210"
ANNS, BOBS = personal_queue(ANN), personal_queue(BOB)


def caller(*grants: Grant) -> Caller:
    return Caller(GuestId("somebody"), "192.0.2.1", grants)


def test_the_queue_is_named_and_the_user_known_without_a_look_anywhere() -> None:
    assert re.fullmatch(r"u_[a-z0-9]{12}", ANNS)
    assert UUID(user_id(ANNS)).version == 5
    assert user_id(ANNS) == "4140cae2-1709-511e-8133-61b467654111"  # another one would be another user


@pytest.mark.parametrize("text", ["", "party", "u_", "4140cae21709511e813361b467654111", "x" * 36, "-" * 36])
def test_only_a_uuid_is_the_id_of_a_user(text: str) -> None:
    assert not is_user_id(text)
    assert is_user_id(user_id(ANNS).upper())


def test_a_member_is_host_of_their_own_queue_and_guest_elsewhere() -> None:
    ann = caller(Grant("member", None, ANN))
    assert (ann.personal_queue, ann.user_id) == (ANNS, user_id(ANNS))
    assert (ann.role_on(ANNS), ann.role_on(PARTY), ann.role_on(None)) == ("host", "member", "member")
    assert ann.highest_role == "host"


@pytest.mark.parametrize("role", ["admin", "member"])
def test_nobody_else_sees_it_admins_neither(role: Role) -> None:
    other = caller(Grant(role, None, BOB))
    assert other.role_on(ANNS) == "guest"
    assert not other.sees(ANNS)
    assert other.sees(PARTY)
    assert other.queue_of_user(user_id(ANNS)) is None


def test_a_device_of_the_owner_sees_it_and_has_none_itself() -> None:
    speaker = caller(Grant("speaker", ANNS, "kitchen"))
    assert (speaker.role_on(ANNS), speaker.personal_queue, speaker.user_id) == ("speaker", None, None)
    assert speaker.sees(ANNS)
    assert speaker.queue_of_user(user_id(ANNS)) == ANNS


def test_a_host_who_is_a_member_too_has_both() -> None:
    both = caller(Grant("host", PARTY, BOB), Grant("member", None, ANN))
    assert (both.role_on(PARTY), both.role_on(ANNS), both.personal_queue) == ("host", "host", ANNS)


def test_guests_have_no_queue_of_their_own() -> None:
    guest = caller()
    assert (guest.personal_queue, guest.user_id, guest.highest_role) == (None, None, "guest")
    assert not guest.sees(ANNS)


def test_a_queue_of_the_party_is_nobodys() -> None:
    assert is_personal(ANNS)
    assert not is_personal(PARTY)
