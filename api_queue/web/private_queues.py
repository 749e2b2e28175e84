"""The second door: a member's queue is not there for anybody else, however a request names it."""

from typing import Any, Protocol

from sanic import Request

from api_queue.errors import MissingCredential, NotYourSession, UnknownQueue
from api_queue.types import QueueName
from api_queue.web.bodies import all_fields
from api_queue.web.identity import Caller
from api_queue.web.personal import is_personal, is_user_id


class PersonalQueues(Protocol):
    """What the web layer and the stream need of queues."""

    async def ensure(self, name: QueueName) -> None:
        """It is made at its first use."""

    async def of(self, caller: Caller) -> QueueName:
        """The caller's own, which is there then. Raises MembersOnly."""


def names_private(request: Request) -> bool:
    """Whether the path or the query names what may be somebody's own: a personal queue, or a user by their id."""
    path = request.match_info.get("name", "")
    return is_personal(path) or is_user_id(path) or any(map(is_personal, _in_query(request)))


class PrivateQueues:
    def __init__(self, personal: PersonalQueues) -> None:
        self._personal = personal

    async def admit(self, request: Request, caller: Caller) -> None:
        """To what path and query name. Raises MissingCredential, UnknownQueue, NotYourSession.

        The handler finds the queue in the place of a user's id.
        """
        path = request.match_info.get("name", "")
        if is_user_id(path):
            request.match_info["name"] = path = _queue_of_user(path, caller)
        for name in (path, *_in_query(request)):
            await self._admit_to(name, caller)

    async def admit_by_body(self, request: Request, caller: Caller) -> None:
        await self._admit_to(all_fields(request).get("queue"), caller)

    async def _admit_to(self, name: Any, caller: Caller) -> None:
        if not isinstance(name, str) or not is_personal(name):
            return
        queue = QueueName(name)
        if not caller.sees(queue):
            raise UnknownQueue(queue=queue) if caller.guest_id else MissingCredential
        if queue == caller.personal_queue:
            await self._personal.ensure(queue)


def _in_query(request: Request) -> list[str]:
    return request.args.getlist("queue", []) if request.query_string else []


def _queue_of_user(user: str, caller: Caller) -> QueueName:
    queue = caller.queue_of_user(user)
    if queue is None:
        raise NotYourSession if caller.signed_in else MissingCredential
    return queue
