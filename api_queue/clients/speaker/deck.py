"""Brings mpv to where the plan wants it, a step at a time, and says when an item is over."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from api_queue.clients.speaker.api import Api, Away, Refused
from api_queue.clients.speaker.clock import ServerClock, local_ms
from api_queue.clients.speaker.mpv import Mpv, MpvGone, MpvRefused
from api_queue.clients.speaker.plan import Plan
from api_queue.clients.speaker.prefetch import Prefetch
from api_queue.clients.speaker.steering import LOOK_S, Cue, Needle, Silence, Speed, Start, Wait, step
from api_queue.errors import StartRefused
from api_queue.types import ItemId

#: Whoever joins in the middle of a track comes in softly.
FADE_IN_S: Final = 0.4
FADE_OUT_S: Final = 0.4
#: Of a volume that is turned.
_TURN_S: Final = 0.2
#: An end so much too early is not the end of the track but of the stream.
_EARLY_MS: Final = 3_000
#: First guess of how long it takes to be ready at another place, and bounds of what is learned.
_READY_MS: Final = 100.0
_LONGEST_READY_MS: Final = 3_000.0

#: mpv's word for a start behind the end, which is how we join when a track has just ended.
_BEYOND: Final = "no audio or video data played"

#: What the deck tells: the item, and why it could not be played.
Told = Callable[[ItemId, str | None], None]


@dataclass
class _Record:
    """What is on the deck. `entry` is mpv's name for it; positions are ms of the file.

    `is_cued`: it has not started since it was put where it is. mpv's own word of that is off by what it has buffered.
    """

    item_id: ItemId
    entry: int
    is_file: bool
    cued_at_ms: float
    position_ms: float
    is_cued: bool = True
    length_ms: float = 0
    ready: bool = False
    key_shift: int = 0


class Deck:
    def __init__(self, mpv: Mpv, api: Api, prefetch: Prefetch, clock: ServerClock, over: Told) -> None:
        self._mpv = mpv
        self._api = api
        self._prefetch = prefetch
        self._clock = clock
        self._over = over
        self._record: _Record | None = None
        self._broken: ItemId | None = None
        #: mpv's entries: the one that it has begun, the one that is ready; and how the last one ended.
        self._begun = self._restarted = 0
        self._end: dict[str, Any] = {}
        self._ready_in_ms = _READY_MS
        self._speed = 1.0
        self._volume: int | None = None
        self.can_shift = True
        self.fault: BaseException | None = None

    @property
    def position(self) -> tuple[ItemId, float] | None:
        """The item, and where it was when last looked at (ms of the file)."""
        return (self._record.item_id, self._record.position_ms) if self._record else None

    @property
    def audible(self) -> bool:
        """As mpv says itself."""
        seen = self._mpv.seen
        return not seen["pause"] and not seen["core-idle"] and (seen["volume"] or 0) > 0

    async def follow(self, plan: Plan | None, *, allowed: bool, lives: bool) -> float:
        """One step; returns the seconds until the next is due. `lives`: the lease does, so music may be got."""
        if self.fault:
            raise self.fault
        record = self._record
        if plan is None or (record and record.item_id != plan.item_id):
            await self._take_off()
        if plan is None or (self._record is None and not lives):
            return LOOK_S
        if self._record is None:
            return await self._put_on(plan)
        return await self._steer(plan, self._record, allowed=allowed) if self._record.ready else LOOK_S

    async def hush(self, within_s: float = 0) -> None:
        self._volume = None
        await self._mpv.volume(0, within_s)
        await asyncio.sleep(within_s)
        await self._mpv.set("pause", value=True)

    async def _take_off(self) -> None:
        if self._record:
            self._record = None
            await self.hush()
            await self._mpv.command("stop")

    async def _put_on(self, plan: Plan) -> float:
        """Paused where it will start: from the folder, else from the server while it comes into the folder."""
        path = self._prefetch.path(plan.track_id)
        refusal = self._prefetch.refusal(plan.track_id)
        if path is None and refusal is not None:
            self._over(plan.item_id, refusal)
        if path is None and (refusal is not None or self._broken == plan.item_id):
            return LOOK_S
        try:
            source = str(path) if path else await self._api.address(plan.track_id)
        except (Away, Refused):  # the folder's fetcher learns which, and why
            return LOOK_S
        await self.hush()
        at_ms = max(0.0, plan.media_ms(self._clock.now_ms() + self._ready_in_ms))
        await self._mpv.set("replaygain-fallback", self._prefetch.gains_db.get(plan.track_id, 0.0))
        await self._tune(plan)
        await self._mpv.set("start", f"{at_ms / 1000:.3f}")
        asked_ms = local_ms()
        loading = await self._mpv.command("loadfile", source, "replace")
        entry = loading["playlist_entry_id"]
        self._take(_Record(plan.item_id, entry, path is not None, asked_ms, at_ms, key_shift=plan.key_shift))
        return LOOK_S

    def _take(self, record: _Record) -> None:
        """mpv may have told of it before it has answered which entry it is."""
        self._record = record
        if self._restarted == record.entry:
            self._ready(record)
        if self._end.get("playlist_entry_id") == record.entry:
            self._ended(record, self._end)

    async def _steer(self, plan: Plan, record: _Record, *, allowed: bool) -> float:
        position_s = None if record.is_cued else await self._mpv.get("audio-pts")
        record.position_ms = record.position_ms if position_s is None else position_s * 1000
        record.length_ms = record.length_ms or (await self._mpv.get("duration") or 0) * 1000
        if record.key_shift != plan.key_shift:
            record.key_shift = plan.key_shift
            await self._tune(plan)
        needle = Needle(record.position_ms, bool(self._mpv.seen["pause"]), self._speed, self._ready_in_ms)
        match step(plan, needle, self._clock.now_ms(), allowed=allowed):
            case Cue(position_ms):
                await self._cue(record, position_ms)
            case Start():
                await self._start(plan, record)
            case Silence():
                await self.hush()
                return 0
            case Speed(factor):
                await self._set_speed(factor)
                await self._turn_volume(plan)
            case Wait(seconds):
                return seconds
        return LOOK_S

    async def _cue(self, record: _Record, position_ms: float) -> None:
        record.ready, record.is_cued, record.cued_at_ms, record.position_ms = False, True, local_ms(), position_ms
        await self._mpv.command("seek", position_ms / 1000, "absolute+exact")

    async def _start(self, plan: Plan, record: _Record) -> None:
        record.is_cued, self._volume = False, plan.volume
        await self._set_speed(plan.tempo)
        await self._mpv.volume(plan.volume, FADE_IN_S if record.position_ms > 1_000 else 0)
        await self._mpv.set("pause", value=False)

    async def _turn_volume(self, plan: Plan) -> None:
        if self._volume != plan.volume:
            self._volume = plan.volume
            await self._mpv.volume(plan.volume, _TURN_S)

    async def _set_speed(self, factor: float) -> None:
        if self._speed != factor:
            self._speed = factor
            await self._mpv.set("speed", factor)

    async def _tune(self, plan: Plan) -> None:
        """Key and tempo each by itself, where this mpv can; without rubberband only the tempo."""
        is_odd = plan.key_shift != 0 or plan.tempo != 1
        await self._mpv.set("audio-pitch-correction", value=plan.tempo != 1)
        filters = f"rubberband=pitch-scale={2 ** (plan.key_shift / 12):.6f}" if is_odd and self.can_shift else ""
        try:
            await self._mpv.command("af", "set", filters)
        except MpvRefused:
            self.can_shift = False
        await self._set_speed(plan.tempo)

    def heard(self, event: dict[str, Any]) -> None:
        """One of mpv's events."""
        record = self._record
        match event:
            case {"event": "gone"}:
                self.fault = MpvGone("mpv ended")
            case {"event": "start-file", "playlist_entry_id": entry}:
                self._begun = entry
            case {"event": "playback-restart"}:
                self._restarted = self._begun
                if record and record.entry == self._restarted and not record.ready:
                    self._ready(record)
            case {"event": "end-file", "playlist_entry_id": entry}:
                self._end = event
                if record and entry == record.entry:
                    self._ended(record, event)

    def _ready(self, record: _Record) -> None:
        """Learns how long it took, so that the next time it is on the dot."""
        took_ms = local_ms() - record.cued_at_ms
        record.ready = True
        self._ready_in_ms = min(max(1.3 * took_ms, 0.8 * self._ready_in_ms, 30), _LONGEST_READY_MS)

    def _ended(self, record: _Record, event: dict[str, Any]) -> None:
        reason, error = event.get("reason"), event.get("file_error", "")
        if reason not in {"eof", "error"}:
            return
        self._record = None
        if "audio output" in error:
            self.fault = StartRefused(reason="mpv cannot use this sound device; `mpv --audio-device=help` lists them.")
        elif not record.is_file and (reason == "error" or self._was_early(record)):
            self._broken = record.item_id
        else:
            self._over(record.item_id, error if reason == "error" and error != _BEYOND else None)

    def _was_early(self, record: _Record) -> bool:
        return record.length_ms - record.position_ms > _EARLY_MS
