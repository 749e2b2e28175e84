"""Who likes which track, in SQL: it stays when the file moves or is tagged anew."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import BigInteger, Column, String, Table, Text, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import metadata, writing
from api_queue.tracks.likes import Likes
from api_queue.types import GuestId, TrackId

#: `liked_at` is ms since 1970. `migrations/versions/likes_0001.py` makes it.
likes: Final = Table(
    "track_likes",
    metadata,
    Column("track_id", Text, primary_key=True),
    Column("guest_id", String(64), primary_key=True),
    Column("liked_at", BigInteger, nullable=False),
)


class SqlLikes:
    """likes.LikeStore, and accounts.account_models.MembersLikes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def put(self, track_id: TrackId, guest_id: GuestId, now_ms: int) -> bool:
        row = {"track_id": track_id, "guest_id": guest_id, "liked_at": now_ms}
        try:
            async with writing(self._engine) as connection:
                await connection.execute(insert(likes), row)
        except IntegrityError:
            return False
        return True

    async def remove(self, track_id: TrackId, guest_id: GuestId) -> bool:
        mine = delete(likes).where(likes.c.track_id == track_id, likes.c.guest_id == guest_id)
        async with writing(self._engine) as connection:
            return bool((await connection.execute(mine)).rowcount)

    async def forget(self, guest_id: GuestId) -> None:
        async with writing(self._engine) as connection:
            await connection.execute(delete(likes).where(likes.c.guest_id == guest_id))

    async def liked(self, guest_id: GuestId, most: int) -> Sequence[TrackId]:
        mine = select(likes.c.track_id).where(likes.c.guest_id == guest_id)
        newest = mine.order_by(likes.c.liked_at.desc(), likes.c.track_id).limit(most)
        async with self._engine.connect() as connection:
            return list(map(TrackId, await connection.scalars(newest)))

    async def likes(self, track_ids: Collection[TrackId], guest_id: GuestId | None) -> Mapping[TrackId, Likes]:
        mine = func.count().filter(likes.c.guest_id == guest_id)
        counted = select(likes.c.track_id, func.count(), mine).where(likes.c.track_id.in_(track_ids))
        async with self._engine.connect() as connection:
            rows = await connection.execute(counted.group_by(likes.c.track_id))
            return {TrackId(track_id): Likes(count, liked=bool(own)) for track_id, count, own in rows}
