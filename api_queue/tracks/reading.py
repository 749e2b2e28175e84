"""What a reader runs: `python -m api_queue.tracks.reading` reads files for the worker that started it.

A line in is a list of `[path, names beside it...]`, a line out the list of answers, both JSON. It imports only what
reading needs, since it is started for each scan.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from api_queue.errors import NotMusic
from api_queue.tracks.models import Track
from api_queue.tracks.music_file import read_track

#: How kindly readers run beside a party: 0 as everybody, 19 last.
NICENESS: Final = 10


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """`passing`: a fault of the disk or of ours, which the next scan may find gone though the file is the same."""

    track: Track | None = None
    fault: str = ""
    passing: bool = False


def main() -> None:
    step_back()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's, which ends us
    for line in sys.stdin.buffer:
        answers = [answer(*question) for question in json.loads(line)]
        sys.stdout.buffer.write(msgspec.json.encode(answers) + b"\n")
        sys.stdout.buffer.flush()


def step_back() -> None:
    """A batch process never takes the core from one that wakes up to answer a guest."""
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    with suppress(OSError):  # nicer already, as its worker may be
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)


def answer(path: str, *beside: str) -> Answer:
    try:
        return Answer(read_track(Path(path), beside))
    except NotMusic as error:
        return Answer(fault=str(error.facts["reason"]))
    except OSError as error:
        return Answer(fault=f"it cannot be read: {error.strerror}", passing=True)
    except Exception as error:  # one bad file never stops a scan
        return Answer(fault=f"it cannot be read: {type(error).__name__}: {error}", passing=True)


if __name__ == "__main__":
    main()
