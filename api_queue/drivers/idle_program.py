"""Programs that take only what nobody else wants: the lowest priority for the processor and for the disk."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from typing import Final, NamedTuple

from api_queue.drivers import parent_death

_NICEST: Final = 19


class Ended(NamedTuple):
    status: int
    out: bytes
    err: bytes


async def run_idle(*command: str) -> Ended:
    """Until it ends. It dies with this call when that is cancelled, and with this process."""
    asking = (sys.executable, "-I", "-S", parent_death.__file__, f"{os.getpid()}", f"{int(signal.SIGKILL)}")
    process = await asyncio.create_subprocess_exec(*asking, *command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    try:
        _let_others_first(process.pid)
        out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode or 0, out, err)


def _let_others_first(pid: int) -> None:
    """SCHED_IDLE gives way at once to whoever wakes up, where one that is only `nice` keeps its core for some ms more;
    Linux takes the disk's idle class from it. Not every container allows it.
    """
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, _NICEST)
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
