"""The composition root: the one place that knows every feature, picks every store and joins them.

Everything connects when it is first used, so building costs nothing and a part that is away stops nobody.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

import structlog
from sanic import Sanic
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.accounts import blueprint as accounts_blueprint
from api_queue.accounts.access import TABLE
from api_queue.accounts.jwt import AccessTokenReader, setup_jwt
from api_queue.accounts.logins import LoginService
from api_queue.accounts.rate_limits import RateLimiter
from api_queue.accounts.redis_store import RedisAnswers, RedisBuckets, RedisRevocations
from api_queue.accounts.resolver import Resolver
from api_queue.accounts.service import AuditService, TokenService
from api_queue.accounts.signing_keys import signing_keys
from api_queue.accounts.store import SqlAudit, SqlLogins, SqlTokens
from api_queue.drivers import sql
from api_queue.drivers.clock import Clock, SystemClock
from api_queue.drivers.keys import load_or_make
from api_queue.drivers.lua import load_all
from api_queue.drivers.mqtt import Publisher
from api_queue.drivers.redis import Redis, connect, end_task
from api_queue.errors import Unavailable
from api_queue.events import Event
from api_queue.media import blueprint as media_blueprint
from api_queue.media.preview import Previews
from api_queue.media.service import MediaService, PreviewService
from api_queue.media.store import RedisMediaStore
from api_queue.playback import blueprint as playback_blueprint
from api_queue.playback.conductor import Conductor
from api_queue.playback.service import PlaybackService
from api_queue.queues import blueprint as queues_blueprint
from api_queue.queues.commands import QueueCommands
from api_queue.queues.guests import GuestService
from api_queue.queues.history import SqlHistory
from api_queue.queues.items import ItemService
from api_queue.queues.service import QueueService
from api_queue.queues.sources import QueueSources
from api_queue.queues.store import RedisQueues
from api_queue.queues.transport import TransportService
from api_queue.settings import Settings
from api_queue.stream import blueprint as stream_blueprint
from api_queue.stream import relay
from api_queue.stream.discovery import Discovery
from api_queue.stream.follower import Follower
from api_queue.stream.hub import Hub
from api_queue.stream.lease import Lease
from api_queue.stream.store import RedisEventLog, RedisRelayStore
from api_queue.tracks import blueprint as tracks_blueprint
from api_queue.tracks.data_files import DataFiles
from api_queue.tracks.data_folder import DataFolder
from api_queue.tracks.library import RedisLibrary
from api_queue.tracks.scan import Progress, Report, Scan
from api_queue.tracks.service import TrackService
from api_queue.tracks.store import SqlStore
from api_queue.tracks.version import LibraryVersion
from api_queue.tracks.walk import music_roots
from api_queue.types import EventId, QueueName
from api_queue.web import docs, health, join_qr, pages
from api_queue.web.docs import setup_docs
from api_queue.web.errors import setup_errors
from api_queue.web.file_ranges import FileSender
from api_queue.web.guard import Doorkeepers, setup_guard
from api_queue.web.health import Readiness
from api_queue.web.methods import HeadRouter
from api_queue.web.rate_limits import RateLimits

#: How long after its death another conductor takes over.
CONDUCTOR_LEASE_MS: Final = 3_000
_log = structlog.get_logger()


class Parts:
    """Clients, stores and services of one process, each made when it is first asked for."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        load_all()
        self.settings = settings
        self.clock = clock or SystemClock()

    # -- drivers -----------------------------------------------------------------------------------------------

    @cached_property
    def redis(self) -> Redis:
        return connect(self.settings.redis_url)

    @cached_property
    def engine(self) -> AsyncEngine:
        return sql.connect(sql.url_of(self.settings.sql_url, self.settings.data))

    @cached_property
    def keys(self) -> Path:
        return self.settings.data / "keys"

    async def close(self) -> None:
        if "redis" in self.__dict__:
            await self.redis.close()
        if "engine" in self.__dict__:
            await self.engine.dispose()

    @cached_property
    def readiness(self) -> Readiness:
        return Readiness({"redis": partial(self.redis.call, "PING"), "sql": partial(sql.ping, self.engine)})

    # -- accounts ----------------------------------------------------------------------------------------------

    @cached_property
    def revocations(self) -> RedisRevocations:
        return RedisRevocations(self.redis)

    @cached_property
    def tokens(self) -> TokenService:
        return TokenService(SqlTokens(self.engine), self.revocations, self.clock)

    @cached_property
    def logins(self) -> LoginService:
        days = self.settings.jwt_refresh_days
        return LoginService(SqlLogins(self.engine), SqlTokens(self.engine), self.revocations, self.clock, days)

    @cached_property
    def audit(self) -> AuditService:
        return AuditService(SqlAudit(self.engine), self.clock)

    @cached_property
    def rate_limits(self) -> RateLimits:
        return RateLimits(self.settings)

    @cached_property
    def limiter(self) -> RateLimiter:
        return RateLimiter(RedisBuckets(self.redis), self.rate_limits, self.clock)

    @cached_property
    def resolver(self) -> Resolver:
        access_tokens = AccessTokenReader(signing_keys(self.keys))
        guest_key = load_or_make(self.keys / "guests")
        demo = self.settings.profile == "demo"
        return Resolver(self.tokens, self.logins, access_tokens, self.clock, guest_key, demo=demo)

    @cached_property
    def doorkeepers(self) -> Doorkeepers:
        return Doorkeepers(self.resolver, self.limiter, RedisAnswers(self.redis), self.audit)

    # -- queues and playback -----------------------------------------------------------------------------------

    @cached_property
    def queue_store(self) -> RedisQueues:
        return RedisQueues(self.redis, self.settings.events_kept)

    @cached_property
    def queues(self) -> QueueService:
        history = SqlHistory(self.engine)
        return QueueService(self.queue_store, history, self.tokens, self.limiter, self.clock, self.settings)

    @cached_property
    def items(self) -> ItemService:
        buckets = partial(self.rate_limits.buckets, "add")
        return ItemService(self.queue_store, self.tracks, self.clock, buckets, self.limiter)

    @cached_property
    def transport(self) -> TransportService:
        return TransportService(self.queue_store, self.clock, round(self.settings.speaker_lease_s * 1000))

    @cached_property
    def commands(self) -> QueueCommands:
        return QueueCommands(self.queues, self.items, self.transport)

    @cached_property
    def guests(self) -> GuestService:
        return GuestService(self.queue_store, self.queues, self.clock)

    @cached_property
    def playback(self) -> PlaybackService:
        return PlaybackService(self.queues, self.transport, self.clock)

    # -- tracks and media --------------------------------------------------------------------------------------

    @cached_property
    def library_roots(self) -> tuple[Path, ...]:
        """The operator's folders; when none of them is there, the music that comes with us."""
        return music_roots(self.settings.library_roots)

    @cached_property
    def library(self) -> RedisLibrary:
        return RedisLibrary(self.redis)

    @cached_property
    def library_version(self) -> LibraryVersion:
        return LibraryVersion(self.library, self.clock)

    @cached_property
    def tracks(self) -> TrackService:
        return TrackService(SqlStore(self.engine), self.library_version, self.queues, self.library_roots)

    @cached_property
    def data_folder(self) -> DataFolder:
        return DataFolder(self.settings.data / "tracks")

    @cached_property
    def data_files(self) -> DataFiles:
        return DataFiles(SqlStore(self.engine), self.data_folder, self.library_version, self.clock)

    @cached_property
    def scan(self) -> Scan:
        processes = self.settings.library_scan_processes
        return Scan(SqlStore(self.engine), self.library, self.data_folder, self.clock, processes)

    @cached_property
    def files(self) -> FileSender:
        return FileSender(self.clock, self.settings.media_offload, self.settings.media_write_timeout_s)

    @cached_property
    def media(self) -> MediaService:
        key, ttl_s = load_or_make(self.keys / "media"), self.settings.media_token_ttl_s
        return MediaService(key, ttl_s, self.tracks, self.playback, RedisMediaStore(self.redis), self.clock)

    @cached_property
    def previews(self) -> PreviewService:
        return PreviewService(self.tracks, self.queues, Previews(self.settings.data / "previews"))

    # -- stream ------------------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> QueueSources:
        return QueueSources(self.queue_store, self.clock)

    @cached_property
    def hub(self) -> Hub:
        log, kept = RedisEventLog(self.redis), self.settings.events_kept
        return Hub(log, self.sources, self.sources, buffer=self.settings.sse_buffer, kept=kept)

    @cached_property
    def discovery(self) -> Discovery:
        return Discovery(self.settings, self.clock)

    @cached_property
    def conductor(self) -> Conductor:
        return Conductor(self.queues, self.transport, self.library, self.clock)

    def lease(self, name: str, ttl_ms: int) -> Lease:
        holder = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        return Lease(self.redis, name, holder, ttl_ms)


#: What handlers find under `app.ctx`.
_ON_CONTEXT: Final = (
    *("settings", "clock", "tokens", "logins", "audit", "queues", "items", "commands", "guests", "playback"),
    *("tracks", "data_files", "files", "media", "previews", "hub", "discovery", "readiness"),
)


def create_app(settings: Settings, clock: Clock | None = None) -> "Sanic[Any, Any]":
    """A web worker. The name is the same in each, since Sanic's manager finds them by it."""
    app: Sanic[Any, Any] = Sanic("api_queue", router=HeadRouter(), configure_logging=False)
    app.config.AUTO_EXTEND = False  # sanic-ext's middleware takes a third of the rate, and adds routes of its own
    app.config.RESPONSE_TIMEOUT = max(60.0, 3 * settings.sse_heartbeat_s)
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 3.0  # listeners of streams are ended at once; the rest is short
    parts = Parts(settings, clock)
    for name in _ON_CONTEXT:
        setattr(app.ctx, name, getattr(parts, name))
    setup_errors(app)
    setup_jwt(app, signing_keys(parts.keys), settings, parts.clock)
    setup_guard(app, TABLE, parts.doorkeepers, settings)
    setup_docs(app, TABLE)
    _add_routes(app)
    _look_after(app, parts)
    return app


def _add_routes(app: "Sanic[Any, Any]") -> None:
    app.blueprint(
        [
            pages.bp,
            join_qr.bp,
            docs.bp,
            health.bp,
            accounts_blueprint.bp,
            queues_blueprint.bp,
            stream_blueprint.bp,
            tracks_blueprint.bp,
            media_blueprint.bp,
            playback_blueprint.bp,
        ]
    )


def _look_after(app: "Sanic[Any, Any]", parts: Parts) -> None:
    """What runs in a worker beside its requests, from its start to its end."""
    beside: list[asyncio.Task[None]] = []

    @app.after_server_start
    async def begin(_app: "Sanic[Any, Any]") -> None:
        beside.append(asyncio.create_task(_kept_up(parts.hub.run), name="hub"))
        forgetting = partial(parts.revocations.follow, parts.resolver.forget)
        beside.append(asyncio.create_task(_kept_up(forgetting), name="revocations"))

    @app.after_server_stop
    async def end(_app: "Sanic[Any, Any]") -> None:
        await asyncio.gather(*map(end_task, beside))
        await parts.close()


async def _kept_up(work: Callable[[], Awaitable[None]]) -> None:
    """For what must go on as long as the worker does: a fault is written to the log and it begins again."""
    while True:
        try:
            await work()
        except Exception:
            _log.exception("a part of the worker begins again")
        await asyncio.sleep(0.5)


# -- processes beside the web ----------------------------------------------------------------------------------


async def run_relay(settings: Settings) -> None:
    parts = Parts(settings)
    status = f"{settings.mqtt_prefix}/status"
    try:
        await relay.run(
            relay.RelayParts(
                lease=parts.lease("relay", relay.LEASE_MS),
                log=RedisEventLog(parts.redis),
                store=RedisRelayStore(parts.redis),
                source=parts.sources,
                library=parts.library,
                connect=lambda on_connect: Publisher(settings.mqtt_url, status, on_connect=on_connect),
                clock=parts.clock,
                settings=settings,
            )
        )
    finally:
        await parts.close()


async def run_conductor(settings: Settings) -> None:
    parts = Parts(settings)
    lease = parts.lease("conductor", CONDUCTOR_LEASE_MS)
    try:
        while not await lease.lead(partial(_conduct, parts)):
            _log.warning("the conductor's lease was lost")
    finally:
        await parts.close()


async def _conduct(parts: Parts) -> None:
    """Follows all queues from now on; what was due before is found by its own first look."""

    async def heard(queue: QueueName, _events: list[Event]) -> None:
        await parts.conductor.heard(queue)

    follower = Follower(RedisEventLog(parts.redis), heard, all_queues=_FromNow(parts.sources))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(follower.run(), name="conductor-follower")
        tasks.create_task(parts.conductor.run(), name="conductor")


class _FromNow:
    """`stream.models.AllQueues`: a queue is read from its last event on."""

    def __init__(self, sources: QueueSources) -> None:
        self._sources = sources

    async def names(self) -> list[QueueName]:
        return await self._sources.names()

    async def begin(self, queue: QueueName) -> EventId:
        return await self._sources.last_event(queue)


async def run_scan(settings: Settings, on_progress: Progress) -> Report:
    parts = Parts(settings)
    try:
        return await parts.scan.run(parts.library_roots, on_progress)
    finally:
        await parts.close()


async def knows_music(settings: Settings) -> bool:
    """Whether the first tracks of the library can be queued."""
    parts = Parts(settings)
    try:
        return await parts.library.announced() is not None
    except Unavailable:
        return False
    finally:
        await parts.close()


async def prepare(settings: Settings) -> str | None:
    """Before the workers start: the queue to begin with, and the demo's tokens. The admin's one-time code, if due."""
    parts = Parts(settings)
    try:
        if settings.profile == "demo":
            await parts.tokens.add_demo_admin()
        else:
            await parts.tokens.refuse_demo_admin()
        if settings.queues_start and not await parts.queues.queues():
            await parts.queues.ensure(QueueName(settings.queues_start), settings.queues_start.capitalize())
        return None if settings.profile == "demo" or await parts.tokens.has_admin() else await parts.tokens.new_code()
    finally:
        await parts.close()
