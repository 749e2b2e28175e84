"""The command: nights, one after the other in the same place, then the report."""

import asyncio
import json
import signal
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import httpx
from rich.console import Console
from rich.progress import Progress

from api_queue.clients.simulate.night import Night, a_night
from api_queue.clients.simulate.options import Options
from api_queue.clients.simulate.plot import draw
from api_queue.clients.simulate.report import as_json, failures, table, verdict
from api_queue.clients.simulate.server import a_place
from api_queue.errors import StartRefused

#: A night takes seconds; what takes so long is stuck.
_LONGEST_S: Final = 30 * 60


async def simulate(options: Options, told: Callable[[int], None] = lambda _ms: None) -> list[Night]:
    """`told` hears how much of all nights is over, in ms. Raises StartRefused."""
    nights: list[Night] = []
    try:
        async with asyncio.timeout(_LONGEST_S), a_place(options.url, options.seed) as place:
            for number, order in enumerate(options.orders):
                nights.append(await a_night(place, options, order, partial(_later, told, number * options.length_ms)))
    except TimeoutError:
        raise StartRefused(reason=f"The nights were not over after {_LONGEST_S // 60} minutes.") from None
    except httpx.HTTPError as error:
        said = str(error) or type(error).__name__
        raise StartRefused(reason=f"{options.url or 'The server'} does not do its part: {said}.") from None
    return nights


def _later(told: Callable[[int], None], by_ms: int, now_ms: int) -> None:
    told(by_ms + now_ms)


def run(options: Options) -> int:
    """The exit code: 1 when `fair` was not. Raises StartRefused."""
    nights = asyncio.run(_until_stopped(options))
    if nights is None:
        return 1
    console = Console()
    console.print(table(nights))
    console.print(f"seed {options.seed}: {verdict(nights)}", highlight=False)
    try:
        _write(options, nights)
    except OSError as error:
        raise StartRefused(reason=f"{error.filename} cannot be written: {error.strerror}.") from None
    return 1 if failures(nights) else 0


def _write(options: Options, nights: Sequence[Night]) -> None:
    if options.json:
        options.json.write_text(json.dumps(as_json(options, nights), indent=2) + "\n", encoding="utf-8")
    if options.plot:
        draw(nights, options.plot)


async def _until_stopped(options: Options) -> list[Night] | None:
    """None at Ctrl-C, which ends all that was started, too; a second one does not break that off."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda: task.cancelling() or task.cancel())
    console = Console(stderr=True)
    try:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            row = bar.add_task("the night", total=options.length_ms * len(options.orders))
            return await simulate(options, lambda now_ms: bar.update(row, completed=now_ms))
    except asyncio.CancelledError:
        console.print("interrupted: no verdict")
        return None
