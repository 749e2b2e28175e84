"""What devices and their hosts send and get."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api_queue.playback.devices import DeviceView, Kind, Registered, Wish, device_id, device_name
from api_queue.playback.pairing import INTERVAL_S, Asked, Pairing
from api_queue.queues.names import has_controls
from api_queue.queues.settings import iso
from api_queue.types import QueueName


class RegisterBody(msgspec.Struct):
    """Without `device_id` (or `device_uuid`, or `id`) the server makes one."""

    device_name: str
    device_id: str | None = None
    device_uuid: str | None = None
    id: str | None = None
    device_platform: Annotated[str, Meta(max_length=64)] = ""
    kind: Kind = "speaker"
    queue: str | None = None

    def __post_init__(self) -> None:
        if has_controls(self.device_platform):
            raise ValueError("`device_platform` is a word or two, on one line")

    def as_wish(self) -> Wish:
        text = self.device_id or self.device_uuid or self.id
        return Wish(
            name=device_name(self.device_name),
            device_id=device_id(text) if text else None,
            platform=self.device_platform,
            kind=self.kind,
        )


class ClaimBody(msgspec.Struct):
    claim: Annotated[str, Meta(max_length=100)]


class OfQueue(msgspec.Struct):
    """Where it is left out: a member's own, or the only queue that the login is for."""

    queue: str | None = None


def device_json(view: DeviceView) -> dict[str, Any]:
    device, presence = view.device, view.presence
    return {
        "device_id": device.device_id,
        "device_uuid": device.device_id,
        "device_name": device.name,
        "device_platform": device.platform,
        "kind": device.kind,
        "queue": device.queue,
        "last_seen": presence and iso(presence.last_seen_ms),
        "connected": view.connected,
        "active": view.active,
        "allowed": view.allowed,
        "volume": presence and presence.volume,
        "buffer_ms": presence and presence.buffer_ms,
    }


def devices_json(queue: QueueName, views: Iterable[DeviceView]) -> dict[str, Any]:
    return {"queue": queue, "devices": [device_json(view) for view in views]}


def registered_json(registered: Registered) -> dict[str, Any]:
    """The one answer that shows the token."""
    return {"device": device_json(registered.view), "token": registered.token}


def asked_json(asked: Asked) -> dict[str, Any]:
    """`claim` is the device's secret, and shown when it asks for the first time."""
    claim = {"claim": asked.claim} if asked.claim else {}
    pairing = asked.pairing
    return {"code": pairing.code, **claim, "expires_at_ms": pairing.expires_at_ms, "interval_s": INTERVAL_S}


def requests_json(pairings: Iterable[Pairing]) -> dict[str, Any]:
    return {"requests": [_request_json(pairing) for pairing in pairings]}


def _request_json(pairing: Pairing) -> dict[str, Any]:
    return {
        "code": pairing.code,
        "device_name": pairing.name,
        "device_platform": pairing.platform,
        "kind": pairing.kind,
        "expires_at_ms": pairing.expires_at_ms,
    }
