"""Devices of the queue `x`, as tests make them."""

from typing import Any

from api_queue.playback.devices import DeviceView, Registered, Wish
from api_queue.playback.models import Heartbeat
from api_queue.types import DeviceId, GuestId
from api_queue.web.identity import Caller
from tests.queues.party import HOST, Party, X


async def register(party: Party, name: str, by: Caller = HOST, **more: Any) -> Registered:
    made = await party.parts.pairing.register(by, X, Wish(name=name, device_id=DeviceId(name), **more))
    assert isinstance(made, Registered)
    return made


async def caller_by(party: Party, token: str) -> Caller:
    """Who presents this login token."""
    found = await party.parts.tokens.find(token)
    assert found is not None
    return Caller(GuestId("device"), "10.0.0.3", (found.grant,))


async def beat(party: Party, by: Caller, **said: Any) -> None:
    await party.parts.devices.heard(by, Heartbeat(**said))


async def views(party: Party) -> dict[str, DeviceView]:
    _, found = await party.parts.devices.devices(HOST, X)
    return {view.device.device_id: view for view in found}


async def told(party: Party) -> list[tuple[str, bool, bool]]:
    """Of each `device_change`: the device, whether it is connected, whether it is active."""
    said = [event["device"] for event in await party.events() if event["type"] == "device"]
    return [(device["device_id"], device["connected"], device["active"]) for device in said]


async def removed(party: Party) -> list[str]:
    """The devices of which `device_change` said that they were removed."""
    return [event["device"]["device_id"] for event in await party.events() if event.get("device", {}).get("removed")]
