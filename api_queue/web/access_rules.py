"""From the table of access to one rule for each route, looked up once per request."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sanic import Sanic

from api_queue.errors import StartRefused
from api_queue.types import Role
from api_queue.web.identity import MAY, Access
from api_queue.web.rate_limits import RateClass

T = TypeVar("T")

_PLACEHOLDER: Final = re.compile(r"<[^>]*>")
_READS: Final = frozenset({"GET", "HEAD"})
_NEEDS: Final[dict[Access, str]] = {
    "public": "anybody",
    "open": "anybody",
    "guest": "guests, helpers and the host",
    "member": "a member of this server",
    "helper": "a helper or the host",
    "host": "the host of this queue",
    "admin": "an admin of this server",
    "speaker": "a speaker of this queue or its host",
    "device": "a device of this queue or its host",
    "crew": "the host, a helper or a screen of this queue",
    "key": "a program with an API key, or an admin",
    "watcher": "an admin of this server, or a program that may read its figures",
    "author": "a member of this server, a host, or a program that may order tracklists",
    "singer": "whoever is in the room; what is for its host or the owner of an item, for them",
}


@dataclass(frozen=True)
class AccessTable:
    """Paths are written as in routes; what stands between < and > does not matter."""

    access: Mapping[tuple[str, str], Access]
    limited: Mapping[tuple[str, str], RateClass]
    writing_gets: frozenset[str]
    queue_in_body: frozenset[str]
    same_site: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    access: Access
    may: frozenset[Role]
    needs: str
    writes: bool
    limit: RateClass | None
    queue_in_body: bool
    same_site: bool

    @property
    def audited(self) -> bool:
        """What changes the house leaves a line; playing music is what it is for, and the events tell of it."""
        return self.writes and self.access in {"host", "admin"} and self.limit != "control"


def undeclared(app: Sanic[Any, Any], access: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Routes of the app that the table does not know: (method, path)."""
    known = {_key(*line) for line in access}
    return [pair for pair in routes(app) if _key(*pair) not in known]


def unrouted(app: Sanic[Any, Any], access: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Lines of the table that no route of the app answers."""
    known = {_key(*pair) for pair in routes(app)}
    return [line for line in access if _key(*line) not in known]


def routes(app: Sanic[Any, Any]) -> list[tuple[str, str]]:
    """(method, path) of each; OPTIONS is answered before any route."""
    return [(method, route.path) for route in app.router.routes for method in route.methods if method != "OPTIONS"]


def rules_of(app: Sanic[Any, Any], table: AccessTable) -> dict[tuple[str, str], Rule]:
    """By method and path as the router writes it; raises StartRefused when a route is not in the table."""
    if missing := undeclared(app, table.access):
        listed = ", ".join(f"{method} /{path}" for method, path in missing)
        raise StartRefused(reason=f"Nobody said who may call {listed}: add it to the table of access.")
    access = _by_key(table.access)
    limited = _by_key(table.limited)
    rules = {pair: _rule(_key(*pair), access, limited, table) for pair in routes(app)}
    heads = {("HEAD", path): rule for (method, path), rule in rules.items() if method == "GET" and not rule.writes}
    return heads | rules


def _rule(
    key: tuple[str, str],
    access: Mapping[tuple[str, str], Access],
    limited: Mapping[tuple[str, str], RateClass],
    table: AccessTable,
) -> Rule:
    needs = access[key]
    writing = key[1] in {_plain(path) for path in table.writing_gets}
    writes = key[0] not in _READS or writing
    in_body = key[1] in {_plain(path) for path in table.queue_in_body}
    same_site = writes or key[1] in {_plain(path) for path in table.same_site}
    return Rule(needs, MAY[needs], _NEEDS[needs], writes, limited.get(key), in_body, same_site)


def _by_key(lines: Mapping[tuple[str, str], T]) -> dict[tuple[str, str], T]:
    return {_key(*line): value for line, value in lines.items()}


def _key(method: str, path: str) -> tuple[str, str]:
    return ("GET" if method == "HEAD" else method), _plain(path)


def _plain(path: str) -> str:
    return _PLACEHOLDER.sub("<>", path).strip("/")
