"""Figure 6: from the command to the first answer over HTTP, and what a server that nobody uses holds in memory.

Each start begins with an empty folder: keys, tables and the first queue are made within the time.
"""

import time
from statistics import median

from bench.measure import Row, live_server

ROUNDS = 5
#: The scan of the demo music is over by then.
REST_S = 5


def run() -> list[Row]:
    starts, parts = [], []
    for _ in range(ROUNDS):
        with live_server() as live:
            starts.append(live.started_s)
            time.sleep(REST_S)
            parts.append({name: part.pss_kb() / 1024 for name, part in live.parts.items() if part.lives})
    memory: Row = {f"{name}_mb": round(median(sizes[name] for sizes in parts)) for name in sorted(parts[0])}
    whole_mb = round(median(sum(sizes.values()) for sizes in parts))
    return [{"first_answer_s": round(median(starts), 2), "all_processes_mb": whole_mb, **memory}]
