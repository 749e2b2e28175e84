"""The scan at the start, as the terminal sees it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from api_queue.parts import Parts
from api_queue.settings import Settings
from api_queue.tracks import scan as tracks_scan

#: Files that cannot be read are named in the log, up to here.
_NAMED: Final = 20

_log = structlog.get_logger()


async def scan(settings: Settings) -> None:
    parts = Parts(settings)
    try:
        with _shown() as progress:
            report = await parts.scan.run(parts.library_roots, progress)
    finally:
        await parts.close()
    _log.info("the library was scanned", files=report.files, read=report.read, gone=report.gone, tracks=report.tracks)
    for fault in report.faults[:_NAMED]:
        _log.warning("a file cannot be read", path=fault.path, reason=fault.reason)


@contextmanager
def _shown() -> Iterator[tracks_scan.Progress]:
    """A line that counts, and is gone when the scan is done; nothing where no terminal is."""
    if not sys.stderr.isatty():
        yield lambda _done, _files, _faults: None
        return
    columns = (TextColumn("Reading the music:"), MofNCompleteColumn(), TextColumn("{task.fields[faults]} unreadable"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", faults=0)
        yield lambda done, files, faults: bar.update(task, completed=done, total=files, faults=faults)
