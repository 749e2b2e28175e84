"""What playback is told by a device."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from api_queue.playback.devices import DeviceView
from api_queue.queues.models import Queue, QueueView
from api_queue.queues.session import Candidate
from api_queue.types import DeviceId, ItemId, QueueName
from api_queue.web.identity import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Every few seconds from each device: it is there, and where it is (ms into the item).

    By its own token, or by a host's, who names `queue` and `device_id`. Without a generation it makes no sound.
    `volume` is percent, `buffer_ms` how much music it has; `leaving`: it is there no longer.
    """

    queue: str | None = None
    device_id: DeviceId | None = None
    generation: int | None = None
    item_id: ItemId | None = None
    position_ms: int | None = None
    volume: int | None = None
    buffer_ms: int | None = None
    leaving: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What the speaker of `generation` says of an item: it failed, or was played to its end, at `ended_at_ms` by the
    server's clock.
    """

    item_id: ItemId
    generation: int
    leave_as: Literal["played", "failed"]
    #: Why it failed.
    reason: str = ""
    ended_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The answer: whether it is the speaker, `sole` when no other may be; the server's clock, for its offset."""

    active: bool
    sole: bool
    generation: int
    lease_until_ms: int
    lease_ms: int
    clock_ms: int

    @property
    def interval_ms(self) -> int:
        """Three heartbeats in each lease."""
        return self.lease_ms // 3


@dataclass(frozen=True, slots=True)
class Playback:
    """A session with all that belongs to it."""

    view: QueueView
    devices: Sequence[DeviceView]


class DeviceSource(Protocol):
    async def heard(self, caller: Caller, beat: Heartbeat) -> tuple[QueueName, DeviceId]:
        """Which device this is; it is there from now on. UnknownDevice, MissingRight."""

    async def itself(self, caller: Caller) -> tuple[QueueName, DeviceId] | None:
        """Which device calls, when it does so by a token of its own."""

    async def views(self, queue: Queue) -> Sequence[DeviceView]:
        """All of a queue, in the order of registering."""

    async def allowed(self, queue: QueueName) -> Sequence[Candidate]:
        """The devices that may be its speaker, in the order of taking over. Asked with every heartbeat."""
