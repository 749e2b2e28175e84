"""Joining a queue: the guest's way in, and what its host, helpers and screens show of it."""

import msgspec
from msgspec import UNSET, UnsetType
from sanic import Blueprint, HTTPResponse, Request

from api_queue.errors import MissingRight
from api_queue.queues import join_wire as wire
from api_queue.queues.join_service import JoinService
from api_queue.queues.joining import Joining, join_address, table_name
from api_queue.queues.models import HOSTS
from api_queue.queues.names import queue_name
from api_queue.web.bodies import read_body
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.pages import QUEUE
from api_queue.web.public_address import public_base
from api_queue.web.qr_codes import qr_svg
from api_queue.web.replies import reply

bp = Blueprint("joining")


class Join(msgspec.Struct):
    """`code` as it is shown, in either case, with spaces or dashes; `table`: an empty one is none."""

    code: str = ""
    table: str | UnsetType | None = UNSET


@bp.post("/queue/<name>/join")
@Operation(body=Join)
async def join(request: Request, name: str) -> HTTPResponse:
    """Joins with the code of the queue, and sits down at a table; without one the caller stays where they sit."""
    joins: JoinService = request.app.ctx.joins
    caller: Caller = request.ctx.caller
    x, wish = queue_name(name), read_body(request, Join)
    table = None if isinstance(wish.table, UnsetType) else table_name(wish.table or "")
    seated = await joins.join(x, caller, wish.code.strip(), table)
    return reply(wire.joined_json(x, caller.role_on(x), caller.guest_id, seated))


@bp.get("/queue/<name>/join", name="show_join")
async def show_join(request: Request, name: str) -> HTTPResponse:
    """The code that lets guests in, the address of the QR code, and how many sit at which table."""
    joins: JoinService = request.app.ctx.joins
    return _shown(request, await joins.joining(queue_name(name)))


@bp.post("/queue/<name>/join/code")
async def renew_code(request: Request, name: str) -> HTTPResponse:
    """A new code; the one from before is dead, and who has joined stays."""
    joins: JoinService = request.app.ctx.joins
    return _shown(request, await joins.joining(queue_name(name), anew=True))


def _shown(request: Request, joining: Joining) -> HTTPResponse:
    address = join_address(public_base(request), joining.queue, joining.code_in_link)
    return reply(wire.joining_json(joining, address))


@bp.get(f"{QUEUE}/join.svg")
@Operation(query={"table": "The QR code of this table, for its host."}, media_type="image/svg+xml")
async def join_svg(request: Request, name: str) -> HTTPResponse:
    """A QR code that leads to the guest page of the queue; the pages read the address in its `<title>`.

    Where guests need the code, it carries that for the host, helpers and screens, and is plain for everybody else.
    """
    joins: JoinService = request.app.ctx.joins
    caller: Caller = request.ctx.caller
    x, table = queue_name(name), table_name(request.args.get("table", ""))
    if table and caller.role_on(x) not in HOSTS:
        raise MissingRight(needs="the host of this queue")
    address = join_address(public_base(request), x, await joins.code_for(x, caller), table)
    return HTTPResponse(qr_svg(address, address), 200, {"Cache-Control": "no-store"}, "image/svg+xml")
