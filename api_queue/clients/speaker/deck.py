"""Brings mpv to where the plan wants it, a step at a time, and says when an item is over."""

from collections.abc import Callable
from typing import Any, Final

from api_queue.clients.speaker.api import Api, Away, Refused
from api_queue.clients.speaker.clock import ServerClock, local_ms
from api_queue.clients.speaker.mpv import Mpv, MpvGone, MpvRefused
from api_queue.clients.speaker.plan import Plan
from api_queue.clients.speaker.prefetch import Prefetch
from api_queue.clients.speaker.record import Record
from api_queue.clients.speaker.segment import played
from api_queue.clients.speaker.sound import Sound
from api_queue.clients.speaker.steering import LOOK_S, Cue, Needle, Silence, Speed, Start, Wait, step
from api_queue.clients.speaker.wire import Part
from api_queue.errors import StartRefused
from api_queue.types import ItemId

#: Until a stream that broke is tried again, if the track has not come into the folder by then.
_STREAM_AGAIN_MS: Final = 3_000
#: A start later than this is in the middle of a track.
_MIDDLE_MS: Final = 1_000
#: First guess of how long it takes to be ready at another place, and bounds of what is learned.
_READY_MS: Final = 100.0
_LONGEST_READY_MS: Final = 3_000.0

#: mpv's word for a start behind the end, which is how we join when a track has just ended.
_BEYOND: Final = "no audio or video data played"

#: What the deck tells: the item, and why it could not be played.
Told = Callable[[ItemId, str | None], None]


class Deck:
    def __init__(self, mpv: Mpv, api: Api, prefetch: Prefetch, clock: ServerClock, over: Told) -> None:
        self._mpv = mpv
        self._api = api
        self._prefetch = prefetch
        self._clock = clock
        self._over = over
        self._record: Record | None = None
        self._stream_from_ms = 0.0
        #: mpv's entries: the one that it has begun, the one that is ready; and how the last one ended.
        self._begun = self._restarted = 0
        self._end: dict[str, Any] = {}
        self._ready_in_ms = _READY_MS
        self.sound = Sound(mpv)
        self.fault: BaseException | None = None

    @property
    def position(self) -> tuple[ItemId, float] | None:
        """The item, and where it was when last looked at (ms of the track)."""
        return (self._record.item_id, self._record.position_ms) if self._record else None

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
        return await self._steer(plan, self._record, allowed=allowed) if self._record.is_ready else LOOK_S

    async def _take_off(self) -> None:
        if self._record:
            self._record = None
            await self.sound.hush()
            await self._mpv.command("stop")

    async def _put_on(self, plan: Plan) -> float:
        """Paused where it will start."""
        found = await self._source(plan)
        if found is None:
            return LOOK_S
        source, part = found
        await self.sound.hush()
        await self._mpv.set("replaygain-fallback", self._prefetch.known(plan.track_id).gain_db)
        await self.sound.tune(plan)
        at_ms = max(0.0, plan.media_ms(self._clock.now_ms() + self._ready_in_ms))
        await self._mpv.set("start", f"{at_ms / 1000:.3f}")
        asked_ms = local_ms()
        loading = await self._mpv.command("loadfile", played(source, part), "replace")
        is_file = not source.startswith("http")
        self._take(Record(plan.item_id, loading["playlist_entry_id"], is_file, asked_ms, at_ms, plan.key_shift))
        return LOOK_S

    async def _source(self, plan: Plan) -> tuple[str, Part | None] | None:
        """In the folder, else at the server while it comes into the folder. None: not now."""
        path, refusal = self._prefetch.path(plan.track_id), self._prefetch.refusal(plan.track_id)
        if path is not None:
            return str(path), self._prefetch.known(plan.track_id).part_of
        if refusal is not None:
            self._over(plan.item_id, refusal)
        if refusal is not None or local_ms() < self._stream_from_ms:
            return None
        try:
            address = await self._api.address(plan.track_id)
        except (Away, Refused):  # the folder's fetcher learns which, and why
            return None
        return address.url, address.part_of

    def _take(self, record: Record) -> None:
        """mpv may have told of it before it has answered which entry it is."""
        self._record = record
        if self._restarted == record.entry:
            self._ready(record)
        if self._end.get("playlist_entry_id") == record.entry:
            self._ended(record, self._end)

    async def _steer(self, plan: Plan, record: Record, *, allowed: bool) -> float:
        position_s = None if record.is_cued else await self._mpv.get("audio-pts")
        record.see(position_s, local_ms())
        record.length_ms = record.length_ms or (await self._mpv.get("duration") or 0) * 1000
        if record.key_shift != plan.key_shift:
            record.key_shift = plan.key_shift
            await self.sound.tune(plan)
        needle = Needle(record.position_ms, bool(self._mpv.seen["pause"]), self.sound.speed, self._ready_in_ms)
        match step(plan, needle, self._clock.now_ms(), allowed=allowed):
            case Cue(position_ms):
                await self._cue(record, position_ms)
            case Start():
                record.is_cued = False
                await self.sound.begin(plan, softly=record.position_ms > _MIDDLE_MS)
            case Silence():
                await self.sound.hush()
                return 0
            case Speed(factor):
                await self.sound.set_speed(factor)
                await self.sound.turn(plan)
            case Wait(seconds):
                return seconds
        return LOOK_S

    async def _cue(self, record: Record, position_ms: float) -> None:
        record.cue(position_ms, local_ms())
        try:
            await self._mpv.command("seek", position_ms / 1000, "absolute+exact")
        except MpvRefused:  # it has ended in this moment, and says so, or is put on anew
            self._record = None

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
                if record and record.entry == self._restarted and not record.is_ready:
                    self._ready(record)
            case {"event": "end-file", "playlist_entry_id": entry}:
                self._end = event
                if record and entry == record.entry:
                    self._ended(record, event)

    def _ready(self, record: Record) -> None:
        """Learns how long it took, so that the next time it is on the dot."""
        took_ms = local_ms() - record.seen_at_ms
        record.is_ready = True
        self._ready_in_ms = min(max(1.3 * took_ms, 0.8 * self._ready_in_ms, 30), _LONGEST_READY_MS)

    def _ended(self, record: Record, event: dict[str, Any]) -> None:
        reason, error = event.get("reason"), event.get("file_error", "")
        if reason not in {"eof", "error"}:
            return
        self._record = None
        missing_ms = record.missing_ms(local_ms())
        if "audio output" in error:
            self.fault = StartRefused(reason="mpv cannot use this sound device; `mpv --audio-device=help` lists them.")
        elif not record.is_file and (reason == "error" or missing_ms):
            self._stream_from_ms = local_ms() + _STREAM_AGAIN_MS
        elif missing_ms:
            self._over(record.item_id, f"the file is cut: its last {missing_ms / 1000:.0f} s are missing")
        else:
            has_joined_late = error == _BEYOND and record.position_ms > _MIDDLE_MS
            self._over(record.item_id, error if reason == "error" and not has_joined_late else None)
