"""`/devices`: registering, being let in, the list, the end."""

from urllib.parse import unquote

from sanic import Blueprint, HTTPResponse, Request

from api_queue.playback.device_service import DeviceService
from api_queue.playback.device_wire import (
    ClaimBody,
    OfQueue,
    RegisterBody,
    asked_json,
    devices_json,
    registered_json,
    requests_json,
)
from api_queue.playback.devices import Registered
from api_queue.playback.pairing import Asked, PairingService
from api_queue.queues.names import queue_name
from api_queue.types import DeviceId
from api_queue.web.bodies import read_body, read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import empty, reply

bp = Blueprint("devices")


@bp.post("/devices/register")
@Operation(body=RegisterBody, status=201, also=(200,), refuses=(404,))
async def register(request: Request) -> HTTPResponse:
    """The device and its own token; without rights on the queue, a code that the host has to confirm."""
    pairing: PairingService = request.app.ctx.pairing
    body = read_body(request, RegisterBody)
    return _admission(await pairing.register(request.ctx.caller, body.queue, body.as_wish()))


@bp.post("/devices/claim")
@Operation(body=ClaimBody, status=201, also=(200, 202), refuses=(404,))
async def claim(request: Request) -> HTTPResponse:
    """Whether the host has let the device in; then the device and its token, once."""
    pairing: PairingService = request.app.ctx.pairing
    return _admission(await pairing.claim(request.ctx.caller, read_body(request, ClaimBody).claim))


def _admission(made: Registered | Asked) -> HTTPResponse:
    if isinstance(made, Asked):
        return reply(asked_json(made), 202)
    return reply(registered_json(made), 201 if made.new else 200)


@bp.get("/devices")
@Operation(query=OfQueue)
async def show_devices(request: Request) -> HTTPResponse:
    """The devices of a queue, with when they were last heard of."""
    devices: DeviceService = request.app.ctx.devices
    queue, views = await devices.devices(request.ctx.caller, read_query(request, OfQueue).queue)
    return reply(devices_json(queue, views), headers={"Cache-Control": "no-store"})


@bp.delete("/devices/<device_id>")
@Operation(query=OfQueue, status=204)
async def remove_device(request: Request, device_id: str) -> HTTPResponse:
    """Its token is good no more."""
    devices: DeviceService = request.app.ctx.devices
    await devices.remove(request.ctx.caller, read_query(request, OfQueue).queue, DeviceId(unquote(device_id)))
    return empty()


@bp.get("/queue/<name>/devices/requests")
async def show_requests(request: Request, name: str) -> HTTPResponse:
    """The devices that wait to be let in, by the code that each of them shows."""
    pairing: PairingService = request.app.ctx.pairing
    return reply(requests_json(await pairing.waiting(queue_name(name))), headers={"Cache-Control": "no-store"})


@bp.post("/queue/<name>/devices/requests/<code>")
@Operation(status=204)
async def let_in(request: Request, name: str, code: str) -> HTTPResponse:
    """Lets the device with this code in."""
    pairing: PairingService = request.app.ctx.pairing
    await pairing.let_in(queue_name(name), code, request.ctx.caller)
    return empty()


@bp.delete("/queue/<name>/devices/requests/<code>")
@Operation(status=204)
async def refuse(request: Request, name: str, code: str) -> HTTPResponse:
    """Does not let it in."""
    pairing: PairingService = request.app.ctx.pairing
    await pairing.refuse(queue_name(name), code)
    return empty()
