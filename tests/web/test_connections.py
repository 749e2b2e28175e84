"""How many connections and streams one address, or one guest, may have at a worker."""

import resource
from contextlib import ExitStack
from typing import Any

import pytest
from structlog.testing import capture_logs

from api_queue.errors import ApiQueueError, Overloaded, TooManyConnections
from api_queue.settings import Settings
from api_queue.types import GuestId, QueueName
from api_queue.web.connections import MOST_STREAMS_OF_GUEST, RESERVED_FILES, Connections
from api_queue.web.identity import Caller, Grant

PHONE, PROXY, FILE = "192.0.2.7", "192.0.2.1", 10


def connections(most: int = 3, **changes: Any) -> Connections:
    return Connections(Settings(load_connections_per_address=most, **changes))


def entered(most: int, door: Connections, address: str = PHONE) -> int:
    """How many of `most` were let in."""
    return most - sum(isinstance(_error(door, address), TooManyConnections) for _ in range(most))


def _error(door: Connections, address: str) -> ApiQueueError | None:
    try:
        door.enter(address, FILE)
    except ApiQueueError as error:
        return error
    return None


# -- connections -----------------------------------------------------------------------------------------------


async def test_one_address_has_so_many_and_leaves_the_others_theirs() -> None:
    door = connections(3)
    assert (entered(5, door), door.refused) == (3, 2)
    assert entered(1, door, "192.0.2.8") == 1


async def test_one_that_closes_makes_room_for_one() -> None:
    door = connections(3)
    entered(3, door)
    door.leave(PHONE)
    assert entered(2, door) == 1


async def test_nothing_is_kept_of_who_has_gone() -> None:
    door = connections()
    door.enter(PHONE, FILE)
    door.leave(PHONE)
    assert not door._connections


async def test_a_household_with_many_addresses_of_ipv6_is_one() -> None:
    door = connections(2)
    assert [entered(1, door, f"2001:db8:1:2::{n}") for n in range(3)] == [1, 1, 0]


@pytest.mark.parametrize("address", [PROXY, "127.0.0.1", "::1", ""])
async def test_behind_a_proxy_or_on_this_machine_is_anybody(address: str) -> None:
    assert entered(9, connections(1, trusted_proxies=(PROXY,)), address) == 9


async def test_the_last_open_files_are_for_what_needs_them_more() -> None:
    last = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - RESERVED_FILES
    door = connections()
    door.enter("127.0.0.1", last - 1)
    with pytest.raises(Overloaded):
        door.enter("127.0.0.1", last)


async def test_the_log_says_so_once_and_names_nobody() -> None:
    with capture_logs() as lines:
        entered(9, connections(1))
    [line] = lines
    assert (line["event"], line["why"]) == ("the worker refuses connections", "one address has too many")
    assert PHONE not in f"{line}"


# -- streams ---------------------------------------------------------------------------------------------------


def opened(times: int, door: Connections, caller: Caller) -> int:
    """How many streams of `times` were let in, all at the same time."""
    done = 0
    with ExitStack() as streams:
        for _ in range(times):
            try:
                streams.enter_context(door.stream(caller))
            except TooManyConnections:
                continue
            done += 1
    return done


def test_through_a_proxy_streams_are_counted_by_who_stands_behind_it() -> None:
    door = connections(4, trusted_proxies=(PROXY,))
    assert opened(6, door, Caller(None, PHONE)) == 4
    assert not door._streams


def test_one_guest_has_as_many_as_a_browser_opens_and_some() -> None:
    assert opened(30, connections(100), Caller(GuestId("ana"), "127.0.0.1")) == MOST_STREAMS_OF_GUEST


def test_the_screens_of_a_house_share_a_login() -> None:
    host = Caller(GuestId("ana"), "127.0.0.1", (Grant("host", QueueName("party"), "t1"),))
    assert opened(30, connections(100), host) == 30
