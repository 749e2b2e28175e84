"""Every address of a queue. Who may call which stands in `accounts/access.py`; ownership is the services' matter."""

import asyncio
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from api_queue.errors import BadBody
from api_queue.queues import undo_wire, wire
from api_queue.queues.adding import AddService
from api_queue.queues.changes import Changes
from api_queue.queues.commands import QueueCommands
from api_queue.queues.guests import GuestService
from api_queue.queues.holdings import You
from api_queue.queues.items import ItemService
from api_queue.queues.models import Mute
from api_queue.queues.names import guest_id as read_guest_id
from api_queue.queues.names import queue_name, read_item_id
from api_queue.queues.service import QueueService
from api_queue.queues.settings import LATEST_MS, QueueSettings, When, in_calendar, when_ms
from api_queue.queues.undo_replies import reply_item
from api_queue.tracks.data_files import DataFiles
from api_queue.web.bodies import DRY_RUN, flag, read_body, read_fields, to_shape
from api_queue.web.idempotency import repeatable_number
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.pages import page, prefers, wants_html
from api_queue.web.replies import empty, reply, text_reply

bp = Blueprint("queues")

_DRY: Final = {DRY_RUN: "`1`: nothing is added; the answer is what the add would be promised, or its refusal."}
_WAITING: Final = {"waiting": "`1`: only what is still to come."}


#: Semitones, and how fast; what a voice can follow.
KeyShift = Annotated[int, Meta(ge=-12, le=12)]
Tempo = Annotated[float, Meta(ge=0.5, le=2)]


class NewItem(msgspec.Struct):
    track_id: Annotated[str, Meta(min_length=1, max_length=200)]
    performer_name: str
    key_shift: KeyShift = 0
    tempo: Tempo = 1


class ItemChanges(msgspec.Struct, forbid_unknown_fields=True):
    weight: Annotated[float, Meta(ge=-1e9, le=1e9)] | UnsetType = UNSET
    timestamp_play: Annotated[int, Meta(ge=0, le=LATEST_MS)] | UnsetType | None = UNSET
    performer_name: str | UnsetType = UNSET
    key_shift: KeyShift | UnsetType = UNSET
    tempo: Tempo | UnsetType = UNSET
    before: str | int | None = None
    after: str | int | None = None
    position: Annotated[int, Meta(ge=1)] | None = None


class Move(msgspec.Struct):
    source: str | int
    target: str | int


class NewQueue(msgspec.Struct):
    kind: Literal["named", "transient", "demo"]
    name: str | None = None


class NewMute(msgspec.Struct):
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    until: When | None = None

    def __post_init__(self) -> None:
        if not in_calendar(self.until):
            raise ValueError("`until` must lie between 1970 and 2100")


# -- queues ----------------------------------------------------------------------------------------------------


@bp.get("/queue")
async def list_queues(request: Request) -> HTTPResponse:
    """Every queue of this server but those of members."""
    queues: QueueService = request.app.ctx.queues
    listed = [queue for queue in await queues.queues() if queue.kind != "personal"]
    return reply({"queues": [wire.summary_json(queue) for queue in listed]})


@bp.post("/queue")
@Operation(body=NewQueue, status=201)
async def create_queue(request: Request) -> HTTPResponse:
    """A new queue; settings may stand beside its kind and name. `host_token` makes its holder the host."""
    queues: QueueService = request.app.ctx.queues
    fields = read_fields(request)
    wanted = to_shape({k: fields.pop(k) for k in ("kind", "name") if k in fields}, NewQueue)
    made = await queues.create(wanted.kind, wanted.name, fields, request.ctx.caller)
    return reply(wire.made_json(made.queue, made.host_token), 201)


@bp.get("/queue/<name>")
@Operation(media_type="application/json, text/html")
async def show_queue(request: Request, name: str) -> HTTPResponse:
    """The queue in short, and what the caller is on it. Browsers get the guest page."""
    if wants_html(request):
        return page("guest")
    queues: QueueService = request.app.ctx.queues
    guests: GuestService = request.app.ctx.guests
    caller: Caller = request.ctx.caller
    x = queue_name(name)
    queue, mute, holdings = await asyncio.gather(
        queues.queue(x), guests.standing(x, caller), guests.holdings(x, caller)
    )
    who = wire.caller_json(caller.role_on(x), caller.guest_id, mute)
    now_ms = request.app.ctx.clock.now_ms()
    you = You(holdings, queue.settings, now_ms)
    return reply(wire.summary_json(queue) | who | wire.you_json(you) | {"undo": wire.undo_json(queue, now_ms)})


@bp.delete("/queue/<name>")
@Operation(status=204)
async def delete_queue(request: Request, name: str) -> HTTPResponse:
    """Deletes the queue with everything on it."""
    queues: QueueService = request.app.ctx.queues
    await queues.delete(queue_name(name))
    return empty()


@bp.get("/queue/<name>/settings", name="settings")
@bp.get("/queue/<name>/settings.json", name="settings_json")
async def show_settings(request: Request, name: str) -> HTTPResponse:
    """The settings of the queue."""
    queues: QueueService = request.app.ctx.queues
    return reply(wire.settings_json((await queues.queue(queue_name(name))).settings))


@bp.put("/queue/<name>/settings", name="put_settings")
@bp.put("/queue/<name>/settings.json", name="put_settings_json")
@bp.post("/queue/<name>/settings", name="post_settings")
@bp.post("/queue/<name>/settings.json", name="post_settings_json")
@Operation(body=QueueSettings)
async def change_settings(request: Request, name: str) -> HTTPResponse:
    """Changes the settings that are named; the others stay."""
    queues: QueueService = request.app.ctx.queues
    caller: Caller = request.ctx.caller
    x = queue_name(name)
    return reply(wire.settings_json(await queues.change_settings(x, read_fields(request), caller.role_on(x))))


@bp.get("/queue/<name>/tracks", name="tracks")
@bp.get("/queue/<name>/tracks.json", name="tracks_json")
@Operation(status=302)
async def show_tracks(request: Request, name: str) -> HTTPResponse:
    """Leads to the file of all tracks that are offered here."""
    queues: QueueService = request.app.ctx.queues
    data_files: DataFiles = request.app.ctx.data_files
    data_hash = await data_files.data_file(await queues.filter_of(queue_name(name)))
    return redirect(f"/tracks/data/{data_hash}.json", headers={"Cache-Control": "no-cache"}, status=302)


# -- items -----------------------------------------------------------------------------------------------------


@bp.get("/queue/<name>/items", name="items")
@bp.get("/queue/<name>/items.json", name="items_json")
@bp.get("/queue/<name>/queue.json", name="queue_json")
@Operation(query=_WAITING)
async def show_items(request: Request, name: str) -> HTTPResponse:
    """The items in playing order. As CSV where the client prefers it."""
    if prefers(request, "text/csv"):
        return await _csv(request, name)
    queues: QueueService = request.app.ctx.queues
    view = await queues.view(queue_name(name))
    return reply(wire.list_json(view, request.app.ctx.clock.now_ms(), waiting_only=flag(request, "waiting")))


@bp.get("/queue/<name>/items.csv", name="items_csv")
@bp.get("/queue/<name>/queue.csv", name="queue_csv")
@Operation(query=_WAITING, media_type="text/csv")
async def show_csv(request: Request, name: str) -> HTTPResponse:
    """The items as CSV, in playing order."""
    return await _csv(request, name)


async def _csv(request: Request, name: str) -> HTTPResponse:
    queues: QueueService = request.app.ctx.queues
    view = await queues.view(queue_name(name))
    items = view.to_come if flag(request, "waiting") else (*view.items, *view.lobby)
    return text_reply(wire.items_csv(items), "text/csv")


@bp.post("/queue/<name>", name="add_here")
@bp.post("/queue/<name>/items", name="add_item")
@bp.post("/queue/<name>/items.json", name="add_item_json")
@bp.post("/queue/<name>/queue.json", name="add_queue_json")
@Operation(body=NewItem, status=201, query=_DRY, also=(200, 202))
async def add_item(request: Request, name: str) -> HTTPResponse:
    """Puts a track on the queue, where its order has it. One CSV line, `track_id,performer_name`, does too.

    Dry, nothing is put there: 200 with what would be promised. 202 where a host has to let it in.
    """
    dry = flag(request, DRY_RUN)
    adding: AddService = request.app.ctx.adding
    wish = read_body(request, NewItem, csv_columns=("track_id", "performer_name"))
    again = repeatable_number(request)
    item_id = None if again is None else read_item_id(again % 2**50)
    placed = await adding.add(
        queue_name(name),
        wish.track_id,
        wish.performer_name,
        request.ctx.caller,
        item_id,
        key_shift=wish.key_shift,
        tempo=wish.tempo,
        dry=dry,
    )
    told = wire.placed_json(placed.item, placed.position, placed.expected_ms, placed.rev, placed.promise)
    return reply(told, 200 if dry else 202 if placed.item.status == "lobby" else 201)


@bp.put("/queue/<name>/items/<item_id>", name="edit_item")
@bp.put("/queue/<name>/queue/<item_id>", name="edit_queue_item")
@Operation(body=ItemChanges)
async def edit_item(request: Request, name: str, item_id: str) -> HTTPResponse:
    """Changes a waiting item, or its place; guests change the `performer_name` of their own."""
    items: ItemService = request.app.ctx.items
    wish = read_body(request, ItemChanges)
    if sum(place is not None for place in (wish.before, wish.after, wish.position)) > 1:
        raise BadBody(reason="give one of before, after and position.")
    changes = Changes(
        weight=wish.weight,
        timestamp_play=wish.timestamp_play,
        performer_name=wish.performer_name,
        key_shift=wish.key_shift,
        tempo=wish.tempo,
        before=None if wish.before is None else read_item_id(wish.before),
        after=None if wish.after is None else read_item_id(wish.after),
        position=wish.position,
    )
    x = queue_name(name)
    return await reply_item(request, x, items.edit(x, read_item_id(item_id), changes, request.ctx.caller))


@bp.put("/queue/<name>", name="move_here")
@bp.put("/queue/<name>/queue.json", name="move_queue_json")
@Operation(body=Move)
async def move_item(request: Request, name: str) -> HTTPResponse:
    """Moves the item `source` before the item `target`; -1 is the end."""
    items: ItemService = request.app.ctx.items
    wish = read_body(request, Move)
    target = None if wish.target in {-1, "-1"} else read_item_id(wish.target)
    x = queue_name(name)
    return await reply_item(request, x, items.move(x, read_item_id(wish.source), target, request.ctx.caller))


@bp.delete("/queue/<name>/items/<item_id>", name="remove_item")
@bp.delete("/queue/<name>/queue/<item_id>", name="remove_queue_item")
async def remove_item(request: Request, name: str, item_id: str) -> HTTPResponse:
    """Takes a waiting item off the queue; guests their own."""
    items: ItemService = request.app.ctx.items
    x = queue_name(name)
    return await reply_item(request, x, items.remove(x, read_item_id(item_id), request.ctx.caller))


# -- playing ---------------------------------------------------------------------------------------------------


@bp.get("/queue/<name>/command/<command>", name="get_command")
@bp.post("/queue/<name>/command/<command>", name="post_command")
@Operation(safe=False)
async def command(request: Request, name: str, command: str) -> HTTPResponse:
    """Presses a button; `seek` takes `{position_ms}`. GET does too, but not from other sites; no cache keeps it."""
    commands: QueueCommands = request.app.ctx.commands
    caller: Caller = request.ctx.caller
    x, since_ms = queue_name(name), request.app.ctx.clock.now_ms()
    pressed = await commands.run(x, command.removesuffix(".json"), read_fields(request), caller.role_on(x))
    answer = undo_wire.pressed_json(pressed.queue, pressed.undone, since_ms, request.app.ctx.clock.now_ms())
    return reply(answer, headers={"Cache-Control": "no-store"})


# -- the host's ------------------------------------------------------------------------------------------------


@bp.post("/queue/<name>/guests/<guest_id>/mute")
@Operation(body=NewMute)
async def mute_guest(request: Request, name: str, guest_id: str) -> HTTPResponse:
    """Keeps a guest from adding, until a time or until unmuted."""
    guests: GuestService = request.app.ctx.guests
    wish = read_body(request, NewMute)
    mute = Mute(read_guest_id(guest_id), when_ms(wish.until), wish.reason)
    return reply(wire.mute_json(await guests.mute(queue_name(name), mute)))


@bp.delete("/queue/<name>/guests/<guest_id>/mute")
async def unmute_guest(request: Request, name: str, guest_id: str) -> HTTPResponse:
    """Lets a muted guest add again."""
    guests: GuestService = request.app.ctx.guests
    await guests.unmute(queue_name(name), read_guest_id(guest_id))
    return reply({"guest_id": guest_id, "muted": None})


@bp.post("/queue/<name>/end")
async def end_party(request: Request, name: str) -> HTTPResponse:
    """Closes adding and ends the sessions of all guests; who comes back is a new guest."""
    guests: GuestService = request.app.ctx.guests
    return reply({"ended_guests": await guests.end(queue_name(name))})
