"""What devices send and get."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api_queue.playback.models import Heartbeat, Pulse
from api_queue.tracks.likes import Likes
from api_queue.tracks.wire import likes_json
from api_queue.types import DeviceId, ItemId, QueueName, TrackId

ShortText = Annotated[str, Meta(min_length=1, max_length=64)]


class SpeakerChoice(msgspec.Struct):
    """`if_free`: only while no other device holds the lease."""

    device_id: ShortText
    device_name: Annotated[str, Meta(max_length=64)] = ""
    if_free: bool = False


class Report(msgspec.Struct):
    item_id: ShortText
    generation: int
    reason: Annotated[str, Meta(max_length=200)] = ""


class HeartbeatBody(msgspec.Struct):
    queue: ShortText
    device_id: ShortText
    generation: int
    item_id: str | None = None
    position_ms: int | None = None

    def as_heartbeat(self) -> Heartbeat:
        return Heartbeat(
            queue=QueueName(self.queue),
            device_id=DeviceId(self.device_id),
            generation=self.generation,
            item_id=ItemId(self.item_id) if self.item_id else None,
            position_ms=self.position_ms,
        )


def like_json(track_id: TrackId, likes: Likes) -> dict[str, Any]:
    return {"track_id": track_id, **likes_json(likes)}


def pulse_json(pulse: Pulse) -> dict[str, Any]:
    return {"active": True, "lease_until_ms": pulse.lease_until_ms, "clock_ms": pulse.clock_ms}
