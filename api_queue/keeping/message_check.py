"""The messages of programs and of tasks, in whichever of the storages there are any."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from api_queue.drivers.redis import Redis
from api_queue.keeping.findings import Finding
from api_queue.keeping.found import Found
from api_queue.keeping.redis_keys import RedisKeys
from api_queue.messages.json_file import decoded
from api_queue.messages.names import dead_letters_of, living
from api_queue.messages.redis_store import NAMES, key, keys_of
from api_queue.messages.soundness import faults
from api_queue.types import MessageQueueName

_REPAIR: Final = "writes the sets and sums anew from the messages; what lacks a half goes to the found file"


class RedisMessageCheck:
    """`findings.Check`."""

    def __init__(self, redis: Redis, found: Found) -> None:
        self._redis = redis
        self._keys = RedisKeys(redis)
        self._found = found

    async def look(self) -> list[Finding]:
        listed = set(await self._redis.call("SMEMBERS", NAMES))
        there = {each[3:].partition("}:")[0] async for each in self._keys.every("m:*") if each.startswith("m:{")}
        findings = []
        for name in sorted(there | listed):
            for queue in (MessageQueueName(name), dead_letters_of(MessageQueueName(name))):
                findings += [Finding("messages", queue, text, _REPAIR) for text in faults(await self._read(queue))]
        return findings

    async def _read(self, queue: MessageQueueName) -> dict[str, list[str]]:
        return {kept.key.rpartition(":")[2]: kept.values for kept in await self._keys.read(keys_of(queue))}

    async def mend(self, findings: Sequence[Finding]) -> None:
        for queue in dict.fromkeys(MessageQueueName(finding.where) for finding in findings):
            halves = await self._redis.script("messages/mend", keys_of(queue), ())
            for part, pairs in zip(("facts", "bodies"), halves, strict=True):
                for message_id, content in zip(pairs[::2], pairs[1::2], strict=True):
                    self._found.keep(f"message without its other half: {part}", queue, [message_id, content])
                    await self._redis.call("HDEL", key(queue, part), message_id)


class JsonMessageCheck:
    """`findings.Check`: files that cannot be read. Their queue answers nothing until somebody mends them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def look(self) -> list[Finding]:
        return list(await asyncio.to_thread(lambda: list(self._faults())))

    def _faults(self) -> Iterable[Finding]:
        for path in sorted(self._folder.glob("[!.]*.json")):
            try:
                decoded(path.read_bytes(), living(MessageQueueName(path.stem)))
            except ValueError as error:
                yield Finding("messages_file", f"{path}", f"It cannot be read: {error}.")

    async def mend(self, findings: Sequence[Finding]) -> None:
        """Only a human, or a backup, knows what stood there."""
