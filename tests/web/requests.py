"""Requests as Sanic reads them off the wire, without the wire."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from sanic import Request, Sanic
from sanic.compat import Header

Headers = Mapping[str, str] | Sequence[tuple[str, str]]


@cache
def _app() -> "Sanic[Any, Any]":
    Sanic.test_mode = True
    app: Sanic[Any, Any] = Sanic("requests", configure_logging=False)
    Sanic._app_registry.pop("requests")
    return app


def a_request(
    method: str = "POST", path: str = "/", headers: Headers = (), body: bytes = b"", peer: str = "192.0.2.1"
) -> Request:
    request = Request(path.encode(), Header(headers), "1.1", method, cast("Any", None), _app())
    request.body = body
    request.conn_info = cast("Any", SimpleNamespace(client_ip=peer, ssl=False, cert={}, server="", ctx=None))
    return request
