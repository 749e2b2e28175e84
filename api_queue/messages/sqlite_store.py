"""Messages in one SQLite file, for who wants no Redis to keep them. Each verb is one transaction."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from api_queue.drivers.sql import connect_here, writing_here
from api_queue.errors import DiskFailing, DiskFull, MessagesAway, MessagesDamaged
from api_queue.messages import sqlite_verbs as verbs
from api_queue.messages.models import Info, Message, Page, Take, Taken
from api_queue.messages.sqlite_tables import hidden, message_of, messages, metadata
from api_queue.types import MessageId, MessageQueueName, Receipt

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class SqliteMessages:
    """`models.Store`. One thread works for it: SQLite has one writer, and a verb is one trip there and back.

    Raises MessagesAway (the disk is full, the folder cannot be written), and MessagesDamaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, "messages-sqlite")

    async def close(self) -> None:
        if "_engine" in self.__dict__:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    # -- sending -----------------------------------------------------------------------------------------------

    async def send(self, queue: MessageQueueName, messages: Sequence[Message], now_ms: int) -> None:
        await self._write(verbs.send, queue, messages, now_ms)

    async def update(
        self, queue: MessageQueueName, message_id: MessageId, body: str, timestamp: str, now_ms: int
    ) -> bool:
        return await self._write(verbs.rewrite, queue, message_id, body, timestamp, now_ms)

    async def redrive(self, queue: MessageQueueName, most: int, now_ms: int) -> int:
        moved = 0
        while step := await self._write(verbs.redrive, queue, min(verbs.SLICE, most - moved), now_ms):
            moved += step
        return moved

    # -- receiving ---------------------------------------------------------------------------------------------

    async def receive(self, queue: MessageQueueName, take: Take, now_ms: int) -> Taken:
        while (taken := await self._write(verbs.receive, queue, take, now_ms)) is None:
            """Slice by slice, so that others get their turn."""
        return taken

    async def delete(self, queue: MessageQueueName, receipt: Receipt, now_ms: int) -> bool:
        return await self._write(verbs.drop, queue, now_ms, hidden(queue, now_ms), messages.c.receipt == receipt)

    async def delete_by_id(self, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> bool:
        return await self._write(verbs.drop, queue, now_ms, messages.c.id == message_id)

    async def extend(self, queue: MessageQueueName, receipt: Receipt, visible_at_ms: int, now_ms: int) -> bool:
        return await self._write(verbs.extend, queue, receipt, visible_at_ms, now_ms)

    async def clear(self, queue: MessageQueueName, now_ms: int) -> None:
        await self._write(verbs.clear, queue, now_ms)

    # -- looking -----------------------------------------------------------------------------------------------

    async def look(self, queue: MessageQueueName, offset: int, limit: int, now_ms: int) -> Page:
        while await self._write(verbs.settle, queue, now_ms):
            """Slice by slice, so that others get their turn."""
        return await self._read(verbs.look, queue, offset, limit, now_ms)

    async def message(self, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> Message | None:
        return await self._read(verbs.show, queue, message_id, now_ms)

    async def existing(self, queue: MessageQueueName, message_ids: Sequence[MessageId]) -> Collection[MessageId]:
        return await self._read(verbs.existing, queue, message_ids)

    async def info(self, queue: MessageQueueName, now_ms: int) -> Info:
        return await self._read(verbs.info, queue, now_ms)

    async def every(self, queue: MessageQueueName) -> AsyncIterator[Message]:
        place = 0
        while rows := await self._read(verbs.following, queue, place):
            for row in rows:
                yield message_of(row)
            place = rows[-1].place

    # -- the list of queues ------------------------------------------------------------------------------------

    async def register(self, queue: MessageQueueName, queues_max: int) -> bool:
        return await self._write(verbs.register, queue, queues_max)

    async def queues(self) -> list[MessageQueueName]:
        return await self._read(verbs.queues)

    # -- transactions ------------------------------------------------------------------------------------------

    async def _write(
        self, verb: Callable[Concatenate[Connection, Given], Answer], *args: Given.args, **more: Given.kwargs
    ) -> Answer:
        return await self._run(self._writing, lambda connection: verb(connection, *args, **more))

    async def _read(
        self, verb: Callable[Concatenate[Connection, Given], Answer], *args: Given.args, **more: Given.kwargs
    ) -> Answer:
        return await self._run(self._reading, lambda connection: verb(connection, *args, **more))

    async def _run(
        self, begin: Callable[[], AbstractContextManager[Connection]], verb: Callable[[Connection], Answer]
    ) -> Answer:
        def run() -> Answer:
            with begin() as connection:
                return verb(connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run)
        except OperationalError as error:
            raise MessagesAway(reason=error.orig, retry_after=5) from error
        except DatabaseError as error:
            raise MessagesDamaged(file=self._path.name, reason=error.orig) from error
        except (DiskFull, DiskFailing) as error:
            raise MessagesAway(reason=error.__cause__, retry_after=5) from error
        except OSError as error:
            raise MessagesAway(reason=error.strerror, retry_after=5) from error

    def _writing(self) -> AbstractContextManager[Connection]:
        return writing_here(self._engine)

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._engine.connect()

    @cached_property
    def _engine(self) -> Engine:
        """With the file and its tables, made at first use."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        engine = connect_here(f"sqlite:///{self._path.resolve()}")
        with writing_here(engine) as connection:
            metadata.create_all(connection)
        return engine
