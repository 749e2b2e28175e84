"""Figure 6: from the command to the first answer over HTTP, and what a server that nobody uses holds in memory.

Each start begins with an empty folder: keys, tables and the first queue are made within the time.
"""

import time
from collections import Counter
from collections.abc import Iterable
from statistics import median

from bench.measure import Row, live_server

ROUNDS = 5
#: The scan of the demo music is over by then.
REST_S = 5


def run() -> list[Row]:
    starts: list[float] = []
    rests: list[Counter[str]] = []
    for _ in range(ROUNDS):
        with live_server() as live:
            starts.append(live.started_s)
            time.sleep(REST_S)
            memory = Counter[str]()
            for name, part in live.parts:
                memory[name.rstrip("-0123456789")] += part.pss_kb()  # aq-web-0, aq-web-1
            rests.append(memory)
    by_part: Row = {f"{name}_mb": _median_mb(rest[name] for rest in rests) for name in sorted(rests[0])}
    whole = _median_mb(rest.total() for rest in rests)
    return [{"first_answer_s": round(median(starts), 2), "all_processes_mb": whole, **by_part}]


def _median_mb(sizes_kb: Iterable[int]) -> int:
    return round(median(sizes_kb) / 1024)
