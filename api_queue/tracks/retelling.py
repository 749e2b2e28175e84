"""The tracks made anew from what their files and tracklists tell: rows, names, and the full text."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.drivers.sql import insert_missing, insert_rows, upsert
from api_queue.tracks.folding import fold, words
from api_queue.tracks.full_text import numbers, row_of
from api_queue.tracks.indexes import index_of
from api_queue.tracks.models import Track
from api_queue.tracks.parts import Cut, track_of
from api_queue.tracks.tables import aliases, decode, encode, places, tracks
from api_queue.tracks.tables import parts as part_table

#: Rows in one statement: far below SQLite's 32,766 variables, and no long wait for another writer.
BATCH: Final = 500
_CUT: Final = msgspec.json.Decoder(Cut)
T = TypeVar("T")


async def retell(connection: AsyncConnection, recordings: set[str], gone: Collection[str] = ()) -> None:
    """What the first of its places says is the track, and with it go its parts; without a place it is none. Those that
    are `gone` were parts of them.
    """
    told = (
        select(places.c.track_id, places.c.record)
        .where(places.c.track_id.in_(recordings))
        .order_by(places.c.path.desc())
    )
    first = {track_id: decode(record) for track_id, record in await connection.execute(told)}
    cut = await _parts(connection, recordings)
    parts = {track_id: track_of(first[of], each) for track_id, (of, each) in cut.items() if of in first}
    here = first | {track_id: part for track_id, part in parts.items() if part}
    for track_ids in batches(sorted(recordings.union(cut, gone) - here.keys())):
        await _remove(connection, track_ids)
    for found in batches(list(here.values())):
        await _put(connection, found)


async def _parts(connection: AsyncConnection, recordings: Collection[str]) -> dict[str, tuple[str, Cut]]:
    """By id: of which recording, and how it is cut."""
    found = select(part_table.c.track_id, part_table.c.recording_id, part_table.c.record).where(
        part_table.c.recording_id.in_(recordings)
    )
    rows = await connection.execute(found)
    return {track_id: (recording, _CUT.decode(record)) for track_id, recording, record in rows}


async def _remove(connection: AsyncConnection, track_ids: Collection[str]) -> None:
    known = await _numbers(connection, track_ids)
    await index_of(connection).drop(connection, list(known.values()))
    await connection.execute(delete(tracks).where(tracks.c.track_id.in_(track_ids)))


async def _put(connection: AsyncConnection, told: Sequence[Track]) -> None:
    named = await _named(connection, told)
    known = await _numbers(connection, [track.track_id for track in told])
    index = index_of(connection)
    await index.drop(connection, list(known.values()))
    numbered_as = known | await _new_numbers(connection, [track for track in named if track.track_id not in known])
    numbered = [(numbered_as[track.track_id], track) for track in named]
    put = upsert(connection, tracks, "track_id", "sort_key", "record")
    await insert_rows(connection, put, [_row(number, track) for number, track in numbered])
    aliased = [(track.alias, number) for number, track in numbered]
    await insert_rows(connection, insert_missing(connection, aliases), aliased)
    await index.put(connection, [row_of(number, track) for number, track in numbered])


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
    new: dict[str, int] = {}
    for (first, last), group in groupby(sorted(fresh, key=_numbers_like), _numbers_like):
        within = tracks.c.number.between(first, last)
        start = await connection.scalar(select(func.max(tracks.c.number) + 1).where(within)) or first
        new |= {track.track_id: number for number, track in enumerate(group, start)}
    return new


def _numbers_like(track: Track) -> tuple[int, int]:
    return numbers(len(words(track.title)))


def _row(number: int, track: Track) -> tuple[object, ...]:
    """As `tracks` has its columns."""
    sort_key = f"{fold(track.artist)}\n{fold(track.title)}"
    return number, track.track_id, sort_key, encode(track)


def batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
