"""Processes that use a store in files, to be raced against each other and to be killed."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from api_queue.messages.json_store import JsonMessages
from api_queue.messages.models import Message, Take, Wish
from api_queue.messages.service import new_receipt
from api_queue.messages.sqlite_store import SqliteMessages
from api_queue.types import MessageId, MessageQueueName, Receipt

FILES: Final = {"sqlite": "messages.sqlite", "json": "messages/orders.json"}
Q: Final = MessageQueueName("orders")
DEAD: Final = MessageQueueName("orders.dead")
PAIRS: Final = MessageQueueName("pairs")
NOW_MS: Final = 1_700_000_000_000

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


async def names_there(store: FileStore, queue: MessageQueueName = Q) -> list[str]:
    return [each.id async for each in store.every(queue)]


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
    """Each message is sent, and comes to one of five ends."""
    ends = itertools.cycle([_update, _delete_by_id, _receive_and_delete, _hold_for_longer, _die_and_return])
    async with file_store(kind, folder) as store:
        for number, end in enumerate(ends):
            sent = MessageId(f"{name}-{number}")
            await _told(log, "send", sent, store.send(Q, [message(sent)], NOW_MS))
            await end(store, log, sent)
            await store.send(PAIRS, [message(f"{sent}-left"), message(f"{sent}-right")], NOW_MS)
            await store.clear(PAIRS, NOW_MS)


async def _told(log: Connection, verb: str, name: str, doing: Awaitable[object]) -> None:
    log.send((False, verb, name))
    await doing
    log.send((True, verb, name))


async def _update(store: FileStore, log: Connection, sent: MessageId) -> None:
    await _told(log, "update", sent, store.update(Q, sent, '{"new": 1}', "", NOW_MS))


async def _delete_by_id(store: FileStore, log: Connection, sent: MessageId) -> None:
    await _told(log, "delete", sent, store.delete_by_id(Q, sent, NOW_MS))


async def _receive_and_delete(store: FileStore, log: Connection, _sent: MessageId) -> None:
    name, receipt = await _received(store)
    await _told(log, "delete", name, store.delete(Q, receipt, NOW_MS))


async def _hold_for_longer(store: FileStore, _log: Connection, _sent: MessageId) -> None:
    _, receipt = await _received(store)
    await store.extend(Q, receipt, NOW_MS + 60_000, NOW_MS)


async def _die_and_return(store: FileStore, _log: Connection, _sent: MessageId) -> None:
    """Given back, and received once more, which is too often."""
    _, receipt = await _received(store)
    await store.extend(Q, receipt, NOW_MS, NOW_MS)
    await store.receive(Q, replace(take(1), receive_max=1), NOW_MS)
    await store.redrive(Q, 1, NOW_MS)


async def _received(store: FileStore) -> tuple[MessageId, Receipt]:
    (got,) = (await store.receive(Q, take(1), NOW_MS)).messages
    assert got.receipt
    return got.id, got.receipt
