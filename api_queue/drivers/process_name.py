"""The name that `ps`, `top` and `kill` show of a process of ours: `aq-web-0`, `aq-relay`, `aq-conductor`."""

import ctypes
from pathlib import Path

_PR_SET_NAME = 15  # <linux/prctl.h>; 15 bytes are kept


def name_process(role: str) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_NAME, f"aq-{role}".encode())


def own_name() -> str:
    """As `name_process` was told; of any other program its own."""
    return Path("/proc/self/comm").read_text(encoding="utf-8", errors="replace").strip().removeprefix("aq-")
