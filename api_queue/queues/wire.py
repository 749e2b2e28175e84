"""The public face of a queue: the one place where its field names are written."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec.structs import asdict, astuple

from api_queue.formats.csv_items import COLUMNS, document, spreadsheet_rows
from api_queue.queues.holdings import You
from api_queue.queues.models import Command, Item, Mute, Queue, QueueView
from api_queue.queues.promise import Promise
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings, iso
from api_queue.queues.timing import expected_starts, free_at
from api_queue.queues.turn_taking import Cards, Paused
from api_queue.types import EventName, GuestId, ItemId, QueueName, Role
from api_queue.web.personal import is_personal, user_id

#: An event that goes out with a change: its name, and what it carries besides rev, type and ts.
Notice = tuple[EventName, dict[str, Any]]
_encode = msgspec.json.Encoder().encode
#: An MQTT snapshot stays small enough for the smallest clients; the rest is a GET away.
RETAINED_ITEMS: Final = 500


def json_text(value: object) -> str:
    return _encode(value).decode()


def item_json(item: Item, position: int | None = None, expected: int | None = None) -> dict[str, Any]:
    """`position`: 0 the current one, 1 the next; None for what is over, and in events, whose readers count."""
    return {**asdict(item), "position": position, "timestamp_expected": expected}


def items_json(view: QueueView, now_ms: int) -> list[dict[str, Any]]:
    """The items in playing order, waiting ones with their place and expected start."""
    session = view.queue.session
    over = [item_json(i, 0 if i.id == session.item_id else None) for i in view.over]
    space_ms, paused = view.queue.settings.track_space_ms, view.queue.paused
    starts = expected_starts(view.to_come, free_at(session, now_ms), space_ms, paused)
    come = [item_json(i, n, start) for n, (i, start) in enumerate(zip(view.to_come, starts, strict=True), 1)]
    return over + come + [item_json(item) for item in view.lobby]


def list_json(view: QueueView, now_ms: int, *, waiting_only: bool = False) -> dict[str, Any]:
    items = items_json(view, now_ms)
    return {
        "queue": view.queue.name,
        "rev": view.queue.rev,
        "ts": now_ms,
        "total": view.queue.total,
        "items": [i for i in items if i["status"] == "queued"] if waiting_only else items,
        "moved": list(view.moved),
        **paused_json(view.queue.paused),
        **ready_json(view.queue.cards),
        "undo": undo_json(view.queue, now_ms),
    }


def paused_json(paused: Paused) -> dict[str, Any]:
    return {"paused": [pause.name for pause in paused.values()]}


def ready_json(cards: Cards) -> dict[str, Any]:
    return {"ready": [item_id for item_id, card in cards.items() if card.ready_at_ms is not None]}


def undo_json(queue: Queue, now_ms: int) -> dict[str, Any] | None:
    """The newest that can be undone."""
    if queue.undoable is None or not queue.undoable.holds(now_ms):
        return None
    return {"verb": queue.undoable.verb, "until_ms": queue.undoable.until_ms}


def retained_json(view: QueueView, now_ms: int) -> dict[str, Any]:
    """Without what is over: the current item and those to come."""
    items = items_json(view, now_ms)
    return list_json(view, now_ms) | {"items": [item for item in items if item["position"] is not None]}


def retained_csv(view: QueueView) -> str:
    current = (view.current,) if view.current else ()
    return items_csv(current + view.to_come)


def items_csv(items: Iterable[Item]) -> str:
    return document(COLUMNS, (item.as_line() for item in items))


def items_sheet(items: Iterable[Item]) -> str:
    """For spreadsheets: the same columns, and no cell that could run."""
    return document(COLUMNS, spreadsheet_rows(map(astuple, items)))


def session_json(queue: Queue, now_ms: int | None = None) -> dict[str, Any]:
    """With `now_ms` the position is projected to it; without, it is as stored, at `position_at_ms`."""
    s = queue.session
    projected = {} if now_ms is None else {"position_ms": s.projected_ms(now_ms), "position_at_ms": now_ms}
    return {
        "session_id": queue.name,
        "revision": queue.rev,
        **session_notice(s),
        **projected,
        "track_uuid": s.track_id,
        "updated_at": iso(queue.changed_at_ms),
        "active_device_uuid": s.active,
        **({"user_uuid": user_id(queue.name)} if is_personal(queue.name) else {}),
    }


def session_notice(session: Session) -> dict[str, Any]:
    """What `timeline_update` and its like carry: the session as stored; `rev` stands beside it in the event."""
    s = session
    return {
        "play_state": s.state,
        "paused_because": s.paused_because,
        "item_id": s.item_id,
        "track_id": s.track_id,
        "position_ms": s.position_ms,
        "position_at_ms": s.position_at_ms,
        "duration_ms": s.duration_ms if s.item_id else None,
        "key_shift": s.key_shift,
        "tempo": s.tempo,
        "stop_after": s.stop_after,
        "active_device_id": s.active,
        "speaker_name": s.speaker_name if s.active else None,
        "generation": s.generation,
        "lease_until_ms": s.lease_until_ms or None,
        "quiet_until_ms": s.quiet_until_ms,
        "shuffle": s.shuffle,
        "repeat_mode": s.repeat_mode,
        "volume": s.volume,
    }


def transition_notices(
    before: Session, session: Session, changes: list[dict[str, Any]], command: Command | None
) -> list[Notice]:
    """Items first: a reader that stops between two events then knows the item that the session names."""
    notices: list[Notice] = [("items_change", {"changes": changes})] if changes else []
    fields = {"session": session_notice(session)}
    if _seat(before) != _seat(session):
        notices.append(("speaker_change", fields))
    if _timeline(before) != _timeline(session):
        notices.append(("timeline_update", fields))
    if command is not None:
        notices.append(("command", {"command": command.command, "by": command.by, "args": command.args}))
    return notices


def _seat(s: Session) -> tuple[object, ...]:
    return s.active, s.speaker_name, s.generation, s.lease_until_ms, s.yielding


def _timeline(s: Session) -> tuple[object, ...]:
    return s.state, s.paused_because, s.item_id, s.position_ms, s.position_at_ms, s.duration_ms, s.stop_after


def settings_json(settings: QueueSettings) -> dict[str, Any]:
    return msgspec.to_builtins(settings)  # type: ignore[no-any-return]  # a struct becomes a dict


def summary_json(queue: Queue) -> dict[str, Any]:
    return {
        "name": queue.name,
        "kind": queue.kind,
        "title": queue.settings.title or queue.name,
        "description": queue.settings.description,
        "rev": queue.rev,
        "total": queue.total,
        "waiting": queue.waiting,
        "waiting_ms": queue.waiting_ms,
        "play_state": queue.session.state,
        "accepting": queue.settings.accepting,
        "created_at": iso(queue.created_at_ms),
    }


def made_json(queue: Queue, host_token: str) -> dict[str, Any]:
    return {**summary_json(queue), "url": f"/queue/{queue.name}/", "host_token": host_token}


def caller_json(role: Role, guest_id: GuestId | None, mute: Mute | None) -> dict[str, Any]:
    """Who is asking, as a page wants to know."""
    return {"role": role, "guest_id": guest_id, "muted": mute and mute_json(mute)}


def mute_json(mute: Mute) -> dict[str, Any]:
    until = None if mute.until_ms is None else iso(mute.until_ms)
    return {"guest_id": mute.guest_id, "until": until, "reason": mute.reason}


def placed_json(
    item: Item, position: int | None, expected_ms: int | None, rev: int, promise: Promise | None
) -> dict[str, Any]:
    """Without a promise, because it was there already, what is promised beside the time is null."""
    facts = promise or Promise(None, None, None)
    return {
        **item_json(item, position, expected_ms),
        "rev": rev,
        "uncertainty_ms": facts.uncertainty_ms,
        "adds_left": facts.adds_left,
        "you": facts.you and you_json(facts.you),
    }


def you_json(you: You) -> dict[str, Any]:
    """`turns` are of the order `fair`, `points` of their limit model; null elsewhere."""
    settings, holdings, milli = you.settings, you.holdings, you.milli_points
    return {
        "own": {
            "waiting": holdings.waiting,
            "waiting_ms": holdings.waiting_ms,
            "max_per_guest": settings.max_per_guest,
            "max_minutes_per_guest": settings.max_minutes_per_guest,
            "turns": holdings.turns if settings.order == "fair" else None,
        },
        "token": you.token and asdict(you.token),
        "points": None if milli is None else _points_json(milli, settings),
        "joined": holdings.joined,
        "table": holdings.table,
        "clock_ms": you.clock_ms,
    }


def _points_json(milli: int, settings: QueueSettings) -> dict[str, Any]:
    return {
        "points": milli / 1000,
        "points_max": settings.points_max,
        "points_per_hour": settings.points_per_hour,
    }


def enqueued_json(queue: QueueName, rev: int, items: Iterable[tuple[int, Item]]) -> dict[str, Any]:
    """Each item with its index in the list."""
    entries = [{"idx": idx, "item_id": i.id, "track_id": i.track_id, "status": i.status} for idx, i in items]
    return {"queue": queue, "rev": rev, "items": entries}


def beacon_json(queue: Queue, now_ms: int) -> dict[str, Any]:
    s = queue.session
    head = {"rev": queue.rev, "type": "timeline", "ts": now_ms}
    return {**head, "item_id": s.item_id, "position_ms": s.projected_ms(now_ms), "position_at_ms": now_ms}


def snapshot_json(view: QueueView, now_ms: int) -> dict[str, Any]:
    return {
        **list_json(view, now_ms),
        "type": "snapshot",
        "kind": view.queue.kind,
        "settings": settings_json(view.queue.settings),
        "session": session_json(view.queue),
    }


def change_add(item: Item) -> str:
    return json_text(item_json(item))


def changes_edit(after: Item, *, changed: bool, moved: bool, before: ItemId | None) -> list[dict[str, Any]]:
    """Where an item moved, the id that it now stands before; null is the end."""
    update = [{"op": "update", "item": item_json(after)}] if changed else []
    move = [{"op": "move", "id": after.id, "before": before}] if moved else []
    return update + move


def changes_update(items: Iterable[Item]) -> list[dict[str, Any]]:
    return [{"op": "update", "item": item_json(item)} for item in items]


def changes_stage(changed: Iterable[tuple[Item | None, Item]], first: Item | None) -> list[dict[str, Any]]:
    """`first` waited first; what begins in its stead, or is new, goes before it."""
    changes: list[dict[str, Any]] = []
    for before, after in changed:
        if before is None:
            changes += changes_add([(after, first)])
            continue
        if before.status == "queued" and first and before.id != first.id:
            changes += changes_move((before, first))
        changes += changes_update([after])
    return changes


def changes_add(rows: Iterable[tuple[Item, Item | None]]) -> list[dict[str, Any]]:
    return [{"op": "add", "item": item_json(item), "before": before and before.id} for item, before in rows]


def changes_order(order: Iterable[Item]) -> list[dict[str, Any]]:
    """One after the other to the end."""
    return [{"op": "move", "id": item.id, "before": None} for item in order]


def changes_move(*moves: tuple[Item, Item | None]) -> list[dict[str, Any]]:
    """Each before another; None is the end."""
    return [{"op": "move", "id": item.id, "before": before and before.id} for item, before in moves]


def changes_remove(items: Iterable[Item]) -> list[dict[str, Any]]:
    return [{"op": "remove", "id": item.id} for item in items]
