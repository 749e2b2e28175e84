"""Which parts recordings are cut into, in SQL: also of recordings that are not here just now."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import writing
from api_queue.tracks.parts import Cut, id_of
from api_queue.tracks.retelling import retell
from api_queue.tracks.tables import parts
from api_queue.types import TrackId


class SqlParts:
    """parts.PartStore."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def cut(self, recording: TrackId, cuts: Sequence[Cut]) -> None:
        rows = {id_of(recording, cut): msgspec.json.encode(cut) for cut in cuts}
        of_recording = parts.c.recording_id == recording
        async with writing(self._engine) as connection:
            before = set(await connection.scalars(select(parts.c.track_id).where(of_recording)))
            await connection.execute(delete(parts).where(of_recording))
            if rows:
                named = [{"track_id": id_, "recording_id": recording, "record": record} for id_, record in rows.items()]
                await connection.execute(insert(parts), named)
            await retell(connection, {recording}, before)
