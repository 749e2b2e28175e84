"""Where we listen, and what others call that."""

import errno
import select
import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import StartRefused
from api_queue.serving import addresses
from api_queue.serving.addresses import (
    BACKLOG,
    UNSENT_BYTES,
    authority,
    is_loopback,
    listen,
    name_for_others,
)


def test_any_free_port_is_a_real_one() -> None:
    with listen("127.0.0.1", 0) as listener:
        host, port = listener.getsockname()
        assert (host, port > 0) == ("127.0.0.1", True)
        socket.create_connection((host, port), timeout=5).close()


def test_a_port_that_is_taken_is_named_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartRefused) as refused:
            listen("127.0.0.1", port)
    assert refused.value.detail == (
        f"The address 127.0.0.1:{port} cannot be had: Address already in use; "
        "set another with --port, or 0 for any free one."
    )


def test_an_address_of_another_machine_cannot_be_had() -> None:
    with pytest.raises(StartRefused, match=r"192\.0\.2\.1:0 cannot be had: Cannot assign"):
        listen("192.0.2.1", 0)


def test_a_whole_party_may_come_back_at_once() -> None:
    assert BACKLOG >= 4000


def accepted(unread: socket.socket, listener: socket.socket) -> socket.socket:
    unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)  # or its kernel takes more and more of it
    unread.connect(listener.getsockname())
    connection, _ = listener.accept()
    connection.setblocking(False)
    return connection


def test_little_waits_in_the_kernel_for_who_reads_nothing() -> None:
    with listen("127.0.0.1", 0) as listener, socket.socket() as unread, accepted(unread, listener) as connection:
        taken = 0
        with suppress(BlockingIOError):
            while True:
                taken += connection.send(bytes(4096))
    assert taken < 2 * UNSENT_BYTES


def test_who_takes_nothing_for_long_is_given_up_by_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "UNTAKEN_MS", 300)
    with listen("127.0.0.1", 0) as listener, socket.socket() as unread, accepted(unread, listener) as connection:
        with suppress(BlockingIOError):
            while True:
                connection.send(bytes(4096))
        ended = select.poll()
        ended.register(connection, select.POLLERR)
        assert ended.poll(30_000)
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ETIMEDOUT


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("localhost", True),
        ("", False),
        ("::", False),
        ("192.168.1.2", False),
        ("localhost.example", False),
    ],
)
def test_only_loopback_stays_on_this_machine(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("host", ["party.example", "192.0.2.4", "fd00::4"])
def test_a_name_that_was_given_is_the_name(host: str) -> None:
    assert name_for_others(host) == host


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::"])
def test_every_address_is_named_by_one_that_others_can_call(host: str) -> None:
    named = name_for_others(host)
    assert named not in {"", "0.0.0.0", "::"}
    socket.inet_aton(named)


def test_a_machine_without_a_network_calls_itself_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", no_network)
    assert name_for_others("0.0.0.0") == "127.0.0.1"


@given(st.ip_addresses(), st.integers(0, 65535))
def test_an_authority_can_be_taken_apart_again(address: object, port: int) -> None:
    host, _, last = authority(str(address), port).rpartition(":")
    assert (host.strip("[]"), int(last)) == (str(address), port)
    assert host.startswith("[") is (":" in str(address))
