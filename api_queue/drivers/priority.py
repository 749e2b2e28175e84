"""Priority of processes beside a party: guests come first."""

import os
from contextlib import suppress
from pathlib import Path


def stand_back(pid: int, niceness: int, policy: int) -> None:
    """`pid` leads a session of its own. `niceness`: 0 as everybody, 19 last; `policy` is one of Linux (`os.SCHED_...`).

    Outside of containers Linux shares the cores between sessions first (sched(7), autogroup), so that the session has
    to be nice too: else it would get as much as Redis, which has its own. What a container does not allow is left out.
    """
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    with suppress(OSError):
        os.sched_setscheduler(pid, policy, os.sched_param(0))
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(f"{niceness}")
