"""A room: who is its host, its settings, its commands; and what the clients ask for beside rooms."""

from functools import partial

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from api_queue.errors import BadBody, InvalidRoomCommand
from api_queue.karakara.room_service import RoomService
from api_queue.karakara.room_wire import Login, room_json
from api_queue.karakara.rooms import room_name
from api_queue.karakara.settings_wire import RoomSettings, changed, settings_json
from api_queue.web.bodies import read_body
from api_queue.web.operation import Operation
from api_queue.web.public_address import public_base
from api_queue.web.replies import reply
from api_queue.web.singers import set_cookies

bp = Blueprint("karakara_rooms")


@bp.post("/api/room/<name>/login.json")
@Operation(body=Login)
async def log_in(request: Request, name: str) -> HTTPResponse:
    """Goes into a room: a guest by the cookie `kksid`, and its host too with the right password.

    A wrong or an empty password ends what a right one gave. `create` makes the room, where guests may.
    """
    rooms: RoomService = request.app.ctx.rooms
    x, wish = room_name(name), read_body(request, Login)
    entered = await rooms.enter(x, wish.password, request.ctx.singer, create=wish.create)
    answer = reply({"is_admin": entered.is_host})
    set_cookies(answer, x, entered.kksid, entered.kkhost, secure=request.ctx.secure)
    return answer


@bp.get("/api/room/<name>/settings.json")
async def show_settings(request: Request, name: str) -> HTTPResponse:
    """The settings that the clients know. A room that is not there has those of a new one."""
    rooms: RoomService = request.app.ctx.rooms
    return reply(settings_json(await rooms.settings(room_name(name))))


@bp.put("/api/room/<name>/settings.json")
@Operation(body=RoomSettings)
async def change_settings(request: Request, name: str) -> HTTPResponse:
    """Replaces them; what the clients do not know of stays as it is."""
    rooms: RoomService = request.app.ctx.rooms
    x = room_name(name)
    if not request.body.strip():  # it would be the wish to have all defaults
        raise BadBody(reason="it is empty; say which settings the room is to have.")
    wish = read_body(request, RoomSettings)
    await rooms.change_settings(x, partial(changed, wish), request.ctx.caller)
    return reply({})


@bp.get("/api/room/<name>/command/<command>")
@Operation(safe=False)
async def command(request: Request, name: str, command: str) -> HTTPResponse:
    """Presses a button, `play.json` and so on; whether it plays then. Not from other sites."""
    rooms: RoomService = request.app.ctx.rooms
    x, (button, _, ending) = room_name(name), command.partition(".")
    if ending != "json":
        raise InvalidRoomCommand
    return reply({"is_playing": await rooms.command(x, button, request.ctx.caller)})


@bp.get("/api/room/<name>/tracks.json")
@Operation(status=302)
async def show_tracks(_request: Request, name: str) -> HTTPResponse:
    """Leads to the tracks, which are the same in each room."""
    room_name(name)
    return redirect("/files/tracks.json")


@bp.get("/queue/<name>/room")
async def show_room(request: Request, name: str) -> HTTPResponse:
    """What the host tells other hosts: the password of the room that this queue is, and where the clients find it."""
    rooms: RoomService = request.app.ctx.rooms
    x = room_name(name)
    return reply(room_json(x, await rooms.password(x), public_base(request)))


@bp.post("/queue/<name>/room/password")
async def change_password(request: Request, name: str) -> HTTPResponse:
    """Another password for a room whose one has got around. Who is host by that one is a guest again."""
    rooms: RoomService = request.app.ctx.rooms
    x = room_name(name)
    return reply(room_json(x, await rooms.new_password(x), public_base(request)))


@bp.get("/api/misc/time.json")
async def time(request: Request) -> HTTPResponse:
    """The server's clock: seconds since 1970."""
    return reply(request.app.ctx.clock.now_ms() / 1000, headers={"Cache-Control": "no-store"})


@bp.post("/api/misc/analytics.json")
async def analytics(_request: Request) -> HTTPResponse:
    """Takes what the clients tell of themselves. Nothing is kept."""
    return reply(True)
