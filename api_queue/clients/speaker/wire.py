"""What the server sends, as far as a speaker reads it. Fields that are not there have their default."""

from typing import Annotated, Literal

import msgspec

from api_queue.types import DeviceId, ItemId, ItemStatus, PlayState, QueueName, TrackId


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """`position_ms` as it was at `position_at_ms` by the server's clock. All lengths as they pass in the room."""

    revision: int = 0
    play_state: PlayState = "stopped"
    item_id: ItemId | None = None
    track_id: TrackId | None = None
    position_ms: int = 0
    position_at_ms: int = 0
    key_shift: int = 0
    tempo: float = 1
    stop_after: bool = False
    repeat_mode: Literal["off", "one", "all"] = "off"
    volume: int = 100
    active_device_id: DeviceId | None = None
    speaker_name: str | None = None
    generation: int = 0
    quiet_until_ms: int | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    id: ItemId
    track_id: TrackId
    performer_name: str = ""
    added_by: str = ""
    status: ItemStatus = "queued"
    timestamp_play: int | None = None
    key_shift: int = 0
    tempo: float = 1


class Items(msgspec.Struct, frozen=True):
    rev: int
    items: tuple[Item, ...]
    paused: tuple[str, ...] = ()


class QueueSettings(msgspec.Struct, frozen=True):
    track_space: Annotated[float, msgspec.Meta(description="seconds")] = 0


class Snapshot(msgspec.Struct, frozen=True):
    """The first event of a stream, as it was at `ts` by the server's clock."""

    rev: int
    items: tuple[Item, ...]
    settings: QueueSettings
    session: Session
    ts: int = 0
    paused: tuple[str, ...] = ()


class Change(msgspec.Struct, frozen=True):
    """One step of `items_change`."""

    op: Literal["add", "move", "update", "remove"]
    item: Item | None = None
    id: ItemId | None = None
    before: ItemId | None = None


class Delta(msgspec.Struct, frozen=True):
    """An event, whichever it is."""

    rev: int
    session: Session | None = None
    settings: QueueSettings | None = None
    changes: tuple[Change, ...] = ()
    paused: tuple[str, ...] | None = None


class Beat(msgspec.Struct, frozen=True):
    """What a heartbeat is answered."""

    active: bool
    clock_ms: int
    generation: int = 0
    sole: bool = False
    lease_ms: int = 0
    interval_ms: int = 5_000


class Broker(msgspec.Struct, frozen=True):
    host: str | None
    port: int | None
    prefix: str


class Found(msgspec.Struct, frozen=True):
    """`/.well-known/api-queue`."""

    mqtt: Broker
    clock_ms: int


class Device(msgspec.Struct, frozen=True):
    device_id: DeviceId
    queue: QueueName


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """Of `POST /devices/register` and `/devices/claim`: a device and its token, or what to wait for."""

    device: Device | None = None
    token: str = ""
    code: str = ""
    claim: str = ""
    interval_s: float = 2


class ReplayGain(msgspec.Struct, frozen=True):
    track_gain_db: float | None = None


class Part(msgspec.Struct, frozen=True):
    """Where in the recording `track_id` a track lies that has no file of its own."""

    track_id: TrackId
    start_ms: int
    end_ms: int


class Track(msgspec.Struct, frozen=True):
    title: str = ""
    artist: str = ""
    replaygain: ReplayGain | None = None
    part_of: Part | None = None

    @property
    def gain_db(self) -> float:
        """As the library knows it; 0 when it knows none."""
        return (self.replaygain and self.replaygain.track_gain_db) or 0.0


class Address(msgspec.Struct, frozen=True):
    """`url` carries its credential; of a part it is the whole recording's."""

    url: str
    part_of: Part | None = None
