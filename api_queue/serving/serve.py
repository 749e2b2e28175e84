"""`serve`: from settings to the end of the last process."""

import asyncio
import gc
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from multiprocessing.context import BaseContext
from types import FrameType
from typing import Any

import structlog
from sanic import Sanic
from sanic.worker.loader import AppLoader
from sanic.worker.manager import WorkerManager

from api_queue.accounts.api_key_sources import configured_keys
from api_queue.drivers.embedded_redis import EmbeddedRedis, running_url
from api_queue.drivers.mqtt_broker import EmbeddedBroker
from api_queue.drivers.sql import url_of
from api_queue.errors import StartRefused
from api_queue.logs import configure_logs
from api_queue.migrations import upgrade
from api_queue.serving import welcome
from api_queue.serving.addresses import BACKLOG, authority, is_loopback, listen, name_for_others
from api_queue.serving.data_folder import locked, refuse_unfinished
from api_queue.serving.forking import ENDING
from api_queue.serving.preparing import Prepared, knows_music, prepare, refusing_faults
from api_queue.serving.roles import run_role, web_worker
from api_queue.serving.scanning import show_scan_beside
from api_queue.serving.supervision import Supervision
from api_queue.settings import Settings
from api_queue.web.connection import Connection

_log = structlog.get_logger()


def serve(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Raises StartRefused, with one sentence, when it cannot start."""
    configure_logs(settings.log_level)
    gc.freeze()  # as in roles
    _refuse_unfit(settings)
    _warn_of_open(settings)
    with ExitStack() as parts:
        with _interruptible():
            lock = parts.enter_context(locked(settings.data))
            refuse_unfinished(settings.data)
            listener = parts.enter_context(listen(settings.host, settings.port))
            settings = _with_addresses(settings, listener)
            own_redis = not settings.redis_url
            cut_off = own_redis and running_url(settings.data / "redis") is not None  # whoever wrote it has died
            if own_redis:
                settings = _with_redis(settings, parts, lock)
            broker_url = settings.mqtt_url
            if not broker_url:
                settings, broker_url = _with_broker(settings, parts)
        if settings.mdns == "on":
            parts.enter_context(_announced(settings))
        prepared = _prepare(settings, own_redis=own_redis, cut_off=cut_off)
        show_scan_beside(settings, prepared.scan)
        welcoming = partial(welcome.show, settings, prepared.admin_code, prepared.resumed)
        _run_sanic(settings, broker_url, listener, welcoming)


def _refuse_unfit(settings: Settings) -> None:
    if settings.profile == "demo" and not is_loopback(settings.host):
        raise StartRefused(
            reason="The demo knows tokens that everybody knows: it listens on 127.0.0.1 only, "
            f"not on {settings.host}; set host, or profile to normal."
        )
    configured_keys(settings)
    for root in settings.library_roots:
        if root.exists() and not (root.is_dir() and os.access(root, os.R_OK | os.X_OK)):
            raise StartRefused(reason=f"The music folder {root} cannot be read; look at library_roots, or --music.")


def _warn_of_open(settings: Settings) -> None:
    if settings.karakara_enabled and settings.karakara_password == "name":  # noqa: S105 - the habit
        _log.warning("every guest can be host of a room: its password is its name; see karakara_password")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Within, a signal that ends us raises KeyboardInterrupt; after it, all wait for the watch or for our end."""
    interrupted = False

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        raise KeyboardInterrupt

    for number in ENDING:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    if interrupted:  # in a finalizer, where Python prints an exception and goes on
        raise KeyboardInterrupt


# -- the parts -------------------------------------------------------------------------------------------------


def _with_addresses(settings: Settings, listener: socket.socket) -> Settings:
    """What was left open is decided here, once, for all processes."""
    port = listener.getsockname()[1]
    return replace(
        settings,
        port=port,
        data=settings.data.resolve(),
        public_url=settings.public_url or f"http://{authority(name_for_others(settings.host), port)}",
        sql_url=url_of(settings.sql_url, settings.data),
    )


def _with_redis(settings: Settings, parts: ExitStack, lock: int) -> Settings:
    redis = EmbeddedRedis(settings.data / "redis", settings.redis_appendfsync, held=[lock])
    parts.callback(redis.stop)
    redis.start()
    return replace(settings, redis_url=redis.url)


def _with_broker(settings: Settings, parts: ExitStack) -> tuple[Settings, str]:
    """The ports for all; the address, which holds the publisher's password, for the relay alone."""
    broker = EmbeddedBroker(settings, settings.data)
    parts.callback(broker.stop)
    broker.start()
    return replace(settings, mqtt_port=broker.process.port, mqtt_ws_port=broker.process.ws_port), broker.url


def _announced(settings: Settings) -> AbstractContextManager[None]:
    from api_queue.drivers.mdns import announced  # noqa: PLC0415 - a tenth of a second, for a few

    return announced(settings.public_url, settings.mdns_interfaces)


def _prepare(settings: Settings, *, own_redis: bool, cut_off: bool) -> Prepared:
    """Tables, and what they begin with."""
    with refusing_faults():
        upgrade(settings.sql_url)
        return asyncio.run(prepare(settings, own_redis=own_redis, cut_off=cut_off))


# -- Sanic -----------------------------------------------------------------------------------------------------


class _Manager(Sanic[Any, Any]):
    """Workers and roles are forked (`forking.py`); only the manager's memory of them is a spawned process."""

    START_METHOD_SET = True

    @classmethod
    def _get_context(cls) -> BaseContext:
        return multiprocessing.get_context("forkserver")


def _run_sanic(settings: Settings, broker_url: str, listener: socket.socket, when_ready: Callable[[], None]) -> None:
    os.environ.setdefault("SANIC_IGNORE_PRODUCTION_WARNING", "1")  # production is what this is for
    # This app never answers a request: it has the name of the workers' own, and owns their manager.
    app = _Manager("api_queue", configure_logging=False)
    supervision: Supervision | None = None

    async def main_process_ready(app: "Sanic[Any, Any]") -> None:
        nonlocal supervision
        _add_roles(app.manager, settings, broker_url)
        supervision = Supervision(app.manager, lambda: asyncio.run(knows_music(settings)), when_ready)
        supervision.take_over()

    app.register_listener(main_process_ready, "main_process_ready")
    app.prepare(
        sock=listener,
        protocol=Connection,
        workers=settings.workers,
        backlog=BACKLOG,
        access_log=False,
        motd=False,
    )
    _Manager.serve(primary=app, app_loader=AppLoader(factory=partial(web_worker, settings)))
    if supervision and supervision.failed:
        raise StartRefused(reason="A process could not be started; the log says why.")


def _add_roles(manager: WorkerManager, settings: Settings, broker_url: str) -> None:
    of_role = {"relay": replace(settings, mqtt_url=broker_url), "conductor": settings, "worker": settings}
    for role, its_settings in of_role.items():
        manager.manage(role, run_role, {"role": role, "settings": its_settings}, restartable=True)
