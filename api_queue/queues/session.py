"""The session of a queue: what plays, where in the track, on which device. Points in time are ms since 1970."""

from msgspec import Struct

from api_queue.types import DeviceId, ItemId, Milliseconds, PausedBecause, PlayState, RepeatMode, TrackId


class Candidate(Struct, frozen=True):
    """A device that may be the speaker of a queue; `connected`: it was heard of just now."""

    device_id: DeviceId
    name: str
    connected: bool


class Yielding(Struct, frozen=True, array_like=True):
    """A speaker of before that may sound `until_ms`, unless it says earlier that it is silent."""

    device_id: DeviceId
    until_ms: int


class LastReport(Struct, frozen=True, array_like=True):
    """Where the speaker of `generation` said at `at_ms` that it was; `sole`: it was told that no other is allowed."""

    generation: int
    at_ms: int
    item_id: ItemId | None = None
    position_ms: int | None = None
    sole: bool = False


class Stale(Struct, frozen=True):
    """The generation that is active now, and its speaker's name."""

    generation: int
    speaker: str | None


class Session(Struct, frozen=True, kw_only=True):
    """The playback of one queue. `position_ms` is what it was at `position_at_ms`, by the server's clock.

    A position below 0 is the pause before a track, counting up. `generation` grows whenever the speaker changes.
    """

    state: PlayState = "stopped"
    paused_because: PausedBecause | None = None
    item_id: ItemId | None = None
    track_id: TrackId | None = None
    duration_ms: Milliseconds = Milliseconds(0)
    position_ms: int = 0
    position_at_ms: int = 0
    #: Of the current item, as in `Item`.
    key_shift: int = 0
    tempo: float = 1
    #: play_one: stop when the current item is over.
    stop_after: bool = False
    speaker: DeviceId | None = None
    speaker_name: str | None = None
    generation: int = 0
    #: 0: the speaker is lost, or has let go.
    lease_until_ms: int = 0
    #: Since when the lease has held without a gap.
    lease_since_ms: int = 0
    yielding: tuple[Yielding, ...] = ()
    shuffle: bool = False
    repeat_mode: RepeatMode = "off"
    #: Percent.
    volume: int = 100

    def projected_ms(self, now_ms: int) -> int:
        """Where the music is: the stored position plus what has passed, only while playing, at most the duration."""
        elapsed = now_ms - self.position_at_ms if self.state == "playing" else 0
        return min(self.position_ms + elapsed, self.duration_ms)

    def has_speaker(self, now_ms: int) -> bool:
        return self.speaker is not None and now_ms < self.lease_until_ms

    @property
    def active(self) -> DeviceId | None:
        """The speaker, as far as it is known to be there."""
        return self.speaker if self.lease_until_ms else None

    @property
    def quiet_until_ms(self) -> int | None:
        """Until when another than the speaker may sound; it may be over."""
        return max((y.until_ms for y in self.yielding), default=None)
