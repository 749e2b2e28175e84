"""Which files were given other names, in SQL."""

from collections.abc import Sequence

from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_queue.drivers.sql import writing
from api_queue.tracks.moves import Move
from api_queue.tracks.tables import moves

_OF_MOVE = select(moves.c.number, moves.c.before, moves.c.after, moves.c.done).order_by(moves.c.number)


class SqlMoves:
    """moves.MoveStore."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def plan(self, task_id: int, item_id: int, pairs: Sequence[tuple[str, str]]) -> list[Move]:
        of_item = _OF_MOVE.where(moves.c.task_id == task_id, moves.c.item_id == item_id)
        rows = [{"task_id": task_id, "item_id": item_id, "before": before, "after": after} for before, after in pairs]
        async with writing(self._engine, "moves") as connection:
            if rows and not await _read(connection, of_item):
                await connection.execute(insert(moves), rows)
            return await _read(connection, of_item)

    async def done(self, number: int) -> None:
        async with writing(self._engine) as connection:
            await connection.execute(update(moves).where(moves.c.number == number).values(done=True))

    async def of_task(self, task_id: int) -> list[Move]:
        async with self._engine.connect() as connection:
            return await _read(connection, _OF_MOVE.where(moves.c.task_id == task_id, moves.c.done))


async def _read(connection: AsyncConnection, wanted: Select[int, str, str, bool]) -> list[Move]:
    return [Move(*row) for row in await connection.execute(wanted)]
