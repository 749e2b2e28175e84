"""Processes that use a store in files, to be raced against each other and to be killed."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from api_queue.messages.json_store import JsonMessages
from api_queue.messages.models import Message, Take, Wish
from api_queue.messages.service import new_receipt
from api_queue.messages.sqlite_store import SqliteMessages
from api_queue.types import MessageId, MessageQueueName

FILES: Final = {"sqlite": "messages.sqlite", "json": "messages/orders.json"}
Q: Final = MessageQueueName("orders")
NOW_MS: Final = 1_700_000_000_000
#: Forked from a process that has imported all this, so that one costs 20 ms.
PROCESSES: Final = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])

FileStore = SqliteMessages | JsonMessages


@asynccontextmanager
async def file_store(kind: str, folder: Path) -> AsyncIterator[FileStore]:
    store = SqliteMessages(folder / "messages.sqlite") if kind == "sqlite" else JsonMessages(folder / "messages")
    yield store
    await store.close()


def message(name: str, body: str = "{}") -> Message:
    return Message(MessageId(name), body, "2026-01-17T10:00:00")


def take(most: int, now_ms: int = NOW_MS) -> Take:
    return Take(Wish(most), tuple(new_receipt() for _ in range(most)), now_ms + 30_000, receive_max=10)


async def names_there(store: FileStore) -> list[str]:
    return [each.id async for each in store.every(Q)]


def receive_all(kind: str, folder: Path) -> list[str]:
    """The ids that this process got before it found nothing any more."""

    async def receive() -> list[str]:
        got: list[str] = []
        async with file_store(kind, folder) as store:
            while taken := (await store.receive(Q, take(3), NOW_MS)).messages:
                got += [each.id for each in taken]
        return got

    return asyncio.run(receive())


def work_until_killed(kind: str, folder: Path, name: str, log: Connection) -> None:
    """Tells before each verb what it is about to do, and after it what is done: (done, verb, id)."""
    asyncio.run(_work(kind, folder, name, log))


async def _work(kind: str, folder: Path, name: str, log: Connection) -> None:
    number = 0
    async with file_store(kind, folder) as store:
        while True:
            number += 1
            await _send_update_delete(store, log, MessageId(f"{name}-{number}"), number % 4)


async def _send_update_delete(store: FileStore, log: Connection, name: MessageId, end: int) -> None:
    """Of four messages one is deleted by its receipt, one by its id, one updated and kept, one just kept."""
    log.send((False, "send", name))
    await store.send(Q, [message(name)], NOW_MS)
    log.send((True, "send", name))
    if end == 0:
        log.send((False, "update", name))
        await store.update(Q, name, '{"new": 1}', "", NOW_MS)
        log.send((True, "update", name))
    elif end == 1:
        log.send((False, "delete", name))
        await store.delete_by_id(Q, name, NOW_MS)
        log.send((True, "delete", name))
    elif end == 2:
        (got,) = (await store.receive(Q, take(1), NOW_MS)).messages
        log.send((False, "delete", got.id))
        assert got.receipt
        await store.delete(Q, got.receipt, NOW_MS)
        log.send((True, "delete", got.id))
