"""Programs that take only what nobody else wants: the lowest priority for the processor and for the disk."""

import asyncio
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from typing import Final, NamedTuple

from api_queue.drivers import parent_death

_NICE: Final = ("nice", "-n", "19")
#: util-linux and busybox have it; without it the disk is shared fairly.
_IDLE_DISK: Final = ("ionice", "-c", "3") if shutil.which("ionice") else ()


class Ended(NamedTuple):
    status: int
    out: bytes
    err: bytes


async def run_idle(*command: str) -> Ended:
    """Until it ends. It dies with this call when that is cancelled, and with this process."""
    asking = (sys.executable, "-I", "-S", parent_death.__file__, f"{os.getpid()}", f"{int(signal.SIGKILL)}")
    whole = (*asking, *_NICE, *_IDLE_DISK, *command)
    process = await asyncio.create_subprocess_exec(*whole, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    try:
        out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode or 0, out, err)
