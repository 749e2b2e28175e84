"""Cuts recordings, as publishing a list does in its own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import writing
from api_queue.tracks import part_store
from api_queue.tracks.parts import Cut, PartService, id_of
from api_queue.types import TrackId


@dataclass
class Scissors:
    engine: AsyncEngine
    service: PartService

    async def cut(self, recording: TrackId, cuts: Sequence[Cut]) -> tuple[TrackId, ...]:
        """The ids of its parts, in this order."""
        await self.service.changing(recording)
        async with writing(self.engine) as connection:
            await part_store.cut(connection, recording, cuts)
        await self.service.changed()
        return tuple(id_of(recording, each) for each in cuts)

    async def join(self, recording: TrackId) -> None:
        await self.cut(recording, ())
