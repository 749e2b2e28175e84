"""What decoding told of each track, in SQL: it stays when the track moves or is tagged anew."""

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import upsert, writing
from api_queue.tracks.models import Analysis
from api_queue.tracks.tables import analyses
from api_queue.types import TrackId


class SqlAnalyses:
    """models.AnalysisStore."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def put(self, track_id: TrackId, analysis: Analysis, peaks: bytes) -> None:
        row = {"track_id": track_id, "found": msgspec.json.encode(analysis), "peaks": peaks}
        async with writing(self._engine) as connection:
            await connection.execute(upsert(connection, analyses, "track_id"), row)

    async def get(self, track_id: TrackId) -> tuple[Analysis, bytes] | None:
        async with self._engine.connect() as connection:
            found = select(analyses.c.found, analyses.c.peaks).where(analyses.c.track_id == track_id)
            row = (await connection.execute(found)).first()
        return (msgspec.json.decode(row.found, type=Analysis), row.peaks) if row else None
