"""What a reader runs: `python -m api_queue.tracks.reading` reads files for the worker that started it.

A line in is a list of `[path, names beside it...]`, a line out the list of answers, both JSON. It imports only what
reading needs, since it is started for each scan.
"""

import json
import signal
import sys
from pathlib import Path

import msgspec

from api_queue.errors import NotMusic
from api_queue.tracks.models import Track
from api_queue.tracks.music_file import read_sheet, read_track


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A track may have a fault: its CUE sheet's. `passing`: one of the disk or of ours, which the next scan may find
    gone though the file is the same.
    """

    track: Track | None = None
    fault: str = ""
    passing: bool = False


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's, which ends us
    for line in sys.stdin.buffer:
        answers = [answer(*question) for question in json.loads(line)]
        sys.stdout.buffer.write(msgspec.json.encode(answers) + b"\n")
        sys.stdout.buffer.flush()


def answer(path: str, *beside: str) -> Answer:
    try:
        track = read_track(Path(path), beside)
        sheet = read_sheet(Path(path), beside) if track.cuesheet else None
        return Answer(track, fault=sheet.fault if sheet else "")
    except NotMusic as error:
        return Answer(fault=str(error.facts["reason"]))
    except OSError as error:
        return Answer(fault=f"it cannot be read: {error.strerror}", passing=True)
    except Exception as error:  # one bad file never stops a scan
        return Answer(fault=f"it cannot be read: {type(error).__name__}: {error}", passing=True)


if __name__ == "__main__":
    main()
