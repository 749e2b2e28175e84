"""`/sessions/X`, X being a queue's name, and the heartbeat of devices."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.playback.service import PlaybackService
from api_queue.playback.wire import HeartbeatBody, Report, SpeakerChoice, playback_json, pulse_json
from api_queue.queues.models import Queue
from api_queue.queues.names import queue_name
from api_queue.queues.options import Options, OptionService
from api_queue.queues.wire import session_json
from api_queue.web.bodies import read_body, read_fields
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

bp = Blueprint("playback")


def _session(request: Request, queue: Queue) -> HTTPResponse:
    return reply(session_json(queue, request.app.ctx.clock.now_ms()), headers={"Cache-Control": "no-store"})


@bp.get("/sessions/<name>")
async def show(request: Request, name: str) -> HTTPResponse:
    """What plays on this queue, where, and by whom; its items, its devices."""
    playback: PlaybackService = request.app.ctx.playback
    body = playback_json(await playback.session(queue_name(name)), request.app.ctx.clock.now_ms())
    return reply(body, headers={"Cache-Control": "no-store"})


@bp.post("/sessions/<name>/play", name="play")
@bp.post("/sessions/<name>/pause", name="pause")
@bp.post("/sessions/<name>/toggle", name="toggle")
@bp.post("/sessions/<name>/stop", name="stop")
@bp.post("/sessions/<name>/seek", name="seek")
@bp.post("/sessions/<name>/next", name="next")
@bp.post("/sessions/<name>/prev", name="prev")
async def control(request: Request, name: str) -> HTTPResponse:
    """Does what the last part of the address says; `seek` takes `{position_ms}`."""
    playback: PlaybackService = request.app.ctx.playback
    caller: Caller = request.ctx.caller
    x, verb = queue_name(name), request.path.rstrip("/").rpartition("/")[2]
    return _session(request, await playback.control(x, verb, read_fields(request), caller.role_on(x)))


@bp.post("/sessions/<name>/options")
@Operation(body=Options)
async def change_options(request: Request, name: str) -> HTTPResponse:
    """Changes shuffle, repeat or volume; what is not named stays."""
    options: OptionService = request.app.ctx.options
    return _session(request, await options.change(queue_name(name), read_body(request, Options)))


@bp.post("/sessions/<name>/speaker")
@Operation(body=SpeakerChoice)
async def choose_speaker(request: Request, name: str) -> HTTPResponse:
    """Makes a device the speaker, in place of the one before. The answer has its `generation`."""
    playback: PlaybackService = request.app.ctx.playback
    wish = read_body(request, SpeakerChoice)
    return _session(request, await playback.choose_speaker(queue_name(name), wish.device, if_free=wish.if_free))


@bp.post("/sessions/<name>/ended")
@Operation(body=Report)
async def ended(request: Request, name: str) -> HTTPResponse:
    """The speaker has played the item to its end, and the next one begins."""
    playback: PlaybackService = request.app.ctx.playback
    ending = read_body(request, Report).as_ending("played")
    return _session(request, await playback.over(request.ctx.caller, queue_name(name), ending))


@bp.post("/sessions/<name>/failed")
@Operation(body=Report)
async def failed(request: Request, name: str) -> HTTPResponse:
    """The speaker could not play the item, and the next one begins."""
    playback: PlaybackService = request.app.ctx.playback
    ending = read_body(request, Report).as_ending("failed")
    return _session(request, await playback.over(request.ctx.caller, queue_name(name), ending))


@bp.patch("/devices/heartbeat")
@Operation(body=HeartbeatBody)
async def heartbeat(request: Request) -> HTTPResponse:
    """Says that a device is there, and keeps the speaker the speaker; due every `interval_ms`."""
    playback: PlaybackService = request.app.ctx.playback
    beat = read_body(request, HeartbeatBody).as_heartbeat()
    return reply(pulse_json(await playback.heartbeat(request.ctx.caller, beat)))
