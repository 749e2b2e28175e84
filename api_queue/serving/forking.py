"""How the processes of a server are made: forked from one that has imported everything, and has no threads.

That is multiprocessing's fork server. A worker is there in a few hundredths of a second instead of one of a core, also
when it takes the place of one that died, and all of them share the memory of what was imported.

Death goes down: the fork server dies with the main process, and what it has forked dies with the fork server.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
from multiprocessing import forkserver, resource_tracker
from typing import Final

from api_queue.drivers.open_files import allow_open_files
from api_queue.drivers.parent_death import become_maker, die_with_maker
from api_queue.errors import StartRefused

#: The signals that end us. Blocked in each process until it is ready to hear them, so that none is lost.
ENDING: Final = (signal.SIGTERM, signal.SIGINT)
#: Of each process: a web worker has two for each line to the broker, of which it takes 2000, and one for each listener.
OPEN_FILES: Final = 16_384


def start_fork_server() -> None:
    """In the main process, once, in its main thread; early, since the imports there take as long as our own."""
    sys.modules["__main__"] = sys.modules[__name__]  # what each process runs first, as `__mp_main__`
    become_maker()
    allow_open_files(OPEN_FILES)
    multiprocessing.set_start_method("spawn")
    forkserver.set_forkserver_preload(["api_queue.serving.preloaded"])
    resource_tracker.ensure_running()  # whoever starts it later unblocks the signals
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    _run()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _run() -> None:
    try:
        forkserver.ensure_running()
    except OSError as error:  # a socket's path has room for 107 bytes
        reason = (
            f"The path of the folder for temporary files, {tempfile.gettempdir()}, is too long for the sockets in it:"
            " set TMPDIR to a shorter one."
        )
        raise StartRefused(reason=reason) from error


def _enter() -> None:
    """SIGINT stays blocked: Ctrl-C in the terminal reaches all of us, and is for the main process."""
    die_with_maker()
    name = multiprocessing.current_process().name
    os.environ["SANIC_WORKER_NAME"] = name  # which the manager sets in the main process
    if not name.startswith("SyncManager"):  # Sanic's memory of its workers ends last
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))


if __name__ == "__mp_main__":
    _enter()
