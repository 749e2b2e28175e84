"""The program: finds its server, is let in, and plays until a signal ends it."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from api_queue.clients.speaker.api import Api
from api_queue.clients.speaker.backoff import Backoff
from api_queue.clients.speaker.clock import ServerClock
from api_queue.clients.speaker.joining import Joining
from api_queue.clients.speaker.mpv import MpvGone
from api_queue.clients.speaker.network import found_server
from api_queue.clients.speaker.options import Options
from api_queue.clients.speaker.speaker import Speaker
from api_queue.clients.speaker.state_file import StateFile
from api_queue.clients.speaker.status import say
from api_queue.errors import StartRefused


def run(options: Options) -> None:
    """Until a signal. Raises StartRefused."""
    state = StateFile(options.state)
    try:
        asyncio.run(_until_stopped(options, state))
    except* StartRefused as refusals:
        raise refusals.exceptions[0] from None
    finally:
        state.close()


async def _until_stopped(options: Options, state: StateFile) -> None:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await _join_and_play(options, state)


async def _join_and_play(options: Options, state: StateFile) -> None:
    clock = ServerClock()
    server = options.server or await found_server(options.interface)
    api = Api(server, clock)
    try:
        known = await Joining(api, server, state).device(options.name, options.queue, options.token)
        with TemporaryDirectory(prefix="api_queue-speaker-") as files:
            await play(partial(Speaker, api, clock, known, Path(files), options.show), options)
    finally:
        await api.close()


async def play(speaker: Callable[[int | None], Speaker], options: Options) -> None:
    """Until it is cancelled. An mpv that was killed is followed by another, with its seat and the tracks fetched."""
    backoff = Backoff()
    generation: int | None = None
    while True:
        current = speaker(generation)
        try:
            await current.run(options.output, options.mpv_socket)
        except* MpvGone:
            say("mpv has ended; starting another.")
        generation = current.generation
        await asyncio.sleep(backoff.next_s())
