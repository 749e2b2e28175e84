"""The library in SQL (docs/decisions/0007-library-on-sqlite.md, 0021-postgresql.md)."""

import os
from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_queue.drivers.sql import insert_rows, upsert, writing
from api_queue.tracks.indexes import index_of, on_offer
from api_queue.tracks.models import Fault, Found, Reading, Search, TagFilter, Track
from api_queue.tracks.retelling import BATCH, batches, retell
from api_queue.tracks.search import find
from api_queue.tracks.tables import aliases, decode, encode, places, tracks
from api_queue.types import TrackId


class SqlStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    # -- reading -----------------------------------------------------------------------------------------------

    async def track(self, name: str) -> Track | None:
        by_alias = select(tracks.c.record).join(aliases).where(aliases.c.alias == name)
        async with self._engine.connect() as connection:
            record = await connection.scalar(select(tracks.c.record).where(tracks.c.track_id == name))
            record = record or await connection.scalar(by_alias)
        return decode(record) if record else None

    async def some(self, track_ids: Collection[TrackId]) -> dict[TrackId, Track]:
        here = select(tracks.c.record).where(tracks.c.track_id.in_(track_ids))
        async with self._engine.connect() as connection:
            return {track.track_id: track for track in map(decode, await connection.scalars(here))}

    async def paths(self, track_id: TrackId) -> list[Path]:
        async with self._engine.connect() as connection:
            found = select(places.c.path).where(places.c.track_id == track_id).order_by(places.c.path)
            return [Path(path) for path in await connection.scalars(found)]

    async def places(self) -> list[tuple[TrackId, str]]:
        """Every file and its track, by path."""
        of_tracks = places.c.track_id.is_not(None)
        found = select(places.c.track_id, places.c.path).where(of_tracks).order_by(places.c.path)
        async with self._engine.connect() as connection:
            return [(track_id, path) for track_id, path in await connection.execute(found)]

    async def search(self, search: Search) -> Found:
        async with self._engine.connect() as connection:
            return await find(connection, search)

    async def tracks(self, tag_filter: TagFilter) -> AsyncIterator[Track]:
        async with self._engine.connect() as connection:
            offered = select(tracks.c.record).where(*on_offer(index_of(connection), tag_filter))
            async with connection.stream_scalars(offered.order_by(tracks.c.track_id)) as records:
                async for batch in records.partitions(BATCH):
                    for record in batch:
                        yield decode(record)

    async def count(self) -> int:
        async with self._engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(tracks)) or 0

    async def faults(self) -> list[Fault]:
        faulty = select(places.c.path, places.c.fault).where(places.c.fault != "").order_by(places.c.path)
        async with self._engine.connect() as connection:
            rows = await connection.execute(faulty)
            return [Fault(os.fsencode(path).decode(errors="replace"), reason) for path, reason in rows]

    # -- writing -----------------------------------------------------------------------------------------------

    async def write(self, readings: Sequence[Reading]) -> None:
        async with writing(self._engine, "tracks") as connection:
            told = {reading.track.track_id for reading in readings if reading.track}
            touched = told | await _tracks_at(connection, [reading.path for reading in readings])
            await insert_rows(connection, upsert(connection, places, "path"), list(map(_place, readings)))
            await retell(connection, touched)

    async def forget(self, paths: Collection[str]) -> None:
        for batch in batches(sorted(paths)):
            async with writing(self._engine, "tracks") as connection:
                touched = await _tracks_at(connection, batch)
                await connection.execute(delete(places).where(places.c.path.in_(batch)))
                await retell(connection, touched)

    async def learn_words(self) -> None:
        async with writing(self._engine, "vocabulary") as connection:
            await index_of(connection).learn_words(connection)


async def _tracks_at(connection: AsyncConnection, paths: Sequence[str]) -> set[str]:
    here = places.c.path.in_(paths) & places.c.track_id.is_not(None)
    return set(await connection.scalars(select(places.c.track_id).where(here)))


def _place(reading: Reading) -> tuple[object, ...]:
    """As `places` has its columns."""
    track = reading.track
    told = (track.track_id, encode(track)) if track else (None, None)
    return os.fsencode(reading.path), reading.size, reading.mtime_ns, *told, reading.fault, False
