"""How many connections one worker has, and from where: each costs memory and an open file, whatever is said on it."""

import asyncio
import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import structlog

from api_queue.errors import ApiQueueError, Overloaded, TooManyConnections
from api_queue.formats.figures import Figure
from api_queue.settings import Settings
from api_queue.web.client_address import is_one_of, networks
from api_queue.web.identity import Caller
from api_queue.web.rate_limits import place

#: Open files that no connection gets: for music, Redis, the database, and to tell others that there is no room.
RESERVED_FILES: Final = 256
#: Streams of a guest: a browser opens six to one server, and a second one or a worker of another tab is a guest's too.
MOST_STREAMS_OF_GUEST: Final = 20
#: Who is refused closes nothing at once, and whoever is cut off for silence is so after some seconds.
AGAIN_S: Final = 5
#: Between two lines of the log that say the same.
_SAID_AGAIN_S: Final = 60.0
#: What runs here too, as a proxy does that nobody named in trusted_proxies, may do worse than connect.
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", ""})
_log = structlog.get_logger()


class Connections:
    """`refused`: since the worker began."""

    def __init__(self, settings: Settings) -> None:
        self._most_of_address = settings.load_connections_per_address
        self._proxies = networks(settings.trusted_proxies)
        self._first_reserved_file = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - RESERVED_FILES
        self._connections: Counter[str] = Counter()
        self._streams: Counter[str] = Counter()
        self._said_s = -_SAID_AGAIN_S
        self.refused = 0

    def figures(self) -> Iterator[Figure]:
        yield Figure("connections_refused_total", self.refused)

    def enter(self, address: str, file: int) -> None:
        """`file`: its number, which is the lowest that was free. Raises Overloaded or TooManyConnections."""
        try:
            if file >= self._first_reserved_file:
                raise Overloaded(retry_after=AGAIN_S)
            if self._is_counted(address):
                _take(self._connections, place(address), self._most_of_address)
        except ApiQueueError as error:
            self._refuse(error)
            raise

    def leave(self, address: str) -> None:
        if self._is_counted(address):
            _give_back(self._connections, place(address))

    @contextmanager
    def stream(self, caller: Caller) -> Iterator[None]:
        """While it is open. Through a proxy many come on few connections. Raises TooManyConnections."""
        with ExitStack() as taken:
            for who, most in self._bounds(caller):
                _take(self._streams, who, most)
                taken.callback(_give_back, self._streams, who)
            yield

    def _bounds(self, caller: Caller) -> Iterator[tuple[str, int]]:
        if self._is_counted(caller.address):
            yield f"a:{place(caller.address)}", self._most_of_address
        if caller.guest_id and not caller.signed_in:  # screens of a house share a login
            yield f"g:{caller.guest_id}", MOST_STREAMS_OF_GUEST

    def _is_counted(self, address: str) -> bool:
        """Behind a proxy is anybody."""
        return address not in _THIS_MACHINE and not is_one_of(address, self._proxies)

    def _refuse(self, error: ApiQueueError) -> None:
        self.refused += 1
        now_s = asyncio.get_running_loop().time()
        if now_s - self._said_s >= _SAID_AGAIN_S:
            self._said_s = now_s
            why = "its table of open files is full" if isinstance(error, Overloaded) else "one address has too many"
            _log.warning("the worker refuses connections", why=why, refused=self.refused)


def _take(tally: Counter[str], who: str, most: int) -> None:
    if tally[who] >= most:
        raise TooManyConnections(retry_after=AGAIN_S)
    tally[who] += 1


def _give_back(tally: Counter[str], who: str) -> None:
    tally[who] -= 1
    if not tally[who]:
        del tally[who]
