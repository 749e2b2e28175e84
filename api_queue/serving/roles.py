"""What each process of ours runs: a web worker, or one of the roles beside the web."""

import asyncio
import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import uvloop

from api_queue.drivers.process_name import name_process
from api_queue.logs import configure_logs
from api_queue.serving.conducting import run_conductor
from api_queue.serving.preparing import reach, refusing_faults
from api_queue.serving.relaying import run_relay
from api_queue.serving.working import run_worker
from api_queue.settings import Settings

if TYPE_CHECKING:
    from sanic import Sanic

#: Each runs until it is cancelled.
ROLES: Final[Mapping[str, Callable[[Settings], Coroutine[Any, Any, None]]]] = MappingProxyType(
    {"relay": run_relay, "conductor": run_conductor, "worker": run_worker}
)
#: Guests come first: where there are too few cores for all, MQTT and the timers are late before an answer is.
BEHIND: Final = 5


def web_worker(settings: Settings) -> "Sanic[Any, Any]":
    """The factory that Sanic calls in each worker: nothing that was set in the main process is there."""
    from api_queue.app import create_app

    name = multiprocessing.current_process().name  # "Sanic-Server-0-0"
    _begin(f"web-{name.split('-')[2]}", settings)
    return create_app(settings)


def run_role(role: str, settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    _begin(role, settings)
    os.nice(BEHIND)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_told(ROLES[role](settings)))


def run_alone(role: str, settings: Settings) -> None:
    """As `run_role`, beside a server elsewhere. Raises StartRefused when what they share does not answer."""
    with refusing_faults():
        asyncio.run(reach(settings))
    run_role(role, settings)


def _begin(role: str, settings: Settings) -> None:
    name_process(role)
    configure_logs(settings.log_level)
    gc.freeze()  # what was imported stays: no collection looks at it again, which at the end alone takes 0.2 s


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work, name="role")
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task
