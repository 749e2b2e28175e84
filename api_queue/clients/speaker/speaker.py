"""The speaker whole: its parts, what they tell each other, and how it comes and goes."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from api_queue.clients.speaker.api import Api
from api_queue.clients.speaker.clock import ServerClock, local_ms
from api_queue.clients.speaker.deck import Deck
from api_queue.clients.speaker.feeds import News, follow
from api_queue.clients.speaker.lease import NONE, Lease, may_sound
from api_queue.clients.speaker.mpv import Mpv, MpvGone
from api_queue.clients.speaker.plan import Over, Plan, ahead, plan, wanted
from api_queue.clients.speaker.prefetch import Prefetch
from api_queue.clients.speaker.reports import Reports
from api_queue.clients.speaker.room import Room, with_session
from api_queue.clients.speaker.seat import Seat
from api_queue.clients.speaker.sound import FADE_OUT_S
from api_queue.clients.speaker.state_file import Known
from api_queue.clients.speaker.status import Show, State, Status
from api_queue.clients.speaker.wire import Session, Track
from api_queue.types import ItemId

#: What mpv does that needs an answer; its volume fades in a hundred events.
_WAKING: Final = frozenset({"playback-restart", "end-file", "gone"})


class Speaker:
    """`generation`: of the seat that it had with the mpv before."""

    def __init__(
        self, api: Api, clock: ServerClock, known: Known, files: Path, show: Show, generation: int | None = None
    ) -> None:
        self._api = api
        self._clock = clock
        self._known = known
        self._room = Room()
        self._news = asyncio.Event()
        self._tell = show
        self._mpv = Mpv(self._mpv_did)
        self._prefetch = Prefetch(api, files, self._news.set)
        self._deck = Deck(self._mpv, api, self._prefetch, clock, self._over)
        self._seat = Seat(api, known.device_id, self._doing, self._leased, generation)
        self._reports = Reports(api, known.queue, self._is_known_as_speaker, self._answered)

    @property
    def generation(self) -> int | None:
        """For the one that follows with another mpv."""
        return self._seat.ours

    async def run(self, output: str, mpv_socket: Path | None) -> None:
        """Until it is cancelled; then it fades out and says so. Raises StartRefused, MpvGone, each in a group."""
        await self._mpv.start(output, mpv_socket)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(follow(self._api, self._known.queue, self._told), name="speaker-feed")
                group.create_task(self._seat.run(), name="speaker-seat")
                group.create_task(self._prefetch.run(), name="speaker-prefetch")
                group.create_task(self._reports.run(), name="speaker-reports")
                group.create_task(self._play(), name="speaker-deck")
        finally:
            await asyncio.shield(self._leave())

    async def _leave(self) -> None:
        """The seat is kept for the next mpv if it is only this one that has gone."""
        try:
            with suppress(MpvGone):
                await self._deck.sound.hush(FADE_OUT_S)
                await self._seat.leave()
        finally:
            await self._mpv.close()

    async def _play(self) -> None:
        while True:
            self._news.clear()
            room = self._ahead()
            self._prefetch.want(wanted(room) if self._seat.lease is not NONE else ())
            wait_s = await self._deck.follow(
                plan(room), allowed=self._allowed(room), lives=self._seat.lease.lives(local_ms())
            )
            self._show()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news.wait()

    def _ahead(self) -> Room:
        return ahead(self._room, self._reports.pending)

    def _allowed(self, room: Room) -> bool:
        now_ms = local_ms()
        return may_sound(self._seat.lease, room.session, self._known.device_id, now_ms, self._clock.at(now_ms))

    def _is_known_as_speaker(self) -> bool:
        return local_ms() < self._seat.lease.until_ms

    def _told(self, news: News) -> None:
        self._room = news(self._room)
        self._seat.heard(self._room.session)
        self._news.set()

    def _answered(self, session: Session) -> None:
        self._told(lambda room: with_session(room, session))

    async def _leased(self, lease: Lease) -> None:
        """mpv's switch first: when this returns, nothing sounds beyond the lease."""
        if lease is NONE:
            await self._deck.sound.hush()
        await self._mpv.lease(float("inf") if lease.sole else lease.until_ms)
        self._news.set()
        self._reports.news.set()

    def _over(self, item: ItemId, reason: str | None) -> None:
        self._reports.add(Over(item, self._seat.lease.generation, round(self._clock.now_ms()), reason))
        self._news.set()

    def _mpv_did(self, event: dict[str, Any]) -> None:
        self._deck.heard(event)
        self._show()
        if event["event"] in _WAKING:
            self._news.set()

    def _doing(self) -> tuple[ItemId | None, int | None, int]:
        item, position_ms = self._position()
        return item, position_ms, self._room.session.volume

    def _position(self) -> tuple[ItemId | None, int | None]:
        """As it passes in the room."""
        planned, at = plan(self._ahead()), self._deck.position
        if planned is None or at is None or at[0] != planned.item_id:
            return None, None
        return at[0], round(at[1] / planned.tempo)

    def _show(self) -> None:
        planned, lease = plan(self._ahead()), self._seat.lease
        spare = lease is NONE
        track = self._prefetch.known(planned.track_id) if planned else Track()
        status = Status(
            _state(planned, spare=spare),
            self._deck.sound.audible,
            self._known.device_id,
            generation=None if spare else lease.generation,
            item_id=planned.item_id if planned else None,
            title=track.title,
            artist=track.artist,
            speaker_name=self._room.session.speaker_name,
            server_away=self._seat.is_away,
            reason=self._seat.reason if spare else "",
        )
        self._tell(status, self._position()[1])


def _state(planned: Plan | None, *, spare: bool) -> State:
    if spare:
        return "spare"
    if planned is None:
        return "stopped"
    return "playing" if planned.runs else "paused"
