"""Buttons that somebody pressed in Home Assistant, done as a host's commands are.

They come to the one connection of the relay that leads, so each is done once. None is done late: what was pressed while
no relay led is lost, as it is with the button of a lamp that has no power.
"""

import asyncio
from collections.abc import Collection
from typing import Final, Protocol

import structlog

from api_queue.errors import ApiQueueError
from api_queue.home_assistant.wire import PRESSES, Topics
from api_queue.queues.commands import QueueCommands
from api_queue.types import QueueName
from api_queue.web.personal import is_personal

WHO: Final = "home assistant"
#: Presses that wait; whoever presses faster than queues change is no finger.
MOST_WAITING: Final = 20
_log = structlog.get_logger()


class Auditor(Protocol):
    async def write(self, token_id: str, action: str, queue: QueueName | None = None) -> None: ...


class Presses:
    """`chosen`: the queues that it finds; empty are all."""

    def __init__(self, commands: QueueCommands, auditor: Auditor, topics: Topics, chosen: Collection[str] = ()) -> None:
        self._commands = commands
        self._auditor = auditor
        self._topics = topics
        self._chosen = chosen
        self._waiting: asyncio.Queue[tuple[QueueName, str]] = asyncio.Queue(MOST_WAITING)

    @property
    def filter(self) -> str:
        return self._topics.presses

    def hear(self, topic: str, payload: bytes) -> None:
        """Never waits."""
        press, queue = payload[:32].decode(errors="replace"), self._topics.queue_of(topic)
        if press not in PRESSES:
            _log.warning("a press that nobody knows", queue=queue)
        elif is_personal(queue) or (self._chosen and queue not in self._chosen):
            _log.warning("a press for a queue that has no buttons", queue=queue)
        elif self._waiting.full():
            _log.warning("presses come too fast", queue=queue)
        else:
            self._waiting.put_nowait((queue, press))

    async def run(self) -> None:
        """One after the other, as they came."""
        while True:
            queue, press = await self._waiting.get()
            try:
                await self._commands.run(queue, press, {}, "host")
                await self._auditor.write(WHO, f"{WHO}: {press}", queue)
            except ApiQueueError as error:
                _log.info("a press changed nothing", queue=queue, press=press, reason=error.detail)
            except Exception:
                _log.exception("a press could not be done", queue=queue, press=press)
