"""What ended here, kept until the server has taken it, and told in order."""

import asyncio
from collections import deque
from collections.abc import Callable

from api_queue.clients.speaker.api import Api, Away, Refused
from api_queue.clients.speaker.backoff import Backoff
from api_queue.clients.speaker.plan import Over
from api_queue.clients.speaker.wire import Session
from api_queue.types import QueueName


class Reports:
    """`may`: whether the server knows us as the speaker now. `told` gets the session as it is after a report."""

    def __init__(self, api: Api, queue: QueueName, may: Callable[[], bool], told: Callable[[Session], None]) -> None:
        self._api = api
        self._queue = queue
        self._may = may
        self._told = told
        self._pending: deque[Over] = deque()
        self.news = asyncio.Event()

    @property
    def pending(self) -> tuple[Over, ...]:
        return tuple(self._pending)

    def add(self, over: Over) -> None:
        self._pending.append(over)
        self.news.set()

    async def run(self) -> None:
        """For ever. Set `news` when `may` has changed."""
        backoff = Backoff()
        while True:
            self.news.clear()
            if not (self._pending and self._may()):
                await self.news.wait()
                continue
            try:
                await self._send(self._pending[0])
                backoff.reset()
            except Away:
                await asyncio.sleep(backoff.next_s())

    async def _send(self, over: Over) -> None:
        """An old generation's word counts for nothing, and neither does what was built upon it."""
        try:
            session = await self._api.report(self._queue, over)
        except Refused as refused:
            if refused.status == 409:
                self._pending.clear()
            else:
                self._pending.popleft()
            return
        self._pending.popleft()
        self._told(session)
