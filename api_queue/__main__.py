"""`python -m api_queue`. Spawned processes import this module before anything else, and most need nothing more."""

import multiprocessing
import os
import signal
import sys
from typing import Final

from api_queue.drivers.parent_death import die_with_parent

#: Tells a spawned process who spawned it: by the time that it can look, another may have inherited it.
_PARENT: Final = "_API_QUEUE_PARENT"


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a KeyboardInterrupt during an import prints a page, or gets lost
    if sys.modules["__main__"].__spec__ is None:  # the script `api_queue`: spawned processes shall import this instead
        sys.modules["__main__"] = sys.modules[__name__]
    os.environ[_PARENT] = str(os.getpid())
    from api_queue.command_line import run  # noqa: PLC0415 - see the module's text

    return run(sys.argv[1:])


def enter_child() -> None:
    """Here SIGINT is still blocked, as in the main process: Ctrl-C in the terminal reaches all, and is for that one."""
    die_with_parent(int(os.environ[_PARENT]), signal.SIGKILL)
    os.environ[_PARENT] = str(os.getpid())
    if not multiprocessing.current_process().name.startswith("SyncManager"):  # Sanic's memory of its workers ends last
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))


if __name__ == "__mp_main__":  # spawned by Sanic's manager, or by a pool
    enter_child()
elif __name__ == "__main__":
    sys.exit(main())
