"""Programs that take only what nobody else wants: the lowest priority for the processor and for the disk."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from typing import Final, NamedTuple

from api_queue.drivers import parent_death
from api_queue.drivers.priority import stand_back

_NICEST: Final = 19


class Ended(NamedTuple):
    status: int
    out: bytes
    err: bytes


async def run_idle(*command: str) -> Ended:
    """Until it ends. It dies with this call when that is cancelled, and with this process."""
    asking = (sys.executable, "-I", "-S", parent_death.__file__, f"{os.getpid()}", f"{int(signal.SIGKILL)}")
    process = await asyncio.create_subprocess_exec(
        *asking, *command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    try:
        stand_back(process.pid, _NICEST, os.SCHED_IDLE)  # of which Linux makes the idle class of the disk as well
        out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode or 0, out, err)
