"""The tokens of a queue, for its host."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.accounts.service import TokenService
from api_queue.accounts.wire import Invitation, invitation_json, token_json
from api_queue.types import QueueName
from api_queue.web.bodies import read_body
from api_queue.web.operation import Operation
from api_queue.web.public_address import public_base
from api_queue.web.replies import empty, reply

bp = Blueprint("accounts")


@bp.post("/queue/<name:str>/invite")
@Operation(body=Invitation, status=201)
async def invite(request: Request, name: str) -> HTTPResponse:
    """A new token for this queue, and the link that gives it to whoever opens that. Shown here, and never again."""
    service: TokenService = request.app.ctx.tokens
    body = read_body(request, Invitation)
    token, value = await service.create(
        body.role, QueueName(name), label=body.label, ttl_s=body.ttl_s, max_uses=body.max_uses
    )
    return reply(invitation_json(token, value, public_base(request)), 201)


@bp.get("/queue/<name:str>/tokens")
async def tokens(request: Request, name: str) -> HTTPResponse:
    """The tokens of this queue, without their values."""
    service: TokenService = request.app.ctx.tokens
    return reply({"tokens": [token_json(token) for token in await service.tokens(QueueName(name))]})


@bp.delete("/queue/<name:str>/tokens/<token_id:str>")
@Operation(status=204)
async def revoke(request: Request, name: str, token_id: str) -> HTTPResponse:
    """Ends a token and every login that was made with it."""
    service: TokenService = request.app.ctx.tokens
    await service.revoke(token_id, QueueName(name))
    return empty()
