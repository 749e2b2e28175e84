"""What playback is told by a device."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from api_queue.queues.session import Candidate
from api_queue.types import DeviceId, ItemId, QueueName


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Every few seconds from the active speaker: it is there, and where it is (ms into the item)."""

    queue: QueueName
    device_id: DeviceId
    generation: int
    item_id: ItemId | None = None
    position_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Pulse:
    """The answer: until when the device stays the speaker, and the server's clock, for the device's offset."""

    lease_until_ms: int
    clock_ms: int


class DeviceSource(Protocol):
    async def allowed(self, queue: QueueName) -> Sequence[Candidate]:
        """The devices that may be its speaker, in the order of taking over. Asked with every heartbeat."""
