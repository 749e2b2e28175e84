"""What guests and the host do when they look at the queue. Each answers when to look again."""

import random
from collections.abc import Sequence
from itertools import count
from typing import Final

from api_queue.clients.simulate.api import Added, Api, Refused, Song, Stage
from api_queue.clients.simulate.crowd import Guest
from api_queue.clients.simulate.record import Record
from api_queue.types import ItemId

#: As many are promised: no order moves them.
COMING_SOON: Final = 5
#: After a refusal that does not say when it passes.
_LATER_MS: Final = 10 * 60_000
#: How long the host waits for a singer who has gone home.
_CALL_MS: Final = 30_000
_IDLE_MS: Final = 15_000
#: How often a deleter takes a song back, of the looks at which one waits.
_TAKES_BACK: Final = 0.05


class Bot:
    """`songs` are what it chooses from, by `dice` of its own: what others do changes nothing of that."""

    def __init__(self, guest: Guest, api: Api, record: Record, songs: Sequence[Song], dice: random.Random) -> None:
        self._guest = guest
        self._api = api
        self._record = record
        self._songs = songs
        self._dice = dice
        self._numbers = count(1)
        self._cookies: dict[ItemId, str] = {}
        self._sits = guest.kind != "table"

    async def look(self, now_ms: int) -> int | None:
        guest = self._guest
        if now_ms >= guest.leaves_ms:
            return None
        await self._sit_down()
        await self._reconsider()
        missing = guest.wants - len(self._record.open_of(guest))
        refused = [await self._add(now_ms) for _ in range(missing)]  # at once they would come in any order
        waits_ms = [_LATER_MS if each.wait_ms is None else each.wait_ms for each in refused if each is not None]
        return now_ms + max([guest.look_ms, *waits_ms])

    async def _sit_down(self) -> None:
        """With the others of the table, before the first song."""
        if not self._sits:
            self._sits = True
            if refused := await self._api.join(self._guest.name, self._guest.party):
                self._record.refusals[refused.code] += 1

    async def _reconsider(self) -> None:
        if self._guest.kind != "deleter":
            return
        for item in self._record.waiting_of(self._guest):
            if self._dice.random() < _TAKES_BACK and await self._api.take_back(self._cookies[item], item) is None:
                self._record.took_back(item)

    async def _add(self, now_ms: int) -> Refused | None:
        cookie, performer = self._as_whom()
        answer = await self._api.add(cookie, performer, self._dice.choice(self._songs))
        if isinstance(answer, Added):
            self._cookies[answer.id] = cookie
            self._record.added(answer.id, self._guest, now_ms, soon=answer.position <= COMING_SOON)
            return None
        self._record.refusals[answer.code] += 1
        return answer

    def _as_whom(self) -> tuple[str, str]:
        """Cookie and name; a cheat is somebody else each time."""
        name, number = self._guest.name, next(self._numbers)
        other = f"{name} alias {number}"
        match self._guest.kind:
            case "new cookie":
                return other, name
            case "new name":
                return name, other
            case "new both":
                return other, other
            case _:
                return name, name


class Host:
    """Begins when somebody waits, goes on when a song is over, and skips who has left."""

    def __init__(self, api: Api, record: Record) -> None:
        self._api = api
        self._record = record
        self._plays = False
        self._calls_in_vain = False

    async def look(self, now_ms: int) -> int | None:
        if not self._plays and not self._record.waits:
            return now_ms + _IDLE_MS
        skips = self._calls_in_vain
        stage = await self._api.command("skip" if skips else "next" if self._plays else "play")
        return self._called(stage, now_ms, skipped=skips)

    def _called(self, stage: Stage, now_ms: int, *, skipped: bool) -> int:
        self._plays = stage.item_id is not None
        begins_ms = now_ms - stage.position_ms
        singer = self._record.went_on(stage.item_id, begins_ms, skipped=skipped)
        self._calls_in_vain = singer is not None and singer.leaves_ms <= begins_ms
        if singer is None:
            return now_ms + _IDLE_MS
        return begins_ms + (_CALL_MS if self._calls_in_vain else stage.duration_ms or 0)
