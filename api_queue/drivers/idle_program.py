"""Programs that take only what nobody else wants: the lowest priority for the processor and for the disk."""

import asyncio
import os
import signal
import sys
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from typing import Final, NamedTuple

from api_queue.drivers import parent_death
from api_queue.drivers.priority import stand_back

_NICEST: Final = 19


class Ended(NamedTuple):
    status: int
    out: bytes
    err: bytes


async def run_idle(*command: str, hear: Callable[[bytes], None] | None = None) -> Ended:
    """Until it ends. It dies with this call when that is cancelled, and with this process.

    `hear` is given each line of its output at once; then there is none in the end.
    """
    asking = (sys.executable, "-I", "-S", parent_death.__file__, f"{os.getpid()}", f"{int(signal.SIGKILL)}")
    process = await asyncio.create_subprocess_exec(
        *asking, *command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    try:
        stand_back(process.pid, _NICEST, os.SCHED_IDLE)  # of which Linux makes the idle class of the disk as well
        out, err = await (process.communicate() if hear is None else _listen(process, hear))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode or 0, out, err)


async def _listen(process: Process, hear: Callable[[bytes], None]) -> tuple[bytes, bytes]:
    assert process.stdout
    assert process.stderr
    _, err = await asyncio.gather(_each_line(process.stdout, hear), process.stderr.read())
    await process.wait()
    return b"", err


async def _each_line(out: StreamReader, hear: Callable[[bytes], None]) -> None:
    async for line in out:
        hear(line)
