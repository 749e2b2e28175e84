"""What every process that Sanic's manager spawns does before anything else, whatever it is going to run.

A spawned process begins by running the main module of its parent again, as `__mp_main__`. `python -m api_queue` is left
out of that, so `spawn_from_here` names this module instead.
"""

import multiprocessing
import os
import signal
import sys
from typing import Final

from api_queue.drivers.parent_death import die_with_parent

#: Tells a spawned process who spawned it: by the time that it can look, another may have inherited it.
_PARENT: Final = "_API_QUEUE_PARENT"


def spawn_from_here() -> None:
    """In the main process, once, with SIGTERM and SIGINT blocked from then on."""
    sys.modules["__main__"] = sys.modules[__name__]
    os.environ[_PARENT] = str(os.getpid())


def _enter() -> None:
    """SIGINT stays blocked: Ctrl-C in the terminal reaches all of us, and is for the main process."""
    die_with_parent(int(os.environ[_PARENT]), signal.SIGKILL)
    os.environ[_PARENT] = str(os.getpid())
    if not multiprocessing.current_process().name.startswith("SyncManager"):  # Sanic's memory of its workers ends last
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))


if __name__ == "__mp_main__":
    _enter()
