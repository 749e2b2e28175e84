"""Which parts recordings are cut into, in SQL: also of recordings that are not here just now."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.tracks.parts import Cut, id_of
from api_queue.tracks.retelling import retell
from api_queue.tracks.tables import parts
from api_queue.types import TrackId


async def cut(connection: AsyncConnection, recording: TrackId, cuts: Sequence[Cut]) -> None:
    """In the place of all parts that it had. They are tracks whenever the recording is one. It is a step of another
    feature's transaction, which is alone in `tracks`, so that no recording is cut in another way than its list says.
    """
    rows = {id_of(recording, cut): msgspec.json.encode(cut) for cut in cuts}
    of_recording = parts.c.recording_id == recording
    before = set(await connection.scalars(select(parts.c.track_id).where(of_recording)))
    await connection.execute(delete(parts).where(of_recording))
    if rows:
        named = [{"track_id": id_, "recording_id": recording, "record": record} for id_, record in rows.items()]
        await connection.execute(insert(parts), named)
    await retell(connection, {recording}, before)
