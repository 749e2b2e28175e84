"""All of accounts and the guard, put together as the app does, over routes that only say who called."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sanic import HTTPResponse, Request, Sanic
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.accounts import account_blueprint, blueprint, key_blueprint
from api_queue.accounts.access import TABLE
from api_queue.accounts.account_service import AccountService
from api_queue.accounts.account_store import SqlAccounts
from api_queue.accounts.api_key_service import ApiKeyService
from api_queue.accounts.api_key_store import SqlApiKeys
from api_queue.accounts.jwt import AccessTokenReader, setup_jwt
from api_queue.accounts.logins import LoginService
from api_queue.accounts.rate_limits import RateLimiter
from api_queue.accounts.redis_store import RedisAnswers, RedisBuckets, RedisRevocations
from api_queue.accounts.resolver import Resolver
from api_queue.accounts.service import AuditService, TokenService
from api_queue.accounts.signing_keys import signing_keys
from api_queue.accounts.store import SqlAudit, SqlLogins, SqlTokens
from api_queue.accounts.wire import caller_json
from api_queue.drivers.clock import SystemClock
from api_queue.drivers.keys import load_or_make
from api_queue.drivers.redis import Redis
from api_queue.settings import Settings
from api_queue.types import GuestId, QueueName
from api_queue.web.errors import setup_errors
from api_queue.web.guard import Doorkeepers, setup_guard
from api_queue.web.identity import Caller
from api_queue.web.programs import Program
from api_queue.web.rate_limits import RateLimits
from api_queue.web.replies import reply
from tests.serving import NO_TLS, serving

PARTY = QueueName("party")
OTHER = QueueName("other")
GUEST = "a-phone-in-the-room"


@dataclass
class SetClock:
    """The system's time, moved by hand."""

    ahead_ms: int = 0

    def now_ms(self) -> int:
        return SystemClock().now_ms() + self.ahead_ms


@dataclass
class House:
    redis: Redis
    engine: AsyncEngine
    folder: Path
    settings: Settings = field(default_factory=Settings)
    clock: SetClock = field(default_factory=SetClock)
    configured: dict[str, Program] = field(default_factory=dict)
    added: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = signing_keys(self.folder / "keys")
        self.revocations = RedisRevocations(self.redis)
        store = SqlTokens(self.engine)
        self.tokens = TokenService(store, self.revocations, self.clock)
        self.api_keys = ApiKeyService(SqlApiKeys(self.engine), self.configured, self.revocations, self.clock)
        self.audit = AuditService(SqlAudit(self.engine), self.clock)
        self.logins = LoginService(
            SqlLogins(self.engine), store, self.revocations, self.clock, self.settings.jwt_refresh_days
        )
        self.deleted: list[QueueName] = []

    def limiter(self) -> RateLimiter:
        return RateLimiter(RedisBuckets(self.redis), RateLimits(self.settings), self.clock)

    def accounts(self) -> AccountService:
        store, signup = SqlAccounts(self.engine), self.settings.accounts_signup == "on"
        arguments = (store, self.tokens, self.logins, self, self, self.limiter(), self.clock)
        return AccountService(*arguments, open_to_all=signup)

    def resolver(self) -> Resolver:
        """One for each worker."""
        return Resolver(
            self.tokens,
            self.logins,
            self.api_keys,
            AccessTokenReader(self.keys),
            self.clock,
            load_or_make(self.folder / "keys" / "guests"),
            demo=self.settings.profile == "demo",
        )

    def app(self, name: str = "house") -> "Sanic[Any, Any]":
        app: Sanic[Any, Any] = Sanic(name, configure_logging=False)
        app.ctx.accounts = self.accounts()
        app.ctx.settings, app.ctx.tokens, app.ctx.logins, app.ctx.audit = (
            self.settings,
            self.tokens,
            self.logins,
            self.audit,
        )
        setup_errors(app)
        setup_jwt(app, self.keys, self.settings, self.clock)
        app.blueprint([blueprint.bp, account_blueprint.bp, key_blueprint.bp])
        self._add_routes(app)
        resolver = self.resolver()
        keepers = Doorkeepers(resolver, self.limiter(), RedisAnswers(self.redis), self.audit, self)
        setup_guard(app, TABLE, keepers, self.settings)
        self._follow_revocations(app, resolver)
        return app

    def _follow_revocations(self, app: "Sanic[Any, Any]", resolver: Resolver) -> None:
        @app.after_server_start
        async def follow(app: "Sanic[Any, Any]") -> None:
            following = RedisRevocations(self.redis).follow(resolver.forget)
            app.ctx.following = asyncio.create_task(following, name="revocations")

        @app.before_server_stop
        async def unfollow(app: "Sanic[Any, Any]") -> None:
            app.ctx.following.cancel()
            await asyncio.wait([app.ctx.following])

    def _add_routes(self, app: "Sanic[Any, Any]") -> None:
        async def who(request: Request, **_: str) -> HTTPResponse:
            caller: Caller = request.ctx.caller
            return reply({**caller_json(caller), "address": caller.address})

        async def add(request: Request, **_: str) -> HTTPResponse:
            self.added.append(request.json)
            return reply({"number": len(self.added), "host_token": f"aq_{'a' * 32}"}, 201)

        app.add_route(who, "/health", name="health")
        app.add_route(who, "/queue/", methods=["GET"], name="queues")
        app.add_route(who, "/queue/<name:str>/", methods=["GET", "DELETE"], name="queue")
        app.add_route(add, "/queue/<name:str>/items", methods=["POST"], name="add")
        app.add_route(who, "/queue/<name:str>/items/<item_id:str>", methods=["PUT", "DELETE"], name="item")
        app.add_route(who, "/queue/<name:str>/", methods=["PUT"], name="move")
        app.add_route(who, "/queue/<name:str>/command/<command:str>", methods=["GET", "POST"], name="command")
        app.add_route(who, "/queue/<name:str>/settings", methods=["PUT"], name="settings")
        app.add_route(add, "/api/v1/queues/<queue:str>/messages", methods=["POST"], name="send")
        app.add_route(who, "/sessions/<name:str>/ended", methods=["POST"], name="ended")
        app.add_route(who, "/devices/heartbeat", methods=["PATCH"], name="heartbeat")
        app.add_route(who, "/media/token", methods=["POST"], name="mint")

    async def ensure(self, name: QueueName) -> None:
        """No queue stands behind these routes."""

    async def delete(self, name: QueueName) -> None:
        self.deleted.append(name)

    async def forget(self, guest_id: GuestId) -> None:
        """Nobody likes anything here."""

    async def of(self, caller: Caller) -> QueueName:
        assert caller.personal_queue
        return caller.personal_queue

    @asynccontextmanager
    async def open(self, name: str = "house") -> AsyncIterator[httpx.AsyncClient]:
        async with serving(self.app(name)) as url, httpx.AsyncClient(base_url=url, verify=NO_TLS) as client:
            yield client

    async def token(self, role: Any, queue: QueueName | None = None, **options: Any) -> str:
        _, value = await self.tokens.create(role, queue, **options)
        return value

    async def log_in(self, client: httpx.AsyncClient, token: str) -> dict[str, str]:
        """Without its cookies staying in the client."""
        answer = await client.post("/auth", json={"token": token})
        client.cookies.clear()
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def session(value: str) -> dict[str, str]:
    return {"Cookie": f"session_id={value}"}
