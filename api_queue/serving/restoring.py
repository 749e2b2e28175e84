"""`restore`: into a new machine, or over what was there, which is put aside."""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import inspect

from api_queue.errors import StartRefused
from api_queue.keeping import databases
from api_queue.keeping import manifest as manifests
from api_queue.keeping.backup import Progress, name_of
from api_queue.keeping.checks import checks
from api_queue.keeping.findings import Report, examine
from api_queue.keeping.found import Found
from api_queue.keeping.manifest import Manifest, sync_folder
from api_queue.keeping.redis_keys import RedisKeys
from api_queue.keeping.restore import Restore, newest
from api_queue.parts import Parts
from api_queue.serving.data_folder import RESTORING, locked
from api_queue.serving.engines import own_redis
from api_queue.settings import Settings

_LOCK: Final = "lock"
_ASIDE: Final = "replaced-"


class Restored(NamedTuple):
    """What was put back, what `check` said of it, and where that is which was there before."""

    manifest: Manifest
    report: Report
    aside: Path | None


def restore(settings: Settings, folder: Path, progress: Progress, *, over: bool) -> Restored:
    """Raises StartRefused."""
    settings = replace(settings, data=settings.data.resolve())
    source = newest(folder)
    manifest = manifests.read(source)
    _verify(source, manifest, progress)
    with locked(settings.data) as lock:
        _refuse_other_data(settings, over=over)
        asyncio.run(_refuse_engines(settings, manifest, over=over))
        with _new_data(settings) as new, _redis(new, lock) as with_redis:
            report = asyncio.run(_put_back(with_redis, source, manifest, progress))
        return Restored(manifest, report, _swap(settings.data, manifest))


def _verify(source: Path, manifest: Manifest, progress: Progress) -> None:
    read = 0

    def done(size: int) -> None:
        nonlocal read
        read += size
        progress("Verifying", read, manifest.bytes)

    manifests.verify(source, manifest, done)


def _refuse_other_data(settings: Settings, *, over: bool) -> None:
    there = [path.name for path in settings.data.iterdir() if path.name != _LOCK and not path.name.startswith(_ASIDE)]
    if there and not over:
        raise StartRefused(
            reason=f"The data folder {settings.data} is not empty: name another with --data, or say --over. "
            "What is in it is put aside then, not deleted."
        )


# -- the folder ------------------------------------------------------------------------------------------------


@contextmanager
def _new_data(settings: Settings) -> Iterator[Settings]:
    """A folder in the data folder. While it is there nobody serves: what a killed restore leaves is never half used."""
    new = settings.data / RESTORING
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    try:
        yield replace(settings, data=new)
    except BaseException:
        if not (settings.redis_url or settings.sql_url):  # all else is as it was
            shutil.rmtree(new, ignore_errors=True)
        raise


def _swap(data: Path, manifest: Manifest) -> Path | None:
    """What was there before steps aside, then the new takes its place; last of all the mark goes."""
    aside = data / f"{_ASIDE}{name_of(manifest.taken_at_ms)}"
    keep = (_LOCK, RESTORING)
    before = [path for path in data.iterdir() if path.name not in keep and not path.name.startswith(_ASIDE)]
    if before:
        aside = _free_name(aside)
        aside.mkdir(mode=0o700)
    for path in before:
        path.rename(aside / path.name)
    for path in (data / RESTORING).iterdir():
        path.rename(data / path.name)
    sync_folder(data)
    (data / RESTORING).rmdir()
    sync_folder(data)
    return aside if before else None


def _free_name(path: Path) -> Path:
    """A folder may have been put aside before."""
    number = 1
    name = path
    while name.exists():
        number += 1
        name = path.with_name(f"{path.name}-{number}")
    return name


# -- the engines -----------------------------------------------------------------------------------------------


@contextmanager
def _redis(settings: Settings, lock: int) -> Iterator[Settings]:
    if settings.redis_url:
        yield settings
    else:
        with own_redis(settings, lock) as with_redis:
            yield with_redis


async def _put_back(settings: Settings, source: Path, manifest: Manifest, progress: Progress) -> Report:
    parts = Parts(settings)
    try:
        await Restore(parts, source, manifest, progress).put_back()
        found = Found(settings.data, parts.clock.now_ms())
        return await examine(checks(parts, found, None), repair=True, pause_s=0)
    finally:
        await parts.close()


async def _refuse_engines(settings: Settings, manifest: Manifest, *, over: bool) -> None:
    """The operator's own ones: another kind of database, one that is in use, or one that holds anything of ours."""
    databases.check_kind(settings, manifest.sql)
    parts = Parts(settings)
    try:
        if settings.redis_url:
            _refuse_redis([key async for key in RedisKeys(parts.redis).every()], over=over)
        if settings.sql_url and not over:
            await _refuse_sql(parts)
    finally:
        await parts.close()


def _refuse_redis(keys: Sequence[str], *, over: bool) -> None:
    if any(key.startswith("lease:") and not key.endswith(":fence") for key in keys):
        raise StartRefused(
            reason="A server works with this Redis: stop it, and each on other machines, then try again."
        )
    if keys and not over:
        raise StartRefused(reason="This Redis holds a server's queues: say --over, and they are replaced.")


async def _refuse_sql(parts: Parts) -> None:
    async with parts.engine.connect() as connection:
        if await connection.run_sync(lambda here: inspect(here).has_table("alembic_version")):
            raise StartRefused(reason="This database holds a server's tables: say --over, and they are replaced.")
