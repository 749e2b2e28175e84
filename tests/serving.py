"""The real server, in the test's own event loop: ranges, streams and disconnects are as real as in production."""

import ast
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any, Final

import sanic_routing.route
import sanic_routing.router
from sanic import Sanic

from api_queue.web.connection import Connection

#: For `httpx`, which else reads all certificates of the machine for each client: 20 ms.
NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

#: Sanic writes its router as Python and compiles that for each app anew, which was a third of what an app of a test
#: costs; the text is nearly always the same. What it would also write of the compiled code, nobody reads.
_COMPILED_ONCE: Final = {
    "ast": SimpleNamespace(
        parse=cache(ast.parse), unparse=lambda _tree: "", fix_missing_locations=cache(ast.fix_missing_locations)
    ),
    "compile": cache(compile),
}
vars(sanic_routing.router).update(_COMPILED_ONCE)

#: Each path is taken apart and put together twenty times, and they too are the same in each app.
_READ_ONCE: Final = {name: cache(vars(sanic_routing.route)[name]) for name in ("path_to_parts", "parts_to_path")}
vars(sanic_routing.router).update(_READ_ONCE)
vars(sanic_routing.route).update(_READ_ONCE)


@asynccontextmanager
async def serving(app: "Sanic[Any, Any]") -> AsyncIterator[str]:
    """`app` on a free port of this machine; yields `http://127.0.0.1:PORT`."""
    Sanic.test_mode = True
    app.config.TOUCHUP = False  # compiles parts of Sanic again for each app: a fifth of what an app of a test costs
    listener = socket.create_server(("127.0.0.1", 0))
    protocol = Connection if hasattr(app.ctx, "connections") else None
    server: Any = await app.create_server(sock=listener, protocol=protocol, return_asyncio_server=True)
    await server.startup()
    await server.before_start()
    await server.after_start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        await server.before_stop()
        await server.close()
        for connection in list(server.connections):
            connection.abort()
        await server.after_stop()
        _forget(app)


def _forget(app: "Sanic[Any, Any]") -> None:
    """Blueprints tell each app that they were in of each one after: the hundredth would cost twice the first."""
    Sanic._app_registry.pop(app.name, None)
    for blueprint in app.blueprints.values():
        blueprint.reset()
