"""The scan at the start, as the terminal sees it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from api_queue.parts import Parts
from api_queue.settings import Settings

_log = structlog.get_logger()


async def scan(settings: Settings) -> None:
    parts = Parts(settings)
    try:
        with _shown() as progress:
            for root in parts.library_roots:
                walked = await parts.scan.walk(f"{root}", lambda: False)
                for start in range(0, len(walked.changed), 200):
                    await parts.scan.read(walked.changed[start : start + 200])
                    progress(start, len(walked.changed), 0)
            report = await parts.scan.finish()
    finally:
        await parts.close()
    _log.info("the library was scanned", files=report.files, tracks=report.tracks, unreadable=report.unreadable)


@contextmanager
def _shown() -> Iterator[Callable[[int, int, int], None]]:
    """A line that counts, and is gone when the scan is done; nothing where no terminal is."""
    if not sys.stderr.isatty():
        yield lambda _done, _files, _faults: None
        return
    columns = (TextColumn("Reading the music:"), MofNCompleteColumn(), TextColumn("{task.fields[faults]} unreadable"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", faults=0)
        yield lambda done, files, faults: bar.update(task, completed=done, total=files, faults=faults)
