"""Which files of the library were found where, in SQL. What they say, and the tracks of it, is `store.py`'s."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, delete, distinct, func, insert, not_, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import writing
from api_queue.tracks.models import Folder
from api_queue.tracks.tables import folders, places

#: Rows in one statement: far below SQLite's 32,766 variables.
_BATCH: Final = 500


class SqlPlaces:
    """models.PlaceStore."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    # -- files -------------------------------------------------------------------------------------------------

    async def stamps(self, folder: str) -> dict[str, tuple[int, int]]:
        below = select(places.c.path, places.c.size, places.c.mtime_ns).where(_below(folder))
        async with self._engine.connect() as connection:
            return {path: (size, mtime_ns) for path, size, mtime_ns in await connection.execute(below)}

    async def outside(self, roots: Sequence[Path]) -> list[str]:
        elsewhere = select(places.c.path).where(not_(or_(*(_below(f"{root}") for root in roots))))
        async with self._engine.connect() as connection:
            return list(await connection.scalars(elsewhere))

    async def mark_gone(self, folder: str, gone: Collection[str]) -> None:
        paths = sorted(gone)
        async with writing(self._engine, "tracks") as connection:
            await connection.execute(update(places).where(_below(folder), places.c.gone).values(gone=False))
            for start in range(0, len(paths), _BATCH):
                named = places.c.path.in_(paths[start : start + _BATCH])
                await connection.execute(update(places).where(named).values(gone=True))

    async def gone(self) -> list[str]:
        async with self._engine.connect() as connection:
            return list(await connection.scalars(select(places.c.path).where(places.c.gone)))

    # -- folders -----------------------------------------------------------------------------------------------

    async def add_folder(self, path: str, now_ms: int) -> bool:
        async with writing(self._engine, "folders") as connection:
            known = update(folders).where(folders.c.path == path)
            is_new = await connection.scalar(select(folders.c.added_at).where(folders.c.path == path)) is None
            if is_new and not (await connection.execute(known.values(added_at=now_ms))).rowcount:
                await connection.execute(insert(folders), {"path": path, "added_at": now_ms})
            return is_new

    async def remove_folder(self, path: str) -> bool:
        added = delete(folders).where(folders.c.path == path, folders.c.added_at.is_not(None))
        async with writing(self._engine) as connection:
            return bool((await connection.execute(added)).rowcount)

    async def scanned(self, path: str, now_ms: int, *, is_root: bool) -> None:
        """Of a folder that is neither a root nor was added there is no row."""
        async with writing(self._engine, "folders") as connection:
            known = update(folders).where(folders.c.path == path).values(scanned_at=now_ms)
            if not (await connection.execute(known)).rowcount and is_root:
                await connection.execute(insert(folders), {"path": path, "scanned_at": now_ms})

    async def folders(self, roots: Sequence[Path]) -> list[Folder]:
        async with self._engine.connect() as connection:
            rows = {row.path: row for row in await connection.execute(select(folders))}
            wanted = sorted({f"{root}" for root in roots} | {path for path in rows if _is_in(path, roots)})
            counts = {path: (await connection.execute(_counted(_below(path)))).one() for path in wanted}
        return [_folder(path, rows.get(path), *counts[path]) for path in wanted]

    async def everywhere(self) -> Folder:
        async with self._engine.connect() as connection:
            files, tracks, faults = (await connection.execute(_counted(true()))).one()
        return Folder("", None, None, files, tracks, faults)


def _is_in(path: str, roots: Sequence[Path]) -> bool:
    return any(Path(path).is_relative_to(root) for root in roots)


def _folder(path: str, row: Any, files: int, tracks: int, faults: int) -> Folder:
    added_at, scanned_at = (row.added_at, row.scanned_at) if row else (None, None)
    return Folder(path, added_at, scanned_at, files, tracks, faults)


def _below(folder: str) -> ColumnElement[bool]:
    """Or the folder itself, which stands there when it could not be read. `0` is what comes after `/`."""
    stem = folder.rstrip("/")
    return or_(places.c.path == folder, and_(places.c.path > f"{stem}/", places.c.path < f"{stem}0"))


def _counted(where: ColumnElement[bool]) -> Select[int, int, int]:
    """Files, tracks, faults."""
    faulty = func.count().filter(places.c.fault != "")
    return select(func.count(), func.count(distinct(places.c.track_id)), faulty).where(where)
