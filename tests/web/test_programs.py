"""What a program may do with which queue of messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import MissingQueueRight
from api_queue.types import Right
from api_queue.web.identity import Caller
from api_queue.web.programs import ADMIN, MESSAGE_QUEUE, NO_PROGRAM, RIGHTS, Program

READ: frozenset[Right] = frozenset({"read"})
WRITE: frozenset[Right] = frozenset({"write"})
ALL = frozenset(RIGHTS)
NAMES = st.from_regex(MESSAGE_QUEUE, fullmatch=True)
HELD = st.frozensets(st.sampled_from(RIGHTS))


def program(**queues: frozenset[Right]) -> Program:
    return Program("id", "", queues)


def test_a_right_is_on_the_queue_that_it_was_given_for() -> None:
    lamps = program(lamps=READ)
    assert lamps.rights_on("lamps") == READ
    assert lamps.rights_on("orders") == lamps.rights_on("lamp") == lamps.rights_on("Lamps") == frozenset()


@given(NAMES, HELD)
def test_a_star_is_every_queue(queue: str, held: frozenset[Right]) -> None:
    assert Program("id", "", {"*": held}).rights_on(queue) == held


@given(NAMES, HELD, HELD)
def test_a_star_wins_over_names(queue: str, everywhere: frozenset[Right], here: frozenset[Right]) -> None:
    assert Program("id", "", {queue: here, "*": everywhere}).rights_on(queue) == everywhere


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,70}", fullmatch=True), HELD)
def test_dead_letters_go_with_their_queue(queue: str, held: frozenset[Right]) -> None:
    both = program(**{queue: held, "another": ALL - held})
    assert both.rights_on(f"{queue}.dead") == both.rights_on(queue)


@pytest.mark.parametrize("queue", ["_jobs.scan", "_jobs.scan.dead", "", "*", ".dead", "a/b", "a b", "a" * 81, "ä"])
def test_nobody_has_rights_on_tasks_nor_on_what_is_no_queue(queue: str) -> None:
    for each in (ADMIN, Program("id", "", {"*": ALL}), Program("id", "", {queue: ALL})):
        assert each.rights_on(queue) == frozenset()


@pytest.mark.parametrize("queue", ["a", "0", "a" * 80, "Orders.EU_west-1"])
def test_names_that_sqs_users_give_are_names(queue: str) -> None:
    assert program(**{queue: WRITE}).rights_on(queue) == WRITE


@given(HELD, st.sampled_from(RIGHTS))
def test_what_is_not_held_is_refused_in_the_words_that_clients_know(held: frozenset[Right], right: Right) -> None:
    orders = program(orders=held)
    if right in held:
        orders.demand("orders", right)
    else:
        with pytest.raises(MissingQueueRight) as refused:
            orders.demand("orders", right)
        assert refused.value.detail == f"Access denied: {right} permission required for queue 'orders'"


def test_an_admin_has_every_right_and_who_is_no_program_none() -> None:
    assert ADMIN.rights_on("orders") == ALL
    assert Caller(None, "192.0.2.1").program is NO_PROGRAM
    assert NO_PROGRAM.rights_on("orders") == frozenset()


def test_who_may_what_can_be_a_key_of_a_cache() -> None:
    callers = [Caller(None, "192.0.2.1", program=Program("id", "", queues)) for queues in ({"*": READ}, {"*": WRITE})]
    assert len({*callers, *callers, Caller(None, "192.0.2.1")}) == 3
