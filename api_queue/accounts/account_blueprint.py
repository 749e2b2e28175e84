"""`/users`: accounts with passwords. Logging in with one is `POST /token`, as with a login token."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.accounts.account_service import AccountService
from api_queue.accounts.account_wire import NameAndPassword, PasswordChange, account_json
from api_queue.web.bodies import read_body
from api_queue.web.operation import Operation
from api_queue.web.replies import empty, reply

bp = Blueprint("users", url_prefix="/users")


@bp.post("/register")
@Operation(body=NameAndPassword, status=201, refuses=(409,))
async def register(request: Request) -> HTTPResponse:
    """A new account, where the setting `accounts_signup` is on. Its owner is a member."""
    accounts: AccountService = request.app.ctx.accounts
    body = read_body(request, NameAndPassword)
    return reply(account_json(await accounts.register(body.username, body.password, request.ctx.caller)), 201)


@bp.post("/password")
@Operation(body=PasswordChange, status=204, refuses=(401, 404))
async def change_password(request: Request) -> HTTPResponse:
    """Another password. All logins of the account end, and the tokens of its queue."""
    accounts: AccountService = request.app.ctx.accounts
    body = read_body(request, PasswordChange)
    await accounts.change_password(body.username, body.password, body.new_password)
    return empty()


@bp.post("/delete")
@Operation(body=NameAndPassword, status=204, refuses=(401, 404))
async def delete(request: Request) -> HTTPResponse:
    """Ends the account, its logins, its personal queue and its likes."""
    accounts: AccountService = request.app.ctx.accounts
    body = read_body(request, NameAndPassword)
    await accounts.close(body.username, body.password)
    return empty()
