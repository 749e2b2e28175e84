"""Processes that tests fork, from one that has imported all that they do, so that each costs 20 ms and not a second."""

import multiprocessing
from typing import Final

PROCESSES: Final = multiprocessing.get_context("forkserver")
#: One fork server is there for a whole run, and knows only the last of such lists. Each process begins with pytest.
PROCESSES.set_forkserver_preload(["pytest", "tests.messages.in_files", "tests.messages.test_redis_store"])
