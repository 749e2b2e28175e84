"""What the requests of one worker came to: how many of each route were answered how, and after how long."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

from sanic_routing.route import Route

from api_queue.formats.figures import Figure, Histogram

#: What has no route has this one, so that nobody can make figures by asking for addresses.
NO_ROUTE: Final = "none"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PLACEHOLDER: Final = re.compile(r"<(\w+):[^>]*>")


class _Answers:
    """Of one route and method. Until an answer begins: a stream may go on for hours."""

    __slots__ = ("seconds", "statuses")

    def __init__(self) -> None:
        self.seconds = Histogram()
        self.statuses: Counter[int] = Counter()


class Traffic:
    def __init__(self) -> None:
        self._of_route: dict[tuple[str, str], _Answers] = {}
        self._refused: Counter[str] = Counter()

    def answered(self, method: str, route: Route | None, status: int, seconds: float) -> None:
        key = (method, route.path) if route else (method if method in _METHODS else "other", NO_ROUTE)
        answers = self._of_route.get(key) or self._of_route.setdefault(key, _Answers())
        answers.statuses[status] += 1
        answers.seconds.observe(seconds)

    def refused(self, code: str) -> None:
        """By a domain error; their number is bounded, as that of routes is."""
        self._refused[code] += 1

    def figures(self) -> Iterator[Figure]:
        for (method, path), answers in self._of_route.items():
            labels = {"method": method, "route": template(path)}
            yield answers.seconds.figure("request_seconds", **labels)
            for status, times in answers.statuses.items():
                yield Figure("requests_total", times, labels | {"status": f"{status}"})
        for code, times in self._refused.items():
            yield Figure("refusals_total", times, {"code": code})


@cache
def template(path: str) -> str:
    """Of a route, as the table of access writes it: `/queue/<name>/items`."""
    return path if path == NO_ROUTE else "/" + _PLACEHOLDER.sub(r"<\1>", path)
