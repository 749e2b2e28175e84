"""The server's name on its own network: mDNS (RFC 6762) and DNS-SD (RFC 6763), by zeroconf."""

import asyncio
import logging
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import structlog
from zeroconf import InterfaceChoice, IPVersion, ServiceInfo, Zeroconf

#: What speakers look for (`clients/speaker/network.py`).
SERVICE: Final = "_api-queue._tcp.local."

_log = structlog.get_logger()


@contextmanager
def announced(public_url: str, interfaces: Sequence[str]) -> Iterator[None]:
    """Within, `public_url` is announced from these addresses of ours, or all. A network that fails ends nothing."""
    logging.getLogger("zeroconf").setLevel(logging.CRITICAL)
    try:
        info = _info(public_url)
        network = Zeroconf(interfaces=list(interfaces) or InterfaceChoice.All, ip_version=IPVersion.V4Only)
    except OSError as error:
        _log.warning("the server is not announced by mDNS", reason=str(error))
        yield
        return
    assert network.loop is not None
    try:
        registering = network.async_register_service(info, allow_name_change=True)
        asyncio.run_coroutine_threadsafe(registering, network.loop)  # it asks for a second and a half who has the name
        yield
    finally:
        network.close()


def _info(public_url: str) -> ServiceInfo:
    url = urlsplit(public_url)
    address = socket.gethostbyname(url.hostname or "localhost")
    return ServiceInfo(
        SERVICE,
        f"api_queue on {socket.gethostname()}.{SERVICE}",
        addresses=[socket.inet_aton(address)],
        port=url.port or {"https": 443}.get(url.scheme, 80),
        properties={"scheme": url.scheme},
    )
