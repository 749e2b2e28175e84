"""What a worker has in hand is bounded: what comes above that is told to come again, before anything is done for it.

Work that waits for longer than its caller does is done for nobody, and lets all others wait. Who runs the party has a
share of its own, so that the music can be stopped while guests storm.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sanic import Request
from sanic_routing.route import Route

from api_queue.errors import Overloaded
from api_queue.formats.figures import Figure
from api_queue.web.access_rules import Rule
from api_queue.web.finishing import unheard
from api_queue.web.identity import Access
from api_queue.web.operation import Operation

#: The share of the hosts is this part of the guests'.
OF_HOSTS: Final = 1 / 8
#: Bodies above 64 KiB that arrive at the same time, as a part of it too: they are what takes memory.
OF_BODIES: Final = 1 / 10
#: Those who are refused at the same moment come back spread over this time.
AGAIN_S: Final = range(1, 5)
#: Hosts, and the devices that the music depends on.
_RUNNING: Final[frozenset[Access]] = frozenset({"helper", "host", "crew", "speaker", "device", "admin", "watcher"})


class Load:
    """`most`: requests of guests and programs that one worker has in hand. `refused`: since it began."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_hosts = max(1, int(most * OF_HOSTS))
        self._most_bodies = max(1, int(most * OF_BODIES))
        self._guests: set[Request] = set()
        self._hosts: set[Request] = set()
        self._bodies: set[Request] = set()
        self.refused = 0

    @property
    def in_hand(self) -> int:
        return len(self._guests) + len(self._hosts) + unheard()

    def figures(self) -> Iterator[Figure]:
        yield Figure("requests_in_hand", self.in_hand)

    def enter(self, request: Request, rule: Rule, route: Route) -> None:
        """Until `leave`. Raises Overloaded where there is no room."""
        if _is_free(rule, route):
            return
        share, room = self._share(rule)
        self._demand(room)
        share.add(request)

    def leave(self, request: Request) -> None:
        """When its answer begins, however long that is, or when it is given up; as often as one likes."""
        self._guests.discard(request)
        self._hosts.discard(request)

    @contextmanager
    def arriving(self, request: Request) -> Iterator[None]:
        """While a large body comes, as slowly as its sender likes: it keeps out other such bodies, and no request.

        After it the request has to enter again.
        """
        self._demand(self._most_bodies - len(self._bodies))
        self.leave(request)
        self._bodies.add(request)
        try:
            yield
        finally:
            self._bodies.discard(request)

    def _demand(self, room: int) -> None:
        if room <= 0:
            self.refused += 1
            raise Overloaded(retry_after=secrets.choice(AGAIN_S))

    def _share(self, rule: Rule) -> tuple[set[Request], int]:
        """And the room in it. Changes whose callers are gone count too: else who hangs up could ask for any number."""
        if runs_the_party(rule):
            return self._hosts, self._most_of_hosts - len(self._hosts)
        return self._guests, self._most - len(self._guests) - unheard()


def _is_free(rule: Rule, route: Route) -> bool:
    """Pages, files and whether we live cost next to nothing; what lasts waits more than it works, and is bounded as a
    connection.
    """
    if rule.access == "public" and not rule.writes:
        return True
    return bool(route.extra.websocket) or Operation.of(route.handler).lasts


def runs_the_party(rule: Rule) -> bool:
    return rule.access in _RUNNING or (rule.access == "singer" and rule.limit == "control")
