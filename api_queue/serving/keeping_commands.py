"""The commands `backup`, `restore` and `check` as a terminal sees them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from sqlalchemy.exc import SQLAlchemyError

from api_queue.drivers.mqtt_broker import running_url
from api_queue.errors import StartRefused, Unavailable
from api_queue.formats.iso_times import iso
from api_queue.keeping import backup as backups
from api_queue.keeping.checks import checks
from api_queue.keeping.findings import Finding, Report, examine
from api_queue.keeping.found import Found
from api_queue.keeping.manifest import Manifest
from api_queue.parts import Parts
from api_queue.serving.data_folder import is_served
from api_queue.serving.engines import engines
from api_queue.serving.restoring import restore
from api_queue.serving.task_progress import on_stdout
from api_queue.settings import Settings

#: What a manifest counts, as one and as several.
_WORDS: Final = {
    "queues": ("queue", "queues"),
    "songs": ("song that waits", "songs that wait"),
    "tracks": ("track", "tracks"),
    "accounts": ("account", "accounts"),
    "tracklists": ("tracklist", "tracklists"),
    "messages": ("message", "messages"),
}
_SECRETS: Final = "It holds keys and the hashes of passwords: keep it as you keep the data folder."


def take_backup(settings: Settings, folder: Path, keep: int | None) -> None:
    """Raises StartRefused."""
    try:
        with engines(settings) as working, _bar() as progress:
            where, manifest = asyncio.run(_take(working, folder, keep, progress))
    except OSError as error:
        raise StartRefused(reason=f"The backup was given up: {error}.") from None
    on_stdout().print(f"Saved in {where}: {_what(manifest)}. {_SECRETS}")


async def _take(
    settings: Settings, folder: Path, keep: int | None, progress: backups.Progress
) -> tuple[Path, Manifest]:
    parts = Parts(settings)
    try:
        return await backups.Backup(parts, folder, progress).take(keep)
    finally:
        await parts.close()


def put_back(settings: Settings, folder: Path, *, over: bool) -> None:
    """Raises StartRefused."""
    try:
        with _bar() as progress:
            manifest, report, aside = restore(settings, folder, progress, over=over)
    except OSError as error:
        raise StartRefused(reason=f"The restore was given up: {error}.") from None
    _show(report, repair=True)
    replaced = f" What was there before is in {aside}: delete it when all is well." if aside else ""
    on_stdout().print(f"Back as of {iso(manifest.taken_at_ms)}: {_what(manifest)}. Start the server.{replaced}")


# -- check -----------------------------------------------------------------------------------------------------


def check(settings: Settings, *, repair: bool) -> int:
    """The exit code: 0 when nothing is wrong at the end, 1 when something is. Raises StartRefused."""
    with engines(settings) as working:
        served = is_served(working.data)
        mqtt_url = settings.mqtt_url or (running_url(working.data) if served else None)
        report, found = asyncio.run(_examine(working, mqtt_url, repair=repair))
    _show(report, repair=repair)
    if found.path.exists():
        on_stdout().print(f"What could not be made again was put into {found.path}.")
    on_stdout().print(_verdict(report))
    return 1 if report.standing else 0


def _show(report: Report, *, repair: bool) -> None:
    for finding in report.mended:
        on_stdout().print(f"mended   {_line(finding)}")
    for finding in report.standing:
        hint = f" --repair {finding.repair}." if finding.repair and not repair else ""
        on_stdout().print(f"found    {_line(finding)}{hint}")


async def _examine(settings: Settings, mqtt_url: str | None, *, repair: bool) -> tuple[Report, Found]:
    parts = Parts(settings)
    try:
        found = Found(settings.data, parts.clock.now_ms())
        return await examine(checks(parts, found, mqtt_url), repair=repair), found
    except (SQLAlchemyError, OSError, Unavailable) as error:
        raise StartRefused(reason=f"It cannot be looked at everything: {f'{error}'.rstrip('.')}.") from None
    finally:
        await parts.close()


def _line(finding: Finding) -> str:
    return f"{finding.code:<20} {finding.where}: {finding.sentence}"


def _verdict(report: Report) -> str:
    if report.standing:
        return f"{_many(len(report.standing), ('thing is', 'things are'))} wrong."
    return f"All is well{', since it was mended' if report.mended else ''}."


def _what(manifest: Manifest) -> str:
    """`3 queues, 41 songs that wait, 12000 tracks, 2 accounts; 14.2 MB`"""
    words = [_many(manifest.counts[name], word) for name, word in _WORDS.items() if manifest.counts.get(name)]
    return f"{', '.join(words) or 'nothing yet'}; {manifest.bytes / 1e6:.1f} MB"


def _many(count: int, words: tuple[str, str]) -> str:
    return f"{count} {words[count != 1]}"


@contextmanager
def _bar() -> Iterator[backups.Progress]:
    """A line on a terminal that is gone at the end; nothing where there is none."""
    columns = (TextColumn("{task.description}:"), BarColumn(), TaskProgressColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        row = bar.add_task("")

        def progress(what: str, done: int, of: int) -> None:
            bar.update(row, description=what, completed=done, total=of)

        yield progress
