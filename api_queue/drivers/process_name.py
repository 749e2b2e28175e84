"""The name that `ps`, `top` and `kill` show of a process of ours: `aq-web-0`, `aq-relay`, `aq-conductor`."""

import ctypes

_PR_SET_NAME = 15  # <linux/prctl.h>; 15 bytes are kept


def name_process(role: str) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_NAME, f"aq-{role}".encode())
