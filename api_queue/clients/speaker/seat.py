"""The speaker's seat: heartbeats keep it, and no sound is made before one has said that it is ours."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from api_queue.clients.speaker.api import Api, Away, Refused
from api_queue.clients.speaker.backoff import Backoff
from api_queue.clients.speaker.clock import local_ms
from api_queue.clients.speaker.lease import NONE, Lease, granted, lost, seat
from api_queue.clients.speaker.wire import Session
from api_queue.errors import StartRefused
from api_queue.types import DeviceId, ItemId

#: The item on the deck, its position as it passes in the room, the volume.
Doing = Callable[[], tuple[ItemId | None, int | None, int]]


class Seat:
    """`changed` is awaited with each new lease: sound has to be over when the one of a lost seat returns.

    `generation`: the one to come back to. A first heartbeat without it would say that the seat is given up.
    """

    def __init__(
        self,
        api: Api,
        device: DeviceId,
        doing: Doing,
        changed: Callable[[Lease], Awaitable[None]],
        generation: int | None = None,
    ) -> None:
        self._api = api
        self._device = device
        self._doing = doing
        self._changed = changed
        self._news = asyncio.Event()
        self._backoff = Backoff()
        #: The generation that we think is ours, and the newest one that turned out not to be.
        self.ours = generation
        self._refused: int = -1
        self.is_away = False
        self.lease: Lease = NONE
        self.reason = ""

    def heard(self, session: Session) -> None:
        """What the session says of the seat is tried out by a heartbeat."""
        named = seat(session, self._device)
        if named is not None and named > max(self._refused, self.ours or 0):
            self.ours = named
        elif self.ours is not None and lost(Lease(self.ours, 0), session, self._device):
            self._refused, self.ours = self.ours, None
            self.reason = f"{session.speaker_name} plays now" if session.speaker_name else "no longer the speaker"
        elif self.is_away:  # who can be heard can be asked
            self._news.set()
            return
        else:
            return
        self.lease = NONE
        self._news.set()

    async def run(self) -> None:
        """For ever. Raises StartRefused when the server will not have this device any more."""
        while True:
            self._news.clear()
            if self.lease is NONE:
                await self._changed(NONE)
            wait_s = await self._beat()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news.wait()

    async def leave(self) -> None:
        """Whoever comes next need not wait for the end of the lease."""
        self.lease, self.ours = NONE, None
        with suppress(Away, Refused):
            await self._api.leave()

    async def _beat(self) -> float:
        """Seconds until the next one."""
        named, sent_ms = self.ours, local_ms()
        try:
            answer = await self._api.beat(named, *self._doing())
        except Away:
            self.is_away = True
            return self._backoff.next_s()
        except Refused as refused:
            return self._turned_away(named, refused)
        self.is_away = False
        self._backoff.reset()
        if named != self.ours:  # meanwhile the session said otherwise
            return 0
        self.lease = granted(answer, named, sent_ms)
        await self._changed(self.lease)
        if answer.active and named != answer.generation and answer.generation > self._refused:
            self.ours = answer.generation
            return 0
        return answer.interval_ms / 1000

    def _turned_away(self, named: int | None, refused: Refused) -> float:
        if refused.status != 409 or named is None:
            raise StartRefused(reason=f"The server will not have this speaker any more: {refused.detail}")
        self.ours, self._refused, self.lease, self.reason = None, named, NONE, refused.detail
        return 0
