"""Devices: what plays, shows or controls the music of a queue. Points in time are ms since 1970."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from msgspec import Struct

from api_queue.errors import BadDeviceId, BadDeviceName
from api_queue.queues.names import shown_name
from api_queue.types import DeviceId, QueueName

Kind = Literal["speaker", "screen", "remote"]
#: What the token of a device may: a remote does all that a host does.
ROLES: Final[dict[Kind, Literal["speaker", "screen", "host"]]] = {
    "speaker": "speaker",
    "screen": "screen",
    "remote": "host",
}
#: Three heartbeats: who is silent for longer is away.
PRESENT_MS: Final = 15_000
#: Devices of one queue. The next one takes the place of the one that was away for longest, and for a day at least.
MOST: Final = 50
FORGOTTEN_MS: Final = 24 * 3_600_000
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


class Device(Struct, frozen=True, kw_only=True):
    """Known by its id within its queue; `owner`: the login token that registered it, `token_id`: its own."""

    queue: QueueName
    device_id: DeviceId
    name: str
    platform: str
    kind: Kind
    owner: str
    token_id: str
    registered_at_ms: int


class Presence(Struct, frozen=True, kw_only=True):
    """When a device was last heard of, and what it said then: percent, ms of music that it has, that it leaves."""

    last_seen_ms: int
    volume: int | None = None
    buffer_ms: int | None = None
    left: bool = False

    def is_there(self, now_ms: int) -> bool:
        return not self.left and now_ms - self.last_seen_ms < PRESENT_MS


class DeviceView(Struct, frozen=True, kw_only=True):
    """A device as its host sees it; `allowed`: it may be the speaker, `active`: it is."""

    device: Device
    presence: Presence | None
    connected: bool
    active: bool
    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a device says of itself when it asks to be registered; without an id it gets one."""

    name: str
    device_id: DeviceId | None = None
    platform: str = ""
    kind: Kind = "speaker"


@dataclass(frozen=True, slots=True)
class Registered:
    """`token` is shown this once; `new`: nobody had this id."""

    view: DeviceView
    token: str
    new: bool


def device_name(text: str) -> str:
    return shown_name(text, BadDeviceName, "say what to call it")


def device_id(text: str) -> DeviceId:
    if not _ID.fullmatch(text):
        raise BadDeviceId(device_id=text)
    return DeviceId(text)


def in_order(devices: Sequence[Device], chosen: Sequence[str] | None) -> list[Device]:
    """Those that may be the speaker, in the order of taking over. `chosen` is the queue's setting."""
    speakers = {device.device_id: device for device in devices if device.kind == "speaker"}
    ids = speakers if chosen is None else dict.fromkeys(DeviceId(text) for text in chosen)
    return [speakers[each] for each in ids if each in speakers]


class DeviceStore(Protocol):
    """Who is registered: durable."""

    async def devices(self, queue: QueueName) -> list[Device]:
        """In the order of registering."""

    async def device(self, queue: QueueName, device_id: DeviceId) -> Device | None: ...
    async def by_token(self, token_id: str) -> Device | None: ...
    async def put(self, device: Device) -> str | None:
        """In place of the one with this id; answers the id of the token that that one had. Raises DevicesFull."""

    async def remove(self, device: Device) -> None: ...
    async def forget(self, queue: QueueName) -> None: ...


class PresenceStore(Protocol):
    """Who was heard of when, and a mark that changes whenever who is registered does."""

    async def beat(self, queue: QueueName, device_id: DeviceId, presence: Presence) -> bool:
        """False: nothing is known of this device, and nothing is kept."""

    async def arrive(self, queue: QueueName, device_id: DeviceId, presence: Presence) -> None:
        """Registered, perhaps anew."""

    async def leave(self, queue: QueueName, device_id: DeviceId) -> None: ...
    async def forget(self, queue: QueueName) -> None: ...
    async def seen(self, queue: QueueName) -> tuple[str, dict[DeviceId, Presence]]:
        """The mark, and all presences."""

    async def came(self, queue: QueueName, device_id: DeviceId, now_ms: int) -> bool:
        """It is there; whether it was away before."""

    async def went(self, queue: QueueName, device_id: DeviceId) -> bool:
        """It is away; whether it was there before."""

    async def overdue(self, until_ms: int) -> list[tuple[QueueName, DeviceId]]:
        """Those that are taken to be there, and were not heard of after `until_ms`."""

    async def gone(self, until_ms: int) -> None:
        """These are away now."""

    async def oldest_ms(self) -> int | None:
        """When the one of all that are there was heard of whose turn to be overdue comes first."""


class News(Protocol):
    async def changed(self, view: DeviceView, *, removed: bool = False) -> None:
        """`device_change` on the device's queue."""
