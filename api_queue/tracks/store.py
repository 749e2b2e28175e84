"""The library in SQL (docs/decisions/0007-library-on-sqlite.md)."""

import os
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from msgspec.structs import replace
from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_queue.drivers.sql import insert_rows, writing
from api_queue.tracks import full_text
from api_queue.tracks.folding import fold, words
from api_queue.tracks.models import Fault, Found, Reading, Search, TagFilter, Track
from api_queue.tracks.search import find
from api_queue.tracks.tables import aliases, decode, encode, places, tracks
from api_queue.types import TrackId

#: Rows in one statement: far below SQLite's 32,766 variables, and no long wait for another writer.
_BATCH: Final = 500


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

    async def search(self, search: Search) -> Found:
        async with self._engine.connect() as connection:
            return await find(connection, search)

    async def tracks(self, tag_filter: TagFilter) -> AsyncIterator[Track]:
        offered = select(tracks.c.record).where(*full_text.on_offer(tag_filter)).order_by(tracks.c.track_id)
        async with self._engine.connect() as connection, connection.stream_scalars(offered) as records:
            async for batch in records.partitions(_BATCH):
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
        async with writing(self._engine) as connection:
            told = {reading.track.track_id for reading in readings if reading.track}
            touched = told | await _tracks_at(connection, [reading.path for reading in readings])
            await insert_rows(connection, insert(places).prefix_with("OR REPLACE"), list(map(_place, readings)))
            await _retell(connection, touched)

    async def forget(self, paths: Collection[str]) -> None:
        for batch in _batches(sorted(paths)):
            async with writing(self._engine) as connection:
                touched = await _tracks_at(connection, batch)
                await connection.execute(delete(places).where(places.c.path.in_(batch)))
                await _retell(connection, touched)

    async def learn_words(self) -> None:
        async with writing(self._engine) as connection:
            await full_text.learn_words(connection)


async def _tracks_at(connection: AsyncConnection, paths: Sequence[str]) -> set[str]:
    here = places.c.path.in_(paths) & places.c.track_id.is_not(None)
    return set(await connection.scalars(select(places.c.track_id).where(here)))


async def _retell(connection: AsyncConnection, touched: set[str]) -> None:
    """What the first of its places says is the track; without a place it is none."""
    told = (
        select(places.c.track_id, places.c.record).where(places.c.track_id.in_(touched)).order_by(places.c.path.desc())
    )
    first = {track_id: decode(record) for track_id, record in await connection.execute(told)}
    await _remove(connection, touched - first.keys())
    if first:
        await _put(connection, first)


async def _remove(connection: AsyncConnection, track_ids: Collection[str]) -> None:
    numbers = await _numbers(connection, track_ids)
    await full_text.drop(connection, list(numbers.values()))
    await connection.execute(delete(tracks).where(tracks.c.track_id.in_(track_ids)))


async def _put(connection: AsyncConnection, told: dict[str, Track]) -> None:
    named = await _named(connection, list(told.values()))
    known = await _numbers(connection, told)
    await full_text.drop(connection, list(known.values()))
    numbers = known | await _new_numbers(connection, [track for track in named if track.track_id not in known])
    numbered = [(numbers[track.track_id], track) for track in named]
    upsert = insert_or(tracks)
    changed = {"sort_key": upsert.excluded.sort_key, "record": upsert.excluded.record}
    upsert = upsert.on_conflict_do_update(index_elements=["track_id"], set_=changed)
    await insert_rows(connection, upsert, [_row(number, track) for number, track in numbered])
    aliased = insert(aliases).prefix_with("OR IGNORE")
    await insert_rows(connection, aliased, [(track.alias, number) for number, track in numbered])
    await full_text.put(connection, numbered)


async def _named(connection: AsyncConnection, found: Sequence[Track]) -> list[Track]:
    """An alias is its first track's for as long as that is here; another of that name gets some of its id as well."""
    wanted = aliases.c.alias.in_([track.alias for track in found])
    owned = select(aliases.c.alias, tracks.c.track_id).join(tracks).where(wanted)
    owners = dict((await connection.execute(owned)).all())
    mine = [owners.setdefault(track.alias, track.track_id) == track.track_id for track in found]
    return [
        track if is_mine else replace(track, alias=f"{track.alias}_{track.track_id[:8]}")
        for track, is_mine in zip(found, mine, strict=True)
    ]


async def _numbers(connection: AsyncConnection, track_ids: Collection[str]) -> dict[str, int]:
    found = select(tracks.c.track_id, tracks.c.number).where(tracks.c.track_id.in_(track_ids))
    return dict((await connection.execute(found)).all())


async def _new_numbers(connection: AsyncConnection, fresh: Sequence[Track]) -> dict[str, int]:
    """The next ones in the ranges of their titles' lengths."""
    numbers: dict[str, int] = {}
    for (first, last), group in groupby(sorted(fresh, key=_numbers_like), _numbers_like):
        within = tracks.c.number.between(first, last)
        start = await connection.scalar(select(func.max(tracks.c.number) + 1).where(within)) or first
        numbers |= {track.track_id: number for number, track in enumerate(group, start)}
    return numbers


def _numbers_like(track: Track) -> tuple[int, int]:
    return full_text.numbers(len(words(track.title)))


def _row(number: int, track: Track) -> tuple[object, ...]:
    """As `tracks` has its columns."""
    sort_key = f"{fold(track.artist)}\n{fold(track.title)}"
    return number, track.track_id, sort_key, encode(track)


def _place(reading: Reading) -> tuple[object, ...]:
    """As `places` has its columns."""
    track = reading.track
    told = (track.track_id, encode(track)) if track else (None, None)
    return os.fsencode(reading.path), reading.size, reading.mtime_ns, *told, reading.fault, False


def _batches(paths: Sequence[str]) -> Iterable[Sequence[str]]:
    return (paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH))
