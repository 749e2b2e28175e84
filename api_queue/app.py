"""A web worker: the parts that only it has, its routes, and what runs beside its requests."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from typing import Any, Final

import structlog
from sanic import Sanic

from api_queue.accounts import account_blueprint, key_blueprint
from api_queue.accounts import blueprint as accounts_blueprint
from api_queue.accounts.access import TABLE
from api_queue.accounts.jwt import AccessTokenReader, setup_jwt
from api_queue.accounts.redis_store import RedisAnswers
from api_queue.accounts.resolver import Resolver
from api_queue.accounts.signing_keys import signing_keys
from api_queue.drivers import sql
from api_queue.drivers.clock import Clock
from api_queue.drivers.keys import load_or_make
from api_queue.drivers.mqtt_line import BrokerAddress
from api_queue.drivers.redis import end_task
from api_queue.jobs import blueprint as jobs_blueprint
from api_queue.jobs import streams as jobs_streams
from api_queue.karakara import broker_blueprint, clients_blueprint, files_blueprint, room_blueprint
from api_queue.karakara import queue_blueprint as room_queue_blueprint
from api_queue.karakara.broker_lines import BrokerLines
from api_queue.karakara.error_form import ADDRESSES, room_error
from api_queue.karakara.passwords import Passwords
from api_queue.karakara.room_service import RoomService
from api_queue.media import blueprint as media_blueprint
from api_queue.messages import blueprint as messages_blueprint
from api_queue.monitoring import blueprint as monitoring_blueprint
from api_queue.parts import Parts
from api_queue.playback import blueprint as playback_blueprint
from api_queue.playback import device_blueprint, like_blueprint
from api_queue.queues import blueprint as queues_blueprint
from api_queue.queues import (
    enqueue_blueprint,
    export_blueprint,
    history_blueprint,
    join_blueprint,
    lobby_blueprint,
    songbook_blueprint,
    turn_taking_blueprint,
    why_blueprint,
)
from api_queue.settings import Settings
from api_queue.stream import blueprint as stream_blueprint
from api_queue.tracklists import (
    batch_blueprint,
    cue_blueprint,
    cue_file_blueprint,
    import_blueprint,
    retrieval_blueprint,
    row_blueprint,
    search_blueprint,
    site_admin_blueprint,
    sync_blueprint,
    version_blueprint,
)
from api_queue.tracklists import blueprint as tracklists_blueprint
from api_queue.tracks import blueprint as tracks_blueprint
from api_queue.tracks import library_blueprint
from api_queue.web import card, docs, health, pages
from api_queue.web.docs import setup_docs
from api_queue.web.errors import setup_errors
from api_queue.web.file_ranges import FileSender
from api_queue.web.finishing import end_writes
from api_queue.web.guard import Doorkeepers, setup_guard
from api_queue.web.health import Readiness
from api_queue.web.methods import HeadRouter

_log = structlog.get_logger()


class WebParts(Parts):
    """And what only a web worker has."""

    @cached_property
    def readiness(self) -> Readiness:
        return Readiness({"redis": partial(self.redis.call, "PING"), "sql": partial(sql.ping, self.engine)})

    @cached_property
    def resolver(self) -> Resolver:
        access_tokens = AccessTokenReader(signing_keys(self.keys))
        guest_key = load_or_make(self.keys / "guests")
        demo = self.settings.profile == "demo"
        return Resolver(self.tokens, self.logins, self.api_keys, access_tokens, self.clock, guest_key, demo=demo)

    @cached_property
    def doorkeepers(self) -> Doorkeepers:
        answers = RedisAnswers(self.redis)
        return Doorkeepers(self.resolver, self.limiter, answers, self.audit, self.personal_queues)

    @cached_property
    def rooms(self) -> RoomService:
        passwords = Passwords(load_or_make(self.keys / "rooms"), self.settings.karakara_password)
        kept = (self.queues, self.commands, self.tokens, self.audit, self.limiter)
        return RoomService(*kept, passwords, self.resolver.new_guest)

    @cached_property
    def broker_lines(self) -> BrokerLines:
        prefix = self.settings.mqtt_prefix if self.settings.mqtt_url else None
        return BrokerLines(BrokerAddress.from_settings(self.settings), prefix)

    @cached_property
    def files(self) -> FileSender:
        settings = self.settings
        return FileSender(self.clock, settings.media_offload, settings.media_write_timeout_s, settings.data)

    @cached_property
    def client_files(self) -> FileSender:
        """Sent by ourselves: an nginx knows the folders of the music alone."""
        return FileSender(self.clock, "", self.settings.media_write_timeout_s)


#: What handlers find under `app.ctx`.
_ON_CONTEXT: Final = (
    *("settings", "clock", "tokens", "logins", "accounts", "audit"),
    *("queues", "adding", "items", "commands", "guests", "options"),
    *("playback", "devices", "pairing", "tracks", "data_files", "files", "client_files", "media", "previews"),
    *("hub", "discovery"),
    *("readiness", "messages", "jobs", "task_feed", "library_keeper", "analyses", "exports", "nights"),
    *("personal_queues", "joins", "turn_taking", "why", "lobby", "enqueue", "likes", "rooms"),
    *("tracklists", "tracklist_versions", "tracklist_publishing", "tracklist_intake", "cue", "cue_jobs"),
    *("retrieval", "tracklist_search", "site_import", "fetch_orders", "site_upkeep"),
    *("batches", "schedules", "sync", "sync_orders", "room_queue", "track_maps", "attachments", "broker_lines"),
)


def create_app(settings: Settings, clock: Clock | None = None) -> "Sanic[Any, Any]":
    """A web worker. The name is the same in each, since Sanic's manager finds them by it."""
    app: Sanic[Any, Any] = Sanic("api_queue", router=HeadRouter(), configure_logging=False)
    app.config.AUTO_EXTEND = False  # sanic-ext's middleware takes a third of the rate, and adds routes of its own
    app.config.RESPONSE_TIMEOUT = max(60.0, 3 * settings.sse_heartbeat_s)
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 3.0  # listeners of streams are ended at once; the rest is short
    app.config.WEBSOCKET_MAX_SIZE = 64 * 1024  # what a client says is short: at most its subscriptions
    parts = WebParts(settings, clock)
    for name in _ON_CONTEXT:
        setattr(app.ctx, name, getattr(parts, name))
    of_karakara = ADDRESSES if settings.karakara_enabled else ()
    setup_errors(app, dict.fromkeys(of_karakara, room_error))
    setup_jwt(app, signing_keys(parts.keys), settings, parts.clock)
    setup_guard(app, TABLE, parts.doorkeepers, settings)
    _watch(app, parts)
    setup_docs(app, TABLE)
    _add_routes(app)
    if settings.karakara_enabled:
        app.blueprint([clients_blueprint.bp, files_blueprint.bp, broker_blueprint.bp])
        app.blueprint([room_blueprint.bp, room_queue_blueprint.bp])
    _look_after(app, parts)
    return app


def _watch(app: "Sanic[Any, Any]", parts: WebParts) -> None:
    """After the guard, which counts what is asked of this worker."""
    counted = (app.ctx.reception.traffic.figures, app.ctx.load.figures, app.ctx.connections.figures, parts.hub.figures)
    app.ctx.reporter = parts.reporter(*counted)
    app.ctx.monitor = parts.monitor(app.ctx.reporter)
    app.ctx.health = parts.health(app.ctx.monitor)
    app.ctx.stats = parts.stats(app.ctx.monitor)


def _add_routes(app: "Sanic[Any, Any]") -> None:
    app.blueprint(
        [
            pages.bp,
            card.bp,
            docs.bp,
            health.bp,
            monitoring_blueprint.bp,
            accounts_blueprint.bp,
            account_blueprint.bp,
            key_blueprint.bp,
            messages_blueprint.bp,
            jobs_blueprint.bp,
            jobs_streams.bp,
            queues_blueprint.bp,
            join_blueprint.bp,
            turn_taking_blueprint.bp,
            why_blueprint.bp,
            lobby_blueprint.bp,
            enqueue_blueprint.bp,
            export_blueprint.bp,
            history_blueprint.bp,
            songbook_blueprint.bp,
            stream_blueprint.bp,
            tracks_blueprint.bp,
            library_blueprint.bp,
            media_blueprint.bp,
            playback_blueprint.bp,
            device_blueprint.bp,
            like_blueprint.bp,
            tracklists_blueprint.bp,
            import_blueprint.bp,
            row_blueprint.bp,
            version_blueprint.bp,
            cue_blueprint.bp,
            cue_file_blueprint.bp,
            search_blueprint.bp,
            retrieval_blueprint.bp,
            site_admin_blueprint.bp,
            batch_blueprint.bp,
            sync_blueprint.bp,
        ]
    )


def _look_after(app: "Sanic[Any, Any]", parts: WebParts) -> None:
    """What runs in a worker beside its requests, from its start to its end."""
    beside: list[asyncio.Task[None]] = []

    def forget() -> None:
        """Some login has ended; who listens to what is theirs has to show theirs again."""
        parts.resolver.forget()
        parts.hub.end_private()

    @app.after_server_start
    async def begin(_app: "Sanic[Any, Any]") -> None:
        beside.append(asyncio.create_task(_kept_up(parts.hub.run), name="hub"))
        forgetting = partial(parts.revocations.follow, forget)
        beside.append(asyncio.create_task(_kept_up(forgetting), name="revocations"))
        beside.append(asyncio.create_task(_kept_up(app.ctx.reporter.run), name="reporter"))

    @app.after_server_stop
    async def end(_app: "Sanic[Any, Any]") -> None:
        await end_writes(app.config.GRACEFUL_SHUTDOWN_TIMEOUT)
        await asyncio.gather(*map(end_task, beside))
        app.ctx.reception.close()
        await parts.close()


async def _kept_up(work: Callable[[], Awaitable[None]]) -> None:
    """For what must go on as long as the worker does: a fault is written to the log and it begins again."""
    while True:
        try:
            await work()
        except Exception:
            _log.exception("a part of the worker begins again")
        await asyncio.sleep(0.5)
