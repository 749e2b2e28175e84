"""JWT by sanic-jwt 1.8.0, with what is broken or unsafe in it mended here and nowhere else.

1. its cookies use a call that Sanic dropped           `Answers` sets them
2. its Unauthorized loses the status 403               replaced, `_Unauthorized`
3. its list of claims grows with each token            `Auth.add_claims` leaves it alone
4. a token without `exp` is good for ever              `AccessTokenReader` requires it
5. it passes `verify=`, which PyJWT has dropped        `Auth._decode` goes to the reader
6. /refresh without a JSON body is a 500               `Auth.authenticate` reads cookie or body
7. default secret, 180 s leeway, refresh tokens kept   keys of our own, 5 s, kept as SHA-256 and compared in
   in clear and compared with `!=`                     constant time (`logins.py`)
8. its decorators copy handlers' arguments deeply      shallow, `dict`

Who may call what is the guard's business; `@protected` stands on no route of ours.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any, Final

import jwt
import sanic_jwt
from sanic import HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse
from sanic_jwt import decorators, endpoints, exceptions

from api_queue.accounts.account_service import AccountService
from api_queue.accounts.account_wire import member_json
from api_queue.accounts.logins import LoginService
from api_queue.accounts.models import Claims, LoginToken, SignedIn, moment
from api_queue.accounts.service import AuditService, TokenService
from api_queue.accounts.wire import Credentials, Departure, Renewal, caller_json, user_of
from api_queue.drivers.clock import Clock
from api_queue.errors import BadBody, BadCredential, BadGrantType, LoginExpired, MissingCredential
from api_queue.settings import Settings
from api_queue.web.bodies import read_body
from api_queue.web.credentials import REFRESH, add_credential_cookies, drop_credential_cookies, presented
from api_queue.web.errors import problem
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.pages import page, wants_html
from api_queue.web.replies import empty, reply

ALGORITHM: Final = "HS256"
#: Seconds that the clocks of two machines of ours may differ.
_LEEWAY_S: Final = 5


class AccessTokenReader:
    """models.AccessTokens: what was signed by one of the keys, names its end, and has not reached it."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self._keys = keys

    def read(self, value: str) -> Claims:
        try:
            payload = self.decode(value)
        except jwt.ExpiredSignatureError:
            raise LoginExpired from None
        except jwt.InvalidTokenError:
            raise BadCredential from None
        return Claims(payload["sub"], payload["login"], (payload["exp"] + _LEEWAY_S) * 1000)

    def decode(self, value: str) -> dict[str, Any]:
        if not value.isascii():  # the library would fail over it
            raise jwt.DecodeError
        for key in self._keys[:-1]:
            try:
                return _decode(value, key)
            except jwt.InvalidSignatureError:
                continue
        return _decode(value, self._keys[-1])


def _decode(value: str, key: bytes) -> dict[str, Any]:
    # `iat` is told and not judged: where the clock was set back, it lies ahead.
    options: jwt.types.Options = {"require": ["exp", "sub", "login"], "verify_iat": False}
    return jwt.decode(value, key, algorithms=[ALGORITHM], options=options, leeway=_LEEWAY_S)


class Auth(sanic_jwt.Authentication):  # type: ignore[misc]  # the library has no types
    """sanic-jwt's hooks. Its own checks of a request are not used: the guard has resolved the caller."""

    reader: AccessTokenReader
    signing_key: bytes
    access_ttl_s: int
    clock: Clock

    async def authenticate(self, request: Request, *, renew: bool = False) -> dict[str, Any]:
        return user_of(await (_renewed(request) if renew else _logged_in(request)))

    async def add_claims(self, payload: dict[str, Any], _user: object, *_: object) -> dict[str, Any]:
        now_s = self.clock.now_ms() // 1000
        return {**payload, "iat": now_s, "exp": now_s + self.access_ttl_s}

    async def extend_payload(self, payload: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
        return {**payload, "role": user["role"], "queue": user["queue"], "login": user["login"]}

    async def generate_refresh_token(self, _request: Request, user: dict[str, Any]) -> str:
        return str(user["refresh"])

    async def retrieve_user(self, request: Request, _payload: object) -> dict[str, object]:
        caller: Caller = request.ctx.caller
        accounts: AccountService = request.app.ctx.accounts
        own = next((grant.token_id for grant in caller.grants if grant.personal_queue), None)
        account = await accounts.account_of(own) if own else None
        return caller_json(caller) | member_json(caller, account)

    async def _get_secret(self, *_: object, **__: object) -> bytes:
        return self.signing_key

    async def _decode(self, token: str, *_: object, **__: object) -> dict[str, Any]:
        try:
            payload = self.reader.decode(token)
        except jwt.ExpiredSignatureError:
            raise
        except jwt.InvalidTokenError as error:
            raise jwt.DecodeError(str(error)) from None  # the one kind that the library always catches
        if not await self._is_live(payload):
            raise exceptions.InvalidVerificationError
        return payload

    async def _is_live(self, payload: dict[str, Any]) -> bool:
        context = self.app.ctx
        login = await context.logins.live(payload["login"])
        token = await context.tokens.by_id(payload["sub"]) if login else None
        return token is not None and token.is_live(self.clock.now_ms())

    def _get_token(self, request: Request, refresh_token: bool = False) -> str:  # noqa: ARG002 - its signature
        token = presented(request, request.ip).bearer
        if token is None:
            raise exceptions.MissingAuthorizationHeader
        return token


async def _logged_in(request: Request) -> SignedIn:
    logins: LoginService = request.app.ctx.logins
    audit: AuditService = request.app.ctx.audit
    body = read_body(request, Credentials)
    token = await _token_for(request, body)
    await audit.write(token.token_id, "login", token.queue)
    return await logins.start(token)


async def _token_for(request: Request, body: Credentials) -> LoginToken:
    tokens: TokenService = request.app.ctx.tokens
    accounts: AccountService = request.app.ctx.accounts
    _check_grant(body.grant_type, "password")
    match body:
        case Credentials(token=str(token), code=None, username=None):
            return await tokens.use(token)
        case Credentials(token=None, code=str(code), username=None):
            return await tokens.redeem(code)
        case Credentials(token=None, code=None, username=str(username), password=str(password)):
            return await accounts.log_in(username, password)
    raise BadBody(reason="it needs a token, or a code, or a username with its password.")


def _check_grant(grant_type: str | None, expected: str) -> None:
    if grant_type not in {None, expected}:
        raise BadGrantType(expected=expected)


async def _renewed(request: Request) -> SignedIn:
    logins: LoginService = request.app.ctx.logins
    refresh = _refresh_token(request)
    if refresh is None:
        raise MissingCredential
    return await logins.renew(refresh)


def _refresh_token(request: Request) -> str | None:
    body = read_body(request, Renewal)
    _check_grant(body.grant_type, "refresh_token")
    value = body.refresh_token or request.cookies.get(REFRESH)
    return value if value and value.isascii() else None  # ours are, and a header may be any bytes


class Answers(sanic_jwt.Responses):  # type: ignore[misc]  # the library has no types
    @staticmethod
    def get_token_response(
        request: Request, access_token: str, output: dict[str, Any], *, refresh_token: str, **_: object
    ) -> BaseHTTPResponse:
        settings: Settings = request.app.ctx.settings
        response = reply(output, 200, {"Cache-Control": "no-store"})
        max_age_s = settings.jwt_refresh_days * 86_400
        add_credential_cookies(response, access_token, refresh_token, max_age_s=max_age_s, secure=request.ctx.secure)
        return response

    @staticmethod
    def extend_authenticate(
        request: Request, user: dict[str, Any], *, access_token: str, **_: object
    ) -> dict[str, Any]:
        reader: AccessTokenReader = request.app.ctx.auth.reader
        expires_at = moment(reader.decode(access_token)["exp"] * 1000).isoformat()
        return {"role": user["role"], "queue": user["queue"], "token_type": "bearer", "expires_at": expires_at}

    @staticmethod
    def exception_response(_request: Request, error: Any) -> BaseHTTPResponse:
        code = "missing_right" if error.status_code == 403 else "bad_credential"
        return problem(error.status_code, code, str(error), {})


@Operation(body=Credentials, refuses=(400, 401))
class Login(endpoints.AuthenticateEndpoint):  # type: ignore[misc]  # the library has no types
    """Swaps a login token, a one-time code or a name and password for an access and a refresh token.

    Browsers get them as cookies too.
    """


@Operation(media_type="application/json, application/problem+json", also=(401,))
class Verify(endpoints.VerifyEndpoint):  # type: ignore[misc]  # the library has no types
    """Whether an access token is good."""


@Operation(body=Renewal, refuses=(400, 401))
class Refresh(endpoints.AuthenticateEndpoint):  # type: ignore[misc]  # the library has no types
    """Logs in with the refresh token, which is swapped for the next one."""

    async def do_incoming(self, request: Request, args: Any, kwargs: Any) -> tuple[Request, Any, dict[str, Any]]:
        return request, args, {**kwargs, "renew": True}


class Me(endpoints.RetrieveUserEndpoint):  # type: ignore[misc]  # the library has no types
    """Who the caller is, and what they may do where."""

    async def do_output(self, output: dict[str, Any]) -> Any:
        return output["me"]


class MyPage(Me):
    """Who the caller is, and what they may do where. Browsers get the page of members."""

    async def get(self, request: Request, *args: Any, **kwargs: Any) -> BaseHTTPResponse:
        if wants_html(request):
            return page("me")
        answer: BaseHTTPResponse = await super().get(request, *args, **kwargs)
        answer.headers["Vary"] = "Accept"
        return answer


@Operation(body=Departure, status=204, refuses=(400,))
class Logout(endpoints.BaseEndpoint):  # type: ignore[misc]  # the library has no types
    """Ends the login of the refresh token, else of the access token. A browser's cookies go in any case."""

    async def post(self, request: Request) -> BaseHTTPResponse:
        logins: LoginService = request.app.ctx.logins
        end = logins.end_everywhere if read_body(request, Departure).everywhere else logins.end
        login_id = await logins.login_of(_refresh_token(request) or "") or self._login_of_bearer(request)
        if login_id:
            await end(login_id)
        response = self._answer()
        drop_credential_cookies(response, secure=request.ctx.secure)
        return response

    def _answer(self) -> HTTPResponse:
        return empty()

    def _login_of_bearer(self, request: Request) -> str | None:
        auth: Auth = self.instance.ctx.auth
        bearer = presented(request, request.ip).bearer
        try:
            return auth.reader.read(bearer).login_id if bearer else None
        except (BadCredential, LoginExpired):
            return None


@Operation(body=Departure, refuses=(400,))
class Revoke(Logout):
    """As POST /auth/logout, for programs that want to hear of it."""

    def _answer(self) -> HTTPResponse:
        return reply({"status": "revoked"})


#: Below /auth.
_VIEWS: Final = (("/", Login), ("/me", Me), ("/verify", Verify), ("/refresh", Refresh), ("/logout", Logout))
#: Where other programs of the kind have it.
_ALIASES: Final = (("/token", Login), ("/me", MyPage), ("/refresh-token", Refresh), ("/revoke-token", Revoke))


class _Unauthorized(exceptions.SanicJWTException):  # type: ignore[misc]  # the library has no types
    status_code = 401


def setup_jwt(app: Sanic[Any, Any], keys: tuple[bytes, ...], settings: Settings, clock: Clock) -> None:
    """/auth and what is below it; `app.ctx` holds tokens, logins, accounts, audit, settings."""
    exceptions.Unauthorized = _Unauthorized
    decorators.deepcopy = dict
    _in_a_loop(partial(_initialize, app, keys[0]))
    auth: Auth = app.ctx.auth
    auth.reader, auth.signing_key, auth.clock = AccessTokenReader(keys), keys[0], clock
    auth.access_ttl_s = settings.jwt_access_minutes * 60


def _initialize(app: Sanic[Any, Any], key: bytes) -> None:
    library = sanic_jwt.Initialize(
        app,
        authentication_class=Auth,
        responses_class=Answers,
        auth_mode=False,  # the library adds none of its routes by itself
        refresh_token_enabled=True,
        class_views=[*_VIEWS],
        url_prefix="/auth",
        user_id="sub",
        algorithm=ALGORITHM,
        secret=key.hex(),  # only so that its public default stands nowhere; `_get_secret` gives the key
        leeway=_LEEWAY_S,
    )
    for alias, view in _ALIASES:
        handler = view.as_view(library.responses, config=library.config, instance=app)
        app.add_route(handler, alias, name=f"jwt_{alias[1:]}")


def _in_a_loop(step: Callable[[], None]) -> None:
    """The library asks for the event loop while it is set up: without one it leaves one open, and on 3.14 it fails."""

    async def take() -> None:
        step()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        with closing(asyncio.new_event_loop()) as loop:
            loop.run_until_complete(take())
    else:
        step()
