"""Messages in JSON files that a human can read and mend, one for each queue: for small set-ups and for debugging."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from api_queue.errors import MessagesAway
from api_queue.messages.json_file import Entry, Part, QueueFile, decoded, encoded, entry_of, unused
from api_queue.messages.json_folder import JsonFolder
from api_queue.messages.models import Death, Info, Message, Page, Take, Taken, first_of_each_id
from api_queue.messages.names import is_dead, living
from api_queue.types import MessageId, MessageQueueName, Receipt

Answer = TypeVar("Answer")
#: A line for each queue that is listed.
_NAMES: Final = "queues.txt"


class JsonMessages:
    """`models.Store`. One thread works for it, so that the loop never waits for a disk or another process.

    Raises MessagesAway (the disk is full, the folder cannot be written), and MessagesDamaged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = JsonFolder(folder)
        self._thread = ThreadPoolExecutor(1, "messages-json")

    async def close(self) -> None:
        self._thread.shutdown()

    # -- sending -----------------------------------------------------------------------------------------------

    async def send(self, queue: MessageQueueName, messages: Sequence[Message], now_ms: int) -> None:
        entries = [entry_of(message) for message in first_of_each_id(messages)]

        def send(file: QueueFile) -> None:
            known = {entry.id for part in (file.live, file.dead) for entry in part.messages}
            file.part(queue).append([entry for entry in entries if entry.id not in known], now_ms)

        await self._change(queue, send)

    async def update(
        self, queue: MessageQueueName, message_id: MessageId, body: str, timestamp: str, now_ms: int
    ) -> bool:
        new = entry_of(Message(message_id, body, timestamp))

        def update(part: Part) -> bool:
            found = part.named(message_id)
            for entry in found:
                entry.body, entry.timestamp = new.body, new.timestamp
                part.change(now_ms)
            return bool(found)

        return await self._change_part(queue, update)

    async def redrive(self, queue: MessageQueueName, most: int, now_ms: int) -> int:
        def redrive(file: QueueFile) -> int:
            back = list(file.dead.available(now_ms))[:most]
            file.dead.remove(back, now_ms)
            file.live.append([Entry(entry.id, entry.timestamp, entry.body) for entry in back], now_ms)
            return len(back)

        return await self._change(queue, redrive)

    # -- receiving ---------------------------------------------------------------------------------------------

    async def receive(self, queue: MessageQueueName, take: Take, now_ms: int) -> Taken:
        def receive(file: QueueFile) -> Taken:
            part, chosen = file.part(queue), _choose(file, queue, take, now_ms)
            handed = tuple(entry.hand(take, number) for number, entry in enumerate(chosen))
            if take.wish.delete:
                part.remove(chosen, now_ms)
            return Taken(handed, None if handed else part.next_visible_at_ms(now_ms))

        return await self._change(queue, receive)

    async def delete(self, queue: MessageQueueName, receipt: Receipt, now_ms: int) -> bool:
        return await self._change_part(queue, lambda part: part.remove(part.held(receipt, now_ms), now_ms))

    async def delete_by_id(self, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> bool:
        return await self._change_part(queue, lambda part: part.remove(part.named(message_id), now_ms))

    async def extend(self, queue: MessageQueueName, receipt: Receipt, visible_at_ms: int, now_ms: int) -> bool:
        def extend(part: Part) -> bool:
            held = part.held(receipt, now_ms)
            for entry in held:
                entry.visible_at_ms = visible_at_ms
            return bool(held)

        return await self._change_part(queue, extend)

    async def clear(self, queue: MessageQueueName, now_ms: int) -> None:
        def clear(part: Part) -> None:
            if part.created_at_ms is not None:
                part.messages, part.changed_at_ms = [], now_ms

        await self._change_part(queue, clear)

    # -- looking -----------------------------------------------------------------------------------------------

    async def look(self, queue: MessageQueueName, offset: int, limit: int, now_ms: int) -> Page:
        there = list((await self._read(queue)).available(now_ms))
        return Page(tuple(entry.message(now_ms) for entry in there[offset : offset + limit]), len(there))

    async def message(self, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> Message | None:
        found = (await self._read(queue)).named(message_id)
        return found[0].message(now_ms) if found else None

    async def existing(self, queue: MessageQueueName, message_ids: Sequence[MessageId]) -> Collection[MessageId]:
        return {entry.id for entry in (await self._read(queue)).messages}.intersection(message_ids)

    async def info(self, queue: MessageQueueName, now_ms: int) -> Info:
        return (await self._in_thread(lambda: self._file(queue))).info(queue, now_ms)

    async def every(self, queue: MessageQueueName) -> AsyncIterator[Message]:
        for entry in (await self._read(queue)).messages:
            yield entry.message()

    # -- the list of queues ------------------------------------------------------------------------------------

    async def register(self, queue: MessageQueueName, queues_max: int) -> bool:
        def register() -> bool:
            with self._folder.locked(_NAMES):
                names = self._names()
                if queue not in names and len(names) < queues_max:
                    names = sorted([*names, queue])
                    self._folder.replace(_NAMES, "".join(f"{name}\n" for name in names).encode())
            return queue in names

        return await self._in_thread(register)

    async def queues(self) -> list[MessageQueueName]:
        return await self._in_thread(self._names)

    def _names(self) -> list[MessageQueueName]:
        return self._folder.read(_NAMES, _decoded_names, [])

    # -- files -------------------------------------------------------------------------------------------------

    async def _change_part(self, queue: MessageQueueName, verb: Callable[[Part], Answer]) -> Answer:
        return await self._change(queue, lambda file: verb(file.part(queue)))

    async def _change(self, queue: MessageQueueName, verb: Callable[[QueueFile], Answer]) -> Answer:
        """What `verb` answers, once what it changed is on the disk."""

        def change() -> Answer:
            with self._folder.locked(_name(queue)):
                file = self._file(queue)
                before = encoded(file)
                answer = verb(file)
                after = encoded(file)
                if after != before:
                    self._folder.replace(_name(queue), after)
            return answer

        return await self._in_thread(change)

    async def _read(self, queue: MessageQueueName) -> Part:
        return (await self._in_thread(lambda: self._file(queue))).part(queue)

    def _file(self, queue: MessageQueueName) -> QueueFile:
        return self._folder.read(_name(queue), lambda data: decoded(data, living(queue)), unused(living(queue)))

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except OSError as error:
            raise MessagesAway(reason=error.strerror, retry_after=5) from error


def _choose(file: QueueFile, queue: MessageQueueName, take: Take, now_ms: int) -> list[Entry]:
    """The first that fit. Those that were received too often go to the dead letters on the way."""
    chosen: list[Entry] = []
    dying: list[Entry] = []
    for entry in file.part(queue).available(now_ms):
        if len(chosen) == len(take.receipts):
            break
        if take.wish.only_new and entry.receive_count:
            continue
        if entry.receive_count >= take.receive_max and not is_dead(queue):
            dying.append(entry)
        elif take.wish.consumer_id not in entry.consumers:
            chosen.append(entry)
    _bury(file, dying, now_ms)
    return chosen


def _bury(file: QueueFile, dying: list[Entry], now_ms: int) -> None:
    file.live.remove(dying, now_ms)
    letters = [replace(entry.message(), death=Death.after(entry.receive_count, now_ms)) for entry in dying]
    file.dead.append([entry_of(letter) for letter in letters], now_ms)


def _name(queue: MessageQueueName) -> str:
    """A queue and its dead letters change together, so they are one file."""
    return f"{living(queue)}.json"


def _decoded_names(data: bytes) -> list[MessageQueueName]:
    """Raises ValueError, with the reason."""
    return [MessageQueueName(line) for line in data.decode().splitlines()]
