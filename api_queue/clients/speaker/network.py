"""The server of this network, by mDNS (RFC 6762) and DNS-SD (RFC 6763)."""

import asyncio
from typing import Final

from zeroconf import InterfaceChoice, IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from api_queue.errors import StartRefused

#: What the server announces itself as (`drivers/mdns.py`).
SERVICE: Final = "_api-queue._tcp.local."
_LOOK_S: Final = 15
_ASK_MS: Final = 3_000


async def found_server(interface: str | None) -> str:
    """The address of the first that answers, looking from `interface` or everywhere. Raises StartRefused."""
    network = AsyncZeroconf(interfaces=[interface] if interface else InterfaceChoice.All, ip_version=IPVersion.V4Only)
    try:
        async with asyncio.timeout(_LOOK_S):
            return await _first(network.zeroconf)
    except TimeoutError:
        raise StartRefused(reason="No server announces itself on this network: name it with --server.") from None
    finally:
        await network.async_close()


async def _first(zeroconf: Zeroconf) -> str:
    names: asyncio.Queue[str] = asyncio.Queue()

    def seen(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:  # noqa: ARG001
        if state_change is ServiceStateChange.Added:
            names.put_nowait(name)

    browser = AsyncServiceBrowser(zeroconf, SERVICE, handlers=[seen])
    try:
        while True:
            info = AsyncServiceInfo(SERVICE, await names.get())
            if await info.async_request(zeroconf, _ASK_MS) and info.parsed_addresses():
                scheme = "https" if info.properties.get(b"scheme") == b"https" else "http"
                return f"{scheme}://{info.parsed_addresses()[0]}:{info.port}"
    finally:
        await browser.async_cancel()
