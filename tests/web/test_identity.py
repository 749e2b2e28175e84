"""Which of several grants speaks, and who may what."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.types import GuestId, QueueName, Role
from api_queue.web.identity import MAY, RANK, Access, Caller, Grant

PARTY, GARDEN = QueueName("party"), QueueName("garden")
GRANTS = st.builds(Grant, st.sampled_from(RANK), st.sampled_from([None, PARTY, GARDEN]), st.just("t"))


def caller(*grants: Grant) -> Caller:
    return Caller(GuestId("ana"), "192.0.2.1", grants)


def test_each_role_has_a_rank_and_each_access_its_roles() -> None:
    assert set(RANK) == set(get_args(Role))
    assert len(RANK) == len(set(RANK))
    assert set(MAY) == set(get_args(Access))


def test_an_admin_may_everything() -> None:
    assert all("admin" in roles for roles in MAY.values())


@pytest.mark.parametrize(("narrow", "wide"), [("admin", "host"), ("host", "helper"), ("helper", "guest")])
def test_who_may_more_may_the_less_too(narrow: Access, wide: Access) -> None:
    assert MAY[narrow] < MAY[wide]


def test_a_device_is_no_person() -> None:
    """A screen and a speaker have no session as a guest has: neither adds, and only the one gets the music."""
    assert not {"screen", "speaker"} & MAY["guest"]
    assert "speaker" in MAY["speaker"]
    assert "screen" not in MAY["speaker"]


def test_without_a_grant_everybody_is_a_guest() -> None:
    assert caller().role_on(PARTY) == "guest"
    assert caller().role_on(None) == "guest"
    assert not caller().signed_in


def test_a_grant_counts_on_its_own_queue() -> None:
    host = caller(Grant("host", PARTY, "t"))
    assert (host.role_on(PARTY), host.role_on(GARDEN), host.role_on(None)) == ("host", "guest", "guest")


def test_a_grant_for_all_counts_everywhere() -> None:
    admin = caller(Grant("admin", None, "t"))
    assert {admin.role_on(where) for where in (PARTY, GARDEN, None)} == {"admin"}


def test_the_highest_of_several_speaks() -> None:
    both = caller(Grant("screen", PARTY, "a"), Grant("helper", PARTY, "b"), Grant("member", None, "c"))
    assert (both.role_on(PARTY), both.role_on(GARDEN)) == ("helper", "member")


@given(st.lists(GRANTS, max_size=5), GRANTS, st.sampled_from([None, PARTY, GARDEN]))
def test_one_more_grant_never_takes_a_right_away(held: list[Grant], more: Grant, queue: QueueName | None) -> None:
    before, after = caller(*held).role_on(queue), caller(*held, more).role_on(queue)
    assert RANK.index(after) >= RANK.index(before)


@given(st.lists(GRANTS, max_size=5))
def test_the_order_of_grants_does_not_matter(held: list[Grant]) -> None:
    assert caller(*held).role_on(PARTY) == caller(*reversed(held)).role_on(PARTY)
