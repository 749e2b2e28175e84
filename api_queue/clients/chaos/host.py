"""The host: plays, skips, moves songs and gives the queue other titles."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final

from api_queue.clients.chaos.api import HOST, Api, Ask
from api_queue.clients.chaos.wishes import Wishes
from api_queue.types import ItemId

_PAUSE_S: Final = (0.1, 0.6)
_BUTTONS: Final = ("play", "skip", "skip", "stop")


class Host:
    """`waiting`: ids of what waits, as a screen has it now."""

    def __init__(self, api: Api, wishes: Wishes, seed: int, waiting: Callable[[], list[ItemId]]) -> None:
        self._api = api
        self._wishes = wishes
        self._dice = Random(f"{seed}-host")  # noqa: S311
        self._waiting = waiting
        self._asked = 0

    async def run(self, ends: asyncio.Event) -> None:
        """Until it `ends`; then the music is stopped, so that nothing moves any more."""
        while not ends.is_set():
            await self._dice.choice((self._move, self._move, self._entitle, self._press))()
            await asyncio.sleep(self._dice.uniform(*_PAUSE_S))
        while await self._button("stop") == "unknown":  # noqa: ASYNC110 - of the server
            await asyncio.sleep(_PAUSE_S[1])

    async def _move(self) -> None:
        waiting = self._waiting()
        if len(waiting) < 2:
            return
        song, before = self._dice.sample(waiting, 2)
        outcome, answer = await self._api.ask(self._ask("PUT", f"/items/{song}", before=before))
        self._wishes.outcomes[outcome] += 1
        if outcome == "done" and answer.undo_until_ms is not None:
            self._wishes.moved[song] += 1

    async def _entitle(self) -> None:
        title = f"Title {self._asked}"
        outcome, _ = await self._api.ask(self._ask("PUT", "/settings", title=title))
        self._wishes.outcomes[outcome] += 1
        self._wishes.take_title(title, outcome)

    async def _press(self) -> None:
        await self._button(self._dice.choice(_BUTTONS))

    async def _button(self, name: str) -> str:
        outcome, _ = await self._api.ask(self._ask("POST", f"/command/{name}"))
        self._wishes.outcomes[outcome] += 1
        return outcome

    def _ask(self, method: str, path: str, **body: object) -> Ask:
        self._asked += 1
        return Ask(HOST, method, path, f"host-{self._asked}", body or None)
