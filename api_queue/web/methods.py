"""The methods that no route needs to name: HEAD, and what OPTIONS is told."""

from typing import Any, Final

from sanic import Request
from sanic.exceptions import MethodNotAllowed, NotFound
from sanic.models.handler_types import RouteHandler
from sanic.router import Router
from sanic_routing.route import Route

from api_queue.web.operation import Operation

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class HeadRouter(Router):
    """A HEAD is its GET without the body (RFC 9110 section 9.3.2), where that is safe and comes to an end."""

    def _get(self, path: str, method: str, host: str | None) -> tuple[Route, RouteHandler, dict[str, Any]]:
        try:
            return super()._get(path, method, host)
        except MethodNotAllowed:
            if method != "HEAD":
                raise
        found = super()._get(path, "GET", host)
        if not Operation.of(getattr(found[1], "view_class", found[1])).has_head:
            raise MethodNotAllowed(f"Method HEAD not allowed for URL {path}", method)
        return found


def methods_of(request: Request) -> tuple[str, ...]:
    """Those of the address, asked one by one: the router knows only of the route that it tried. None: 404."""
    return tuple(method for method in _METHODS if _is_served(request, method))


def _is_served(request: Request, method: str) -> bool:
    try:
        request.app.router.get(request.path, method, request.headers.get("host"))
    except (MethodNotAllowed, NotFound):
        return False
    return True
