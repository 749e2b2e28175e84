"""How a speaker comes to its device and token: it has them, a token of somebody's gives them, or a host lets it in."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from api_queue.clients.speaker.api import Api, Away, Refused
from api_queue.clients.speaker.backoff import Backoff
from api_queue.clients.speaker.state_file import Known, StateFile
from api_queue.clients.speaker.status import say
from api_queue.clients.speaker.wire import Admission
from api_queue.errors import StartRefused
from api_queue.types import DeviceId, QueueName

T = TypeVar("T")


class Joining:
    def __init__(self, api: Api, server: str, state: StateFile) -> None:
        self._api = api
        self._server = server
        self._state = state

    async def device(self, name: str, queue: QueueName | None, token: str | None) -> Known:
        """Waits for a server that is away. Raises StartRefused. Afterwards `api` has the device's token."""
        known = self._state.known(self._server, queue)
        if known is None or not await self._still_good(known):
            known = await self._admitted(name, queue, token, known.device_id if known else None)
            self._state.keep(known)
        self._api.token = known.token
        return known

    async def _still_good(self, known: Known) -> bool:
        self._api.token = known.token
        try:
            await self._patiently(lambda: self._api.beat(None, None, None, 0))
        except Refused as refused:
            if refused.status not in {401, 403, 404}:
                raise StartRefused(reason=refused.detail) from None
            return False
        return True

    async def _admitted(self, name: str, queue: QueueName | None, token: str | None, device: DeviceId | None) -> Known:
        self._api.token = token
        try:
            answer = await self._patiently(lambda: self._api.register(name, queue, device))
            if answer.device is None:
                say(f"Ask the host to let this speaker in: its code is {answer.code}.")
                answer = await self._decided(answer)
        except Refused as refused:
            raise StartRefused(reason=f"The server did not take the speaker in: {refused.detail}") from None
        if answer.device is None:
            raise StartRefused(reason="The server answered without a device.")
        return Known(self._server, answer.device.queue, answer.device.device_id, answer.token)

    async def _decided(self, waiting: Admission) -> Admission:
        answer = waiting
        while answer.device is None:
            await asyncio.sleep(waiting.interval_s)
            with suppress(Away):
                answer = await self._api.claim(waiting.claim)
        return answer

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        backoff, said = Backoff(), ""
        while True:
            try:
                return await ask()
            except Away as away:
                if str(away) != said:
                    said = str(away)
                    say(f"Waiting for the server {self._server}: {said}.")
                await asyncio.sleep(backoff.next_s())
