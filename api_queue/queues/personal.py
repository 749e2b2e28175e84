"""The queues of members: `web.private_queues.PersonalQueues`, and `accounts.account_models.PersonalQueues`."""

from contextlib import suppress

from api_queue.errors import MembersOnly, UnknownQueue
from api_queue.queues.service import QueueService
from api_queue.types import QueueName
from api_queue.web.identity import Caller


class PersonalQueues:
    def __init__(self, queues: QueueService) -> None:
        self._queues = queues

    async def ensure(self, name: QueueName) -> None:
        """There is one of this name then; most often there was."""
        try:
            await self._queues.queue(name)
        except UnknownQueue:
            await self._queues.create_personal(name)

    async def of(self, caller: Caller) -> QueueName:
        """The caller's own, which is there then. Raises MembersOnly."""
        if caller.personal_queue is None:
            raise MembersOnly
        await self.ensure(caller.personal_queue)
        return caller.personal_queue

    async def delete(self, name: QueueName) -> None:
        """With everything on it, and the tokens of its devices; there may be none."""
        with suppress(UnknownQueue):
            await self._queues.delete(name)
