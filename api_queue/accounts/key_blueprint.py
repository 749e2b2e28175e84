"""What a program's API key is good for."""

from urllib.parse import unquote

from sanic import Blueprint, HTTPResponse, Request

from api_queue.accounts.wire import permissions_json, program_json
from api_queue.web.identity import Caller
from api_queue.web.replies import reply

bp = Blueprint("api_keys", url_prefix="/api/v1/auth")


@bp.get("/me")
async def me(request: Request) -> HTTPResponse:
    """What was said of the key that is presented, and its rights on each queue of messages, or on all (`*`)."""
    caller: Caller = request.ctx.caller
    return reply(program_json(caller.program))


@bp.get("/permissions/<queue:str>")
async def permissions(request: Request, queue: str) -> HTTPResponse:
    """What the key may do with one queue of messages, whether or not that has any."""
    caller: Caller = request.ctx.caller
    return reply(permissions_json(caller.program, unquote(queue)))
