"""`/docs`: the API as a page, as OpenAPI, and every error."""

from functools import cache
from typing import Any, Final

import msgspec
from sanic import Blueprint, HTTPResponse, Request, Sanic

from api_queue.web.access_rules import AccessTable
from api_queue.web.error_list import refusals, refusals_html
from api_queue.web.openapi import describe
from api_queue.web.operation import Operation
from api_queue.web.pages import page, wants_html
from api_queue.web.replies import reply

#: Where `errors.html` has its list.
_LIST: Final = b"<!-- refusals -->"

bp = Blueprint("docs", url_prefix="/docs")


def setup_docs(app: "Sanic[Any, Any]", table: AccessTable) -> None:
    """Written when it is first asked for: each start would be 10 ms later, for a few readers."""
    app.ctx.openapi = cache(lambda: msgspec.json.encode(describe(app, table)))


@bp.get("/")
@Operation(media_type="text/html")
async def docs(_request: Request) -> HTTPResponse:
    """This API as a page to read and to search."""
    return page("docs")


@bp.get("/openapi.json")
async def openapi(request: Request) -> HTTPResponse:
    """This API as an OpenAPI document."""
    return HTTPResponse(request.app.ctx.openapi(), 200, {"Cache-Control": "no-cache"}, "application/json")


@bp.get("/errors")
async def errors(request: Request) -> HTTPResponse:
    """Every error with its code, status and sentence. A page for browsers; `type` of a problem points into it."""
    if not wants_html(request):
        return reply({"errors": [refusal._asdict() for refusal in refusals()]}, headers={"Vary": "Accept"})
    answer = page("errors")
    answer.body = (answer.body or b"").replace(_LIST, refusals_html().encode())
    return answer
