"""The door: every request passes it before its handler, and every answer on the way out.

In order: where from, which rule, too much at once, another site's page, who, may they, too often, sent before. It runs
for each request, so it takes no SQL and, for an add, no round trip.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog
from sanic import HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse
from sanic_routing.route import Route

from api_queue.drivers.disk import Disk
from api_queue.errors import (
    BadCredential,
    MissingApiKey,
    MissingCredential,
    MissingRight,
    Unauthorized,
    UndeclaredRoute,
    WeakSessionId,
)
from api_queue.settings import Settings
from api_queue.types import QueueName, Role
from api_queue.web.access_rules import AccessTable, Rule, rules_of
from api_queue.web.answers import AnswerStore
from api_queue.web.client_address import client_address, is_secure, networks
from api_queue.web.connection import setup_connections
from api_queue.web.credentials import add_session_cookie, drop_session_cookie, presented, presented_by_program
from api_queue.web.cross_site import CrossSiteCheck
from api_queue.web.finishing import finish_writes
from api_queue.web.headers import Cors, harden
from api_queue.web.idempotency import Idempotency
from api_queue.web.identity import Caller, IdentityResolver, Presented
from api_queue.web.load import Load, runs_the_party
from api_queue.web.methods import methods_of
from api_queue.web.operation import Operation
from api_queue.web.private_queues import PersonalQueues, PrivateQueues, names_private
from api_queue.web.programs import METRICS, TRACKLIST_ORDERS
from api_queue.web.rate_limits import Limiter
from api_queue.web.reception import Reception
from api_queue.web.singers import drop_kksid, singer

#: Larger bodies are refused while they arrive.
BODY_LIMIT_BYTES: Final = 64 * 1024
#: Where an API key is looked at.
_OF_PROGRAMS: Final = frozenset({"key", "author", "watcher"})
#: JSON that keeps to ASCII, as many clients send it, writes a character in up to three times its bytes.
_ASCII_JSON: Final = 3
_log = structlog.get_logger()


class Auditor(Protocol):
    async def write(self, token_id: str, action: str, queue: QueueName | None = None) -> None: ...


@dataclass(frozen=True)
class Doorkeepers:
    """What the guard needs of accounts and queues."""

    resolver: IdentityResolver
    limiter: Limiter
    answers: AnswerStore
    auditor: Auditor
    personal: PersonalQueues


def setup_guard(app: Sanic[Any, Any], table: AccessTable, keepers: Doorkeepers, settings: Settings) -> None:
    """Nothing is served before each route has its rule."""
    setup_connections(app, settings)
    guard = Guard(keepers, settings, app.ctx.load)
    app.ctx.reception = guard.reception
    app.config.REQUEST_MAX_SIZE = BODY_LIMIT_BYTES
    app.register_middleware(guard.on_request, "request")
    app.register_middleware(guard.on_response, "response")

    @app.before_server_start
    async def take_rules(app: Sanic[Any, Any]) -> None:
        guard.rules = rules_of(app, table)
        finish_writes(app, guard.rules)


class Guard:
    def __init__(self, keepers: Doorkeepers, settings: Settings, load: Load) -> None:
        self.rules: dict[tuple[str, str], Rule] = {}
        self._load = load
        self.reception = Reception(settings)
        self._disk = Disk(settings.data, settings.disk_kept_free_mb << 20)
        self._keepers = keepers
        self._proxies = networks(settings.trusted_proxies)
        self._cross_site = CrossSiteCheck(settings.public_url, settings.cors_origins)
        self._cors = Cors(settings.cors_origins)
        self._idempotency = Idempotency(keepers.answers)
        self._private = PrivateQueues(keepers.personal)
        self._large_bytes = BODY_LIMIT_BYTES + _ASCII_JSON * settings.messages_max_bytes

    async def on_request(self, request: Request) -> HTTPResponse | None:
        self.reception.begin(request)
        request.ctx.secure = is_secure(request, self._proxies)
        if request.method == "OPTIONS":
            methods = methods_of(request)
            return self._cors.preflight(request, methods) if methods else None
        if request.route is None:  # the answer is 404 or 405 already
            return None
        return await self._pass(request, request.route)

    async def _pass(self, request: Request, route: Route) -> HTTPResponse | None:
        rule = self.rules.get((request.method, route.path))
        if rule is None:
            raise UndeclaredRoute
        request.ctx.rule = rule
        self._load.enter(request, rule, route)
        if rule.same_site:
            self._cross_site.refuse(request)
        private = rule.access != "singer" and names_private(request)  # no room has such a name
        caller = request.ctx.caller = await self._caller(request, rule, private=private)
        if private:
            await self._private.admit(request, caller)
        _authorise(request, rule, caller)
        if rule.writes and not runs_the_party(rule):
            self._disk.demand_room()
        await self._read_what_is_left(request, rule, route)
        if rule.queue_in_body:
            await self._private.admit_by_body(request, caller)
        if rule.limit is not None:
            await self._keepers.limiter.check(rule.limit, caller, _queue_of(request))
        if rule.writes and rule.access != "public":  # a login has no caller yet whose answer could be kept
            return await self._idempotency.begin(request, caller)
        return None

    async def _read_what_is_left(self, request: Request, rule: Rule, route: Route) -> None:
        """Of the body, once it is known who sends it. Where a route says `stream=True` it may be large.

        Sanic reads none for GET and DELETE, and would log an error for each: many clients send an empty one.
        """
        stream = request.stream
        if stream is None or not stream.request_body:
            return
        if hasattr(route.handler, "is_stream"):
            stream.request_max_size = Operation.of(route.handler).most_bytes or self._large_bytes
            with self._load.arriving(request):
                await request.receive_body()  # type: ignore[no-untyped-call]  # Sanic says no more
            self._load.enter(request, rule, route)
        else:
            await request.receive_body()  # type: ignore[no-untyped-call]

    async def _caller(self, request: Request, rule: Rule, *, private: bool) -> Caller:
        address = self._address(request)
        if rule.access == "public" and not private:
            return Caller(None, address)
        if rule.access == "singer":
            return await self._singer(request, rule, address)
        of_programs = rule.access in _OF_PROGRAMS
        who = presented_by_program(request, address) if of_programs else presented(request, address)
        try:
            caller = await self._keepers.resolver.resolve(who)
        except Unauthorized as error:
            return await self._refused(request, rule, who, error)
        if rule.access == "guest" and caller.guest_id is None and not private:
            return self._keepers.resolver.new_guest(address)
        return caller

    async def _singer(self, request: Request, rule: Rule, address: str) -> Caller:
        """Only a program that brings a login of its own can be refused."""
        try:
            found = request.ctx.singer = await singer(self._keepers.resolver, request, address)
        except Unauthorized as error:
            return await self._refused(request, rule, Presented(None, "", address), error)
        return found.caller

    def _address(self, request: Request) -> str:
        if not self._proxies:
            return request.ip
        forwarded = ",".join(request.headers.getall("x-forwarded-for", []))
        return client_address(request.ip, forwarded, self._proxies)

    async def _refused(self, request: Request, rule: Rule, who: Presented, error: Unauthorized) -> Caller:
        """Guessing counts as logging in. A browser still gets pages and images, and drops a cookie that is no good."""
        nobody = Caller(None, who.address)
        no_other = who.bearer is None and who.api_key is None
        request.ctx.bad_session = no_other or isinstance(error, WeakSessionId)
        if isinstance(error, BadCredential):
            await self._keepers.limiter.check("login", nobody)
        accepted = request.headers.get("accept", "")
        if rule.access == "open" and ("text/html" in accepted or accepted.startswith("image/")):
            return nobody
        raise error

    async def on_response(self, request: Request, response: BaseHTTPResponse) -> None:
        self._load.leave(request)
        self.reception.end(request, response)
        harden(response)
        self._cors.permit(request, response)
        _set_session(request, response)
        rule: Rule | None = getattr(request.ctx, "rule", None)
        if rule is None:
            return
        if rule.access != "public":  # what is said depends on who asks, unless the handler knows better
            response.headers.setdefault("Cache-Control", "no-store")
        if rule.writes and hasattr(request.ctx, "caller"):
            await self._after_write(request, response, rule, request.ctx.caller)

    async def _after_write(self, request: Request, response: BaseHTTPResponse, rule: Rule, caller: Caller) -> None:
        if hasattr(request.ctx, "idempotency"):
            await self._idempotency.finish(request, response)
        if rule.audited and response.status < 400:
            await self._audit(request, caller)

    async def _audit(self, request: Request, caller: Caller) -> None:
        who = caller.grants[0].token_id if caller.grants else ""
        try:
            await self._keepers.auditor.write(who, f"{request.method} {request.path}", _queue_of(request))
        except Exception:
            _log.exception("an audit line was lost")  # the change stands already


def _set_session(request: Request, response: BaseHTTPResponse) -> None:
    context = request.ctx
    caller: Caller | None = getattr(context, "caller", None)
    if caller is not None and caller.new_session_id:
        add_session_cookie(response, caller.new_session_id, secure=context.secure)
    if getattr(context, "bad_session", False):
        drop = drop_kksid if hasattr(context, "singer") else drop_session_cookie
        drop(response, secure=context.secure)


def _authorise(request: Request, rule: Rule, caller: Caller) -> None:
    """Raises MissingCredential, MissingApiKey for who presented nothing, MissingRight and MissingQueueRight for who is
    known and may not.
    """
    role = _role(request, rule, caller)
    if role in rule.may:
        if rule.access == "author" and role == "program":
            caller.program.demand(TRACKLIST_ORDERS, "write")
        if rule.access == "watcher":
            caller.program.demand(METRICS, "read")
        return
    if rule.access == "key" and not caller.signed_in:  # a guest's session is not what is missing
        raise MissingApiKey
    if caller.guest_id is None:
        raise MissingCredential
    raise MissingRight(needs=rule.needs)


def _role(request: Request, rule: Rule, caller: Caller) -> Role:
    if rule.queue_in_body or rule.access == "author":
        return caller.highest_role
    return caller.role_on(_queue_of(request))


def _queue_of(request: Request) -> QueueName | None:
    name = request.match_info.get("name")
    return QueueName(name) if name else None
