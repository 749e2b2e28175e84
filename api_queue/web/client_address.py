"""Where a request comes from. `X-Forwarded-For` is believed only as far as configured proxies wrote it."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from sanic import Request

from api_queue.errors import StartRefused

Network = IPv4Network | IPv6Network


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(text, strict=False) for text in texts)
    except ValueError as error:
        raise StartRefused(reason=f"The setting trusted_proxies: {error}.") from None


def client_address(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The rightmost address that is no proxy of ours: what stands left of it, its sender may have made up."""
    address = peer
    hops = [hop.strip() for hop in forwarded.split(",")]
    while hops and is_one_of(address, proxies):
        hop = hops.pop()
        if not _is_address(hop):
            break
        address = hop
    return address


def is_secure(request: Request, proxies: Sequence[Network]) -> bool:
    """Over TLS, here or at a proxy of ours."""
    if request.conn_info is not None and request.conn_info.ssl:
        return True
    return is_one_of(request.ip, proxies) and request.headers.get("x-forwarded-proto") == "https"


def is_one_of(address: str, proxies: Sequence[Network]) -> bool:
    return bool(proxies) and _is_address(address) and any(ip_address(address) in network for network in proxies)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
