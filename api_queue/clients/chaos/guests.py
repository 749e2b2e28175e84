"""A guest who adds songs, gives them other names and takes them back, and remembers what was answered."""

import asyncio
from random import Random
from typing import Final

from api_queue.clients.chaos.api import Answer, Api, Ask, guest
from api_queue.clients.chaos.options import Options
from api_queue.clients.chaos.wishes import Outcome, Verb, Wish, Wishes
from api_queue.types import TrackId

#: So many of their songs wait, or may wait, before one is taken back.
_MOST: Final = 4
_PAUSE_S: Final = (0.2, 1.2)
#: How often what was not answered is left at that; else it is repeated under its key.
_GIVES_UP: Final = 0.3


class Guest:
    def __init__(self, number: int, api: Api, tracks: list[TrackId], wishes: Wishes, options: Options) -> None:
        self._who = guest(number, options.seed)
        self._name = f"guest {number}"
        self._api = api
        self._patience_s = options.patience_s
        self._tracks = tracks
        self._wishes = wishes
        self._dice = Random(f"{options.seed}-{number}")  # noqa: S311
        self._songs: list[Wish] = []
        self._asked = 0
        self._open: set[asyncio.Task[None]] = set()

    async def run(self, ends: asyncio.Event) -> None:
        """Until it `ends`, and then until what is repeated is answered."""
        while not ends.is_set():
            await self._act()
            await asyncio.sleep(self._dice.uniform(*_PAUSE_S))
        await asyncio.gather(*self._open)

    async def _act(self) -> None:
        settled = [song for song in self._songs if song.settled and song.may_be_there]
        if len(settled) < _MOST and self._dice.random() < 0.6:
            song = Wish(f"{self._name} song {len(self._wishes.songs)}")
            self._wishes.songs.append(song)
            self._songs.append(song)
            await self._do(song, "add", song.tag)
        elif settled:
            song = self._dice.choice(settled)
            removes = len(settled) >= _MOST or self._dice.random() < 0.5
            await self._do(song, "remove" if removes else "rename", f"{song.tag} take {self._asked}")

    async def _do(self, song: Wish, verb: Verb, name: str) -> None:
        ask, song.settled = self._ask(song, verb, name), False
        outcome, answer = await self._api.ask(ask)
        if outcome == "unknown" and self._dice.random() >= _GIVES_UP:
            again = asyncio.create_task(self._insist(song, verb, name, ask), name="guest-again")
            self._open.add(again)
            again.add_done_callback(self._open.discard)
            return
        self._take(song, verb, name, outcome, answer)

    async def _insist(self, song: Wish, verb: Verb, name: str, ask: Ask) -> None:
        outcome, answer = await self._api.insist(ask, self._patience_s)
        self._wishes.repeated += 1
        self._take(song, verb, name, outcome, answer)

    def _take(self, song: Wish, verb: Verb, name: str, outcome: Outcome, answer: Answer) -> None:
        self._wishes.outcomes[outcome] += 1
        song.item_id = song.item_id or answer.id
        song.take(verb, outcome, name)
        song.settled = outcome != "unknown"

    def _ask(self, song: Wish, verb: Verb, name: str) -> Ask:
        self._asked += 1
        key = f"{self._name}-{self._asked}"
        if verb == "add":
            track = self._dice.choice(self._tracks)
            return Ask(self._who, "POST", "/items", key, {"track_id": track, "performer_name": name})
        path = f"/items/{song.item_id}"
        if verb == "remove":
            return Ask(self._who, "DELETE", path, key)
        return Ask(self._who, "PUT", path, key, {"performer_name": name})
