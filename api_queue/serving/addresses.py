"""Where we listen, and what others call that."""

import ipaddress
import socket

from api_queue.errors import StartRefused

#: Connections that wait for a worker: with Sanic's 100, ten thousand screens take 50 s to come back.
BACKLOG = 4096

#: Of each connection, in the kernel, beside what is on its way: else 4 MB wait there for a client that reads nothing.
#: As fast as without a bound, since what is on its way does not count.
UNSENT_BYTES = 256 * 1024
#: Without a byte taken or acknowledged, though some wait: whoever is on the other end has gone, or stopped reading.
#: Linux alone would wait for a quarter of an hour, and for a client that lives without end.
UNTAKEN_MS = 60_000

#: TEST-NET-1 of RFC 5737: to be routed like the internet, and never to be answered.
_SOMEWHERE_ELSE = ("192.0.2.1", 9)


def listen(host: str, port: int) -> socket.socket:
    """Shared by all workers. Clients that come before them wait in the backlog. Connections inherit its bounds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        fault = str(error.strerror).partition(" (while")[0]  # Python says the address once more
        why = f"{fault}; set another with --port, or 0 for any free one"
        raise StartRefused(reason=f"The address {authority(host, port)} cannot be had: {why}.") from None
    for option, value in ((socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES), (socket.TCP_USER_TIMEOUT, UNTAKEN_MS)):
        listener.setsockopt(socket.IPPROTO_TCP, option, value)
    return listener


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def name_for_others(host: str) -> str:
    """`host`, or for "every address" the one that this machine has on its network."""
    return _own_address() if host in ("", "0.0.0.0", "::") else host  # noqa: S104 - read, not bound


def authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _own_address() -> str:
    """Connecting a UDP socket sends nothing: it only asks the routes which address we would send from."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_SOMEWHERE_ELSE)
            return str(probe.getsockname()[0])
    except OSError:
        return "127.0.0.1"
