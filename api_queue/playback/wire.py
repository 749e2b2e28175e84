"""What devices send and get."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from api_queue.playback.device_wire import device_json
from api_queue.playback.models import Ending, Heartbeat, Playback, Pulse
from api_queue.queues.wire import items_json, session_json
from api_queue.tracks.likes import Likes
from api_queue.tracks.wire import likes_json
from api_queue.types import DeviceId, ItemId, TrackId

ShortText = Annotated[str, Meta(min_length=1, max_length=64)]
#: A week either way: what no device can mean does not get as far as Redis.
Milliseconds = Annotated[int, Meta(ge=-604_800_000, le=604_800_000)]


class SpeakerChoice(msgspec.Struct):
    """`device_id`, or `device_uuid`. `if_free`: only while no other device holds the lease."""

    device_id: ShortText | None = None
    device_uuid: ShortText | None = None
    if_free: bool = False

    def __post_init__(self) -> None:
        if not (self.device_id or self.device_uuid):
            raise ValueError("`device_id` is missing: say which device")

    @property
    def device(self) -> DeviceId:
        return DeviceId(self.device_id or self.device_uuid or "")


class Report(msgspec.Struct):
    item_id: ShortText
    generation: int
    reason: Annotated[str, Meta(max_length=200)] = ""
    ended_at_ms: int | None = None

    def as_ending(self, leave_as: Literal["played", "failed"]) -> Ending:
        return Ending(
            item_id=ItemId(self.item_id),
            generation=self.generation,
            leave_as=leave_as,
            reason=self.reason,
            ended_at_ms=self.ended_at_ms if leave_as == "played" else None,
        )


class HeartbeatBody(msgspec.Struct):
    """A device's own token says which it is; a host names both. `leaving`: the last one, until it comes back."""

    queue: ShortText | None = None
    device_id: ShortText | None = None
    generation: int | None = None
    item_id: ShortText | None = None
    position_ms: Milliseconds | None = None
    volume: Annotated[int, Meta(ge=0, le=100)] | None = None
    buffer_ms: Milliseconds | None = None
    leaving: bool = False

    def as_heartbeat(self) -> Heartbeat:
        return Heartbeat(
            queue=self.queue,
            device_id=DeviceId(self.device_id) if self.device_id else None,
            generation=None if self.leaving else self.generation,
            item_id=ItemId(self.item_id) if self.item_id else None,
            position_ms=self.position_ms,
            volume=self.volume,
            buffer_ms=self.buffer_ms,
            leaving=self.leaving,
        )


def like_json(track_id: TrackId, likes: Likes) -> dict[str, Any]:
    return {"track_id": track_id, **likes_json(likes)}


def playback_json(playback: Playback, now_ms: int) -> dict[str, Any]:
    view = playback.view
    return {
        **session_json(view.queue, now_ms),
        "queue": items_json(view, now_ms),
        "devices": [device_json(device) for device in playback.devices],
    }


def pulse_json(pulse: Pulse) -> dict[str, Any]:
    return {
        "active": pulse.active,
        "sole": pulse.sole,
        "generation": pulse.generation,
        "lease_until_ms": pulse.lease_until_ms,
        "lease_ms": pulse.lease_ms,
        "interval_ms": pulse.interval_ms,
        "clock_ms": pulse.clock_ms,
    }
