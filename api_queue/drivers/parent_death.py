"""Dying with the parent, which Linux has to be asked for by the child itself.

Linux ties the signal to the *thread* that made the child: whoever spawns must do it from a thread that lives as long as
the process. Run as a script this file asks and then becomes another program:
`python parent_death.py PARENT_PID SIGNAL program arguments...`. A `preexec_fn` would run Python between fork and exec,
which a process with threads must not do.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
#: Tells a process who made it: by the time that it can look, another may have inherited it.
_MAKER = "_API_QUEUE_MAKER"


def die_with_parent(parent_pid: int, signal_number: int) -> None:
    """Get `signal_number` when the parent is gone; leave at once when it is gone already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent_pid:
        os._exit(1)


def become_maker() -> None:
    """For those of our children that call `die_with_maker`."""
    os.environ[_MAKER] = str(os.getpid())


def die_with_maker() -> None:
    die_with_parent(int(os.environ[_MAKER]), signal.SIGKILL)
    become_maker()


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]), int(sys.argv[2]))
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # our keeper's mask is not the program's
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 - the command is our caller's, and no shell reads it
