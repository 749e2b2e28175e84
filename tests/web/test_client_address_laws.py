"""Nobody outside of our proxies can choose the address that they are counted by; and what counts as TLS."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.web.client_address import client_address, is_secure, networks
from tests.web.requests import a_request

PROXIES = networks(("10.0.0.0/8", "fd00::/8"))
STRANGERS = st.ip_addresses().map(str).filter(lambda address: not address.startswith(("10.", "fd")))
OURS = st.ip_addresses(network="10.0.0.0/8").map(str)
FORGED = st.text(max_size=40) | st.lists(st.ip_addresses().map(str), max_size=4).map(", ".join)


@given(STRANGERS, FORGED)
def test_a_stranger_is_who_they_are_whatever_they_forward(peer: str, forged: str) -> None:
    assert client_address(peer, forged, PROXIES) == peer


@given(OURS, STRANGERS, FORGED)
def test_what_a_client_made_up_before_our_proxy_is_air(proxy: str, client: str, forged: str) -> None:
    assert client_address(proxy, f"{forged}, {client}", PROXIES) == client


@given(OURS, st.lists(OURS, max_size=4), STRANGERS)
def test_any_number_of_our_proxies_is_seen_through(peer: str, between: list[str], client: str) -> None:
    assert client_address(peer, ", ".join([client, *between]), PROXIES) == client


@given(FORGED, FORGED)
def test_any_header_at_all_ends_in_an_address_or_the_peer(peer: str, forwarded: str) -> None:
    for address in (peer, "10.0.0.1"):
        assert client_address(address, forwarded, ()) == address
        assert isinstance(client_address(address, forwarded, PROXIES), str)


def test_white_space_around_hops_is_air() -> None:
    assert client_address("10.0.0.1", " 203.0.113.9 ,\t10.0.0.2 ", PROXIES) == "203.0.113.9"


def test_an_ipv6_proxy_may_forward_ipv4_and_the_other_way_round() -> None:
    assert client_address("fd00::1", "203.0.113.9", PROXIES) == "203.0.113.9"
    assert client_address("10.0.0.1", "2001:db8::1", PROXIES) == "2001:db8::1"


def test_a_network_may_be_named_by_any_address_in_it() -> None:
    assert networks(("10.1.2.3/8",)) == networks(("10.0.0.0/8",))


@pytest.mark.parametrize(
    ("peer", "proto", "secure"),
    [
        ("10.0.0.1", "https", True),
        ("10.0.0.1", "http", False),
        ("10.0.0.1", None, False),
        ("203.0.113.9", "https", False),  # anybody can say that
    ],
)
def test_tls_ends_here_or_at_a_proxy_of_ours(peer: str, proto: str | None, *, secure: bool) -> None:
    headers = {} if proto is None else {"x-forwarded-proto": proto}
    assert is_secure(a_request(headers=headers, peer=peer), PROXIES) is secure


def test_without_proxies_nobody_is_believed_about_tls() -> None:
    assert not is_secure(a_request(headers={"x-forwarded-proto": "https"}, peer="10.0.0.1"), ())


def test_our_own_tls_needs_nobodys_word() -> None:
    request = a_request(peer="203.0.113.9")
    request.conn_info = cast("Any", SimpleNamespace(client_ip="203.0.113.9", ssl=True))
    assert is_secure(request, ())
