"""What is told of a list that was written anew, and of what can be undone."""

from collections.abc import Sequence
from typing import Any

from api_queue.queues import wire
from api_queue.queues.arrangement import Arrangement, steady
from api_queue.queues.models import Command, Item, Queue
from api_queue.queues.undo import Undone


def arrangement_notices(a: Arrangement, command: Command | None) -> list[wire.Notice]:
    let_in_again = [Item.from_line(line) for line in a.fields.get("lobby", {}).values() if line]
    changes = changes_between(a.before, a.after) + wire.changes_add((item, None) for item in let_in_again)
    told = changes or "moves" in a.fields  # the script says what is moved by hand from now on
    notices: list[wire.Notice] = [("items_change", {"changes": changes})] if told else []
    if a.settings:
        notices.append(("settings_change", {"settings": wire.settings_json(a.settings)}))
    if command:
        notices.append(("command", {"command": command.command, "by": command.by, "args": command.args}))
    return notices


def changes_between(before: Sequence[Item], after: Sequence[Item]) -> list[dict[str, Any]]:
    """As few as possible are moved. From the end to the front, so that what each goes before is there already."""
    there, ids = {item.id: item for item in before}, [item.id for item in after]
    stays, wanted = steady(there, ids), frozenset(ids)
    placed: list[dict[str, Any]] = []
    following = None
    for item in reversed(after):
        if item.id not in there:
            placed.append({"op": "add", "item": wire.item_json(item), "before": following})
        elif item.id not in stays:
            placed.append({"op": "move", "id": item.id, "before": following})
        following = item.id
    changed = [item for item in after if there.get(item.id, item) != item]
    return wire.changes_remove(i for i in before if i.id not in wanted) + placed + wire.changes_update(changed)


def pressed_json(queue: Queue, undone: Undone | None, since_ms: int, now_ms: int) -> dict[str, Any]:
    """The session, what was taken back, and until when this itself can be."""
    body = wire.session_json(queue, now_ms)
    if undone is None:
        return body | undo_until_json(queue, since_ms)
    return body | {"undone": {"verb": undone.deed.verb, "at_ms": undone.deed.at_ms, "sentence": undone.sentence}}


def undo_until_json(queue: Queue, since_ms: int) -> dict[str, Any]:
    """Of what was done since then."""
    undoable = queue.undoable
    return {"undo_until_ms": undoable.until_ms} if undoable and undoable.at_ms >= since_ms else {}
